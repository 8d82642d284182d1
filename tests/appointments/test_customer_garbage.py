"""What a customer's page does with forms that it never gave out."""

import pytest
import time_machine
from django.test import Client

from appointments.models import Appointment
from tests.appointments.practice import NOW, TEN, Practice
from tests.appointments.test_customer_page import link
from tests.appointments.test_waiting_opened import wait
from tests.appointments.test_waiting_page import link as waiting_link

pytestmark = pytest.mark.django_db
GARBAGE = ["", "x", "-1", "1.0", "9999999999", "1 "]


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def practice(clock):
    return Practice()


@pytest.mark.parametrize("version", GARBAGE)
def test_no_version_that_no_page_had_cancels_or_moves(practice, version):
    appointment = practice.book()
    path = link(appointment)
    for address, values in ((path, {}), (f"{path}/times", {"start": "2026-11-25T10:00:00"})):
        response = Client().post(address, {"version": version, **values})
        assert response.status_code == 409
        assert "changed in the meantime" in response.content.decode()
    kept = Appointment.objects.get()
    assert (kept.is_deleted, kept.start) == (False, TEN)


def test_a_start_that_is_over_was_not_taken_by_somebody_else(practice, clock):
    practice.calendar.changed(opening_hours=[{"day": 3, "start": "09:00", "end": "17:00", "services": []}]).save()
    waiting = wait(practice)
    clock.move_to("2026-11-25T09:20:00Z")
    response = Client().post(waiting_link(waiting), {"start": "2026-11-25T09:15:00"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "This time cannot be chosen any more" in text
    assert "taken in the meantime" not in text
