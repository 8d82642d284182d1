"""Two calendars of one resource never book the same moment: one of several places has its resource for itself."""

import pytest
import time_machine

from appointments.models import Calendar
from tests.appointment_factories import make_calendar
from tests.appointments.booking_world import NOW, BookingWorld, at
from tests.appointments.front_desk import FrontDesk
from tests.appointments.wire import done, fields
from tests.back_office import errors_of, sent_form, url
from tests.core.examining import examine, stand_alone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world():
    return BookingWorld()


def shared(world, **values):
    """The calendar's body with the resource of the one that there is."""
    return {"calendar": {"name": "Room", "resource_id": world.calendar.resource_id, **values}}


def told(response) -> set[str]:
    return set(fields(response))


def test_calendars_of_one_place_may_share_and_book_once(world):
    made = done(world.pro.post("calendars", shared(world)), 201)
    world.service.calendars.add(made["id"])
    world.booked(at("10:00"), calendar_id=world.calendar.pk)
    refused = world.book(at("10:15"), calendar_id=made["id"], by=world.pro).json()
    assert refused["error"]["name"] == "NotAvailable"


def test_a_new_calendar_of_several_places_gets_nobodys_resource(world):
    assert told(world.pro.post("calendars", shared(world, capacity=2))) == {"resource_id"}
    assert Calendar.objects.count() == 1


def test_nobody_else_gets_the_resource_of_a_calendar_of_several_places(world):
    world.calendar.changed(capacity=2).save()
    assert told(world.pro.post("calendars", shared(world))) == {"resource_id"}
    other = world.another_calendar()
    response = world.pro.put(f"calendars/{other.pk}", shared(world))
    assert told(response) == {"resource_id"}
    assert "Dr Martin" in str(fields(response))


def test_a_shared_calendar_gets_no_second_place(world):
    other = world.another_calendar(resource=world.calendar.resource)
    assert told(world.pro.put(f"calendars/{other.pk}", {"calendar": {"capacity": 2}})) == {"capacity"}


def test_a_deleted_calendar_comes_back_only_where_it_may_share(world):
    other = world.another_calendar(resource=world.calendar.resource, is_deleted=True)
    done(world.pro.put(f"calendars/{world.calendar.pk}", {"calendar": {"capacity": 2}}))
    restored = {"calendar": {"deleted": False}}
    assert told(world.pro.put(f"calendars/{other.pk}", restored)) == {"deleted"}
    done(world.pro.put(f"calendars/{world.calendar.pk}", {"calendar": {"capacity": 1}}))
    done(world.pro.put(f"calendars/{other.pk}", restored))


def test_the_back_office_refuses_it_at_the_field():
    desk = FrontDesk()
    other = make_calendar(desk.group, resource=desk.calendar.resource)
    address = url("appointments_calendar", "change", other.pk)
    sent = {**sent_form(desk.client, address), "capacity": "2"}
    assert list(errors_of(desk.client.post(address, sent))) == ["capacity"]


def test_the_doctor_tells_of_pairs_and_of_appointments_that_are_there_already(world, settings, tmp_path):
    stand_alone(settings, tmp_path)
    other = world.another_calendar(resource=world.calendar.resource, capacity=2)
    world.booked(at("10:00"), calendar_id=world.calendar.pk)
    late = world.booked(at("10:15"), {"lastname": "Petit"}, calendar_id=other.pk)
    found = {one["check"]: one["what"] for one in examine()[1]}
    assert f"(id {world.calendar.pk}, {other.pk})" in found["shared_resources"]
    assert f"(id {late['id']})" in found["shared_time"]


def test_the_doctor_tells_of_overlaps_that_are_left_once_the_pair_is_in_order(world, settings, tmp_path):
    stand_alone(settings, tmp_path)
    other = world.another_calendar(resource=world.calendar.resource, capacity=2)
    world.booked(at("10:00"), calendar_id=world.calendar.pk)
    world.booked(at("10:15"), {"lastname": "Petit"}, calendar_id=other.pk)
    Calendar.objects.update(capacity=1)
    assert {"shared_time"} == {one["check"] for one in examine()[1]} & {"shared_time", "shared_resources"}
