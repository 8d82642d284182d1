"""Which calendar is taken where none is named, and why [contract 40: "Assignment"]."""

import random

import pytest
import time_machine

from appointments.models import Calendar
from appointments.services import placing
from tests.appointments.booking_world import ELEVEN, HALF_PAST, NOW, TEN, BookingWorld, at, one

pytestmark = pytest.mark.django_db
ROUND_THE_CLOCK = [{"day": day, "start": "00:00", "end": "24:00", "services": []} for day in range(1, 8)]


@pytest.fixture
def world():
    """Dr Martin, Dr Blanc, Dr Noir."""
    with time_machine.travel(NOW, tick=False):
        world = BookingWorld(assignment="least_loaded")
        world.blanc = world.another_calendar(name="Dr Blanc")
        world.noir = world.another_calendar(name="Dr Noir")
        Calendar.objects.update(opening_hours=ROUND_THE_CLOCK)
        yield world


def drawn(world, date: str) -> tuple[str, str]:
    booked = world.booked(date)
    return booked["calendar_name"], booked["assignment_reason"]


def test_the_one_with_the_least_to_do_on_that_local_day_and_why(world):
    for clock in ("00:00", "23:30"):
        world.booked(at(clock), calendar_id=world.calendar.pk)
    world.booked(at("09:00"), calendar_id=world.blanc.pk)
    for day in ("2026-11-23", "2026-11-25"):
        world.booked(at("12:00", day), calendar_id=world.noir.pk)
        world.booked(at("13:00", day), calendar_id=world.noir.pk)
    assert drawn(world, TEN) == ("Dr Noir", "least loaded: 0 against 1")


def test_a_tie_goes_to_the_one_whose_last_booking_is_the_oldest(world):
    for calendar in (world.noir, world.calendar, world.blanc):
        world.booked(at("09:00"), calendar_id=calendar.pk)
    reason = "least loaded: 1 against 1; tie by oldest last booking"
    assert drawn(world, TEN) == ("Dr Noir", reason)


def test_of_those_that_never_had_one_the_first(world):
    assert drawn(world, TEN) == ("Dr Martin", "least loaded: 0 against 0; tie by oldest last booking")


def test_what_is_cancelled_counts_no_more(world):
    gone = world.booked(at("09:00"), calendar_id=world.calendar.pk)["id"]
    world.booked(at("09:00"), calendar_id=world.blanc.pk)
    world.booked(at("09:00"), calendar_id=world.noir.pk)
    world.account.delete(f"appointments/{gone}")
    assert drawn(world, TEN) == ("Dr Martin", "least loaded: 0 against 1")


def test_what_is_moved_does_not_count_against_its_own_calendar(world):
    world.booked(at("09:00"), calendar_id=world.blanc.pk)
    world.booked(at("09:00"), calendar_id=world.noir.pk)
    moving = world.booked(TEN, calendar_id=world.calendar.pk)["id"]
    moved = one(world.move(moving, date=HALF_PAST, calendar_id=None))
    assert (moved["calendar_name"], moved["assignment_reason"]) == ("Dr Martin", "least loaded: 0 against 1")


def test_the_only_one_that_is_free_is_taken_whatever_it_has_to_do(world):
    world.booked(at("09:00"), calendar_id=world.noir.pk)
    for calendar in (world.calendar, world.blanc):
        world.booked(TEN, calendar_id=calendar.pk)
    assert drawn(world, TEN) == ("Dr Noir", "the only one that is free")


def test_by_priority_the_smallest_first(world):
    world.rule(assignment="priority")
    for number, calendar in enumerate((world.noir, world.blanc, world.calendar)):
        Calendar.objects.filter(pk=calendar.pk).update(priority=number + 1)
    found = [drawn(world, ELEVEN) for _time in range(3)]
    assert [name for name, _reason in found] == ["Dr Noir", "Dr Blanc", "Dr Martin"]
    assert found[0][1] == "priority: 1 is the first"


def test_at_random_each_has_its_chance(world, monkeypatch):
    world.rule(assignment="random")
    monkeypatch.setattr(placing, "chance", random.Random(1))
    found = [drawn(world, at(f"{hour:02d}:00")) for hour in range(9, 21)]
    assert {name for name, _reason in found} == {"Dr Martin", "Dr Blanc", "Dr Noir"}
    assert {reason for _name, reason in found} == {"at random among 3"}
