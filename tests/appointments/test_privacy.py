"""Customers, and people with a calendar of their own, are erased with what they booked."""

from datetime import timedelta

import pytest
from django.core.management.base import CommandError
from django.utils import timezone

from appointments.models import Appointment, Calendar, Customer
from core.models import OutboxMessage, Role
from tests.appointment_factories import make_appointment, make_calendar, make_customer, make_group, make_service
from tests.core.commands import answer, run
from tests.factories import make_member
from tests.job_factories import make_resource

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return make_group()


def test_an_appointment_ahead_is_cancelled_by_force_and_its_customer_told_nothing_more(group):
    calendar = make_calendar(group)
    customer = make_customer(group, email="anne@example.org", birthdate="1980-02-03", external_id=4711)
    visit = make_appointment(calendar, customer, make_service(group, calendar))
    with pytest.raises(CommandError, match=f"Appointment {visit.pk} of the customer lies ahead"):
        run("erase_person", "anne@example.org")
    assert answer("erase_person", "anne@example.org", "--force")["counts"]["customers"] == 1
    visit.refresh_from_db()
    assert visit.is_deleted
    customer.refresh_from_db()
    assert (customer.full_name, customer.email, customer.birthdate) == ("anonymised", "", None)
    assert (customer.external_id, customer.is_deleted) == (None, True)
    assert [(one.state, one.text) for one in OutboxMessage.objects.all()] == [("cancelled", "")]


def test_a_calendar_of_his_own_takes_nobody_any_more(group):
    doctor = make_member(group, Role.BASIC_STAFF, "martin", last_name="Martin")
    own = make_calendar(group, resource=make_resource(group, "Martin", user=doctor), name="Dr Martin")
    room = make_calendar(group, name="Room 3")
    others = make_customer(group, email="anne@example.org")
    service = make_service(group, own, room)
    visit = make_appointment(own, others, service)
    stays = make_appointment(room, others, service, start=timezone.now() + timedelta(days=2))
    with pytest.raises(CommandError, match="in the person's calendar lies ahead"):
        run("erase_person", "martin")
    answer("erase_person", "martin", "--force")
    own.refresh_from_db()
    assert (own.name, own.is_open) == ("anonymised", False)
    assert Calendar.objects.get(pk=room.pk).name == "Room 3"
    assert list(Appointment.objects.alive()) == [stays]
    # Its customer is told, by the service that cancels.
    told = OutboxMessage.objects.get(entity_id=visit.pk)
    assert (told.kind, told.state, told.address) == ("appointment_cancelled", "queued", "anne@example.org")
    assert Customer.objects.get().email == "anne@example.org"
