"""Two changes at once never leave a calendar of several places with a resource that it shares."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from appointments.models import Calendar
from appointments.services.calendars import CALENDARS
from tests.appointments.practice import Practice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_who_shares_a_resource_waits_for_who_makes_places_of_it():
    practice = Practice()
    values = {"name": "Room", "resource": practice.calendar.resource}
    refused: list[ValidationError] = []

    def share() -> None:
        try:
            CALENDARS.create(practice.group, values)
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    sharing = threading.Thread(target=share)
    with transaction.atomic():
        CALENDARS.update(practice.calendar.pk, {"capacity": 2})
        sharing.start()
        sharing.join(timeout=2)
    sharing.join()
    assert [list(error.error_dict) for error in refused] == [["resource"]]
    assert Calendar.objects.count() == 1
