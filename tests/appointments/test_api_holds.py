"""Holds: a slot that is kept for its maker, until it expires or is booked [contract 40]."""

import pytest
import time_machine

from appointments.models import Appointment, Hold
from scheduling.models import BusyInterval
from tests.appointment_factories import make_service
from tests.appointments.booking_world import ELEVEN, HALF_PAST, NOW, TEN, BookingWorld, one
from tests.appointments.wire import account, done, error, fields
from tests.scheduling.test_malformed import count_rows

pytestmark = pytest.mark.django_db
LATER = "2026-11-23T08:05:00Z"


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield BookingWorld()


def hold(world: BookingWorld, date: str = TEN, by=None, **more):
    body = {"hold": {"intervention_ids": [world.service.pk], "date": date, **more}}
    return (by or world.account).post("holds", body)


def test_a_hold_says_what_it_keeps_and_how_long(world):
    response = hold(world)
    held = done(response, 201)
    assert held == {
        "id": held["id"],
        "calendar_id": world.calendar.pk,
        "start": TEN,
        "end": HALF_PAST,
        "expires_at": "2026-11-23 09:05:00",
    }
    assert response["Location"].endswith(f"/holds/{held['id']}")
    longer = done(hold(world, ELEVEN, minutes=15), 201)
    assert longer["expires_at"] == "2026-11-23 09:15:00"


def test_it_is_taken_for_everybody_else(world):
    done(hold(world), 201)
    error(world.book(TEN), 400, None, "NotAvailable")
    error(world.book(TEN, by=world.pro), 400, None, "NotAvailable")
    error(hold(world, by=world.pro), 400, None, "NotAvailable")


def test_its_maker_books_what_is_kept(world):
    held = done(hold(world), 201)["id"]
    booked = one(world.book(TEN, hold_id=held), 201)
    assert booked["calendar_id"] == world.calendar.pk
    assert not Hold.objects.exists()
    assert list(BusyInterval.objects.values_list("kind", flat=True)) == ["appointment"]
    assert list(fields(world.book(TEN, hold_id=held))) == ["hold_id"]


def test_a_refused_booking_leaves_the_hold(world):
    held = done(hold(world), 201)["id"]
    before = count_rows()
    error(world.book(TEN, {"email": "x"}, hold_id=held), 400, 13)
    assert count_rows() == before
    assert one(world.book(TEN, hold_id=held), 201)


def test_nobody_else_books_by_it_not_even_staff(world):
    held = done(hold(world), 201)["id"]
    for caller in (account(world.group), world.pro):
        assert list(fields(world.book(TEN, by=caller, hold_id=held))) == ["hold_id"]
        error(caller.delete(f"holds/{held}"), 404, 3)


def test_it_keeps_this_slot_alone(world):
    held = done(hold(world), 201)["id"]
    other = make_service(world.group, world.calendar)
    calendar = world.another_calendar()
    for wrong in ({"date": ELEVEN}, {"intervention_ids": [other.pk]}, {"calendar_id": calendar.pk}):
        assert list(fields(world.book(**{"date": TEN, **wrong, "hold_id": held}))) == ["hold_id"]


def test_it_expires_by_itself(world):
    held = done(hold(world), 201)["id"]
    with time_machine.travel(LATER, tick=False):
        assert list(fields(world.book(TEN, hold_id=held))) == ["hold_id"]
        error(world.account.delete(f"holds/{held}"), 404, 3)
        assert one(world.book(TEN, by=account(world.group)), 201)
    assert Appointment.objects.count() == 1


def test_it_is_given_back(world):
    held = done(hold(world), 201)
    assert done(world.account.delete(f"holds/{held['id']}")) == {**held, "deleted": True}
    error(world.account.delete(f"holds/{held['id']}"), 404, 3)
    assert one(world.book(TEN), 201)
    assert not Hold.objects.exists()


def test_it_is_refused_as_a_booking_would_be(world):
    world.rule(min_notice=60, booking_horizon=60 * 48)
    error(hold(world, "2026-11-23 09:30:00"), 400, 9)
    error(hold(world, "2026-11-26 10:00:00"), 400, 8)
    error(hold(world, "2026-11-24 08:00:00"), 400, None, "NotAvailable")
    assert list(fields(hold(world, minutes=16))) == ["minutes"]
    assert list(fields(hold(world, calendar_id=10**9))) == ["calendar_id"]
    assert list(fields(hold(world, intervention_ids=[]))) == ["intervention_ids"]
    assert not Hold.objects.exists()


def test_the_same_key_holds_once(world):
    body = {"hold": {"intervention_ids": [world.service.pk], "date": TEN}}
    first = world.account.post("holds", body, Idempotency_Key="one")
    again = world.account.post("holds", body, Idempotency_Key="one")
    assert again.content == first.content
    assert Hold.objects.count() == 1
