"""Whatever frees time, who waits for some of it is told: not a cancellation alone [contract 40: "waitings"]."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from appointments.models import Hold, Waiting
from appointments.services.events import EVENTS
from appointments.services.holds import create_hold
from scheduling.services.absences import create_absence
from tests.appointment_factories import make_calendar, make_service
from tests.appointments.front_desk import FrontDesk
from tests.appointments.practice import DAY, HALF, HOUR, NOW, TEN, cancel
from tests.appointments.test_waiting_list import ONE_A_DAY, notices, wait
from tests.back_office import press, url
from tests.scripts import run_script

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def desk(clock):
    desk = FrontDesk()
    desk.calendar.changed(opening_hours=ONE_A_DAY).save()
    return desk


def open_on_wednesday(desk, start: str, end: str) -> None:
    desk.calendar.changed(opening_hours=[{"day": 3, "start": start, "end": end, "services": []}]).save()


def block(desk, start: datetime = TEN, end: datetime = TEN + HALF, kind: str = "block"):
    return EVENTS.create(desk.group, {"calendar": desk.calendar, "kind": kind, "start": start, "end": end})


# -- what of the time counts --------------------------------------------------------------------------------


def test_who_would_begin_before_the_freed_time_and_needs_it_is_told(desk, mailoutbox):
    """Half past nine to half past ten: it is the second half of it that frees."""
    open_on_wednesday(desk, "09:30", "10:30")
    long = make_service(desk.group, desk.calendar, name="Operation", length=60)
    taken = desk.book(TEN)
    wait(desk, "Paul", start=TEN - HOUR, end=TEN, services=[long])
    cancel(taken)
    assert notices(mailoutbox) == ["paul@example.org"]


def test_what_was_kept_free_after_it_frees_too(desk, mailoutbox):
    open_on_wednesday(desk, "10:00", "12:00")
    cleaned = make_service(desk.group, desk.calendar, name="Operation", length=30, buffer_after=60)
    taken = desk.book(TEN, desk.anne, cleaned)
    wait(desk, "Paul", start=TEN + HALF + MINUTE, end=TEN + HOUR)
    cancel(taken)
    assert notices(mailoutbox) == ["paul@example.org"]


def test_another_calendar_of_the_same_person_frees_with_it(desk, mailoutbox):
    sharing = make_calendar(
        desk.group, desk.service, name="At home", opening_hours=ONE_A_DAY, resource=desk.calendar.resource
    )
    taken = desk.book(TEN, calendar_id=desk.calendar.pk)
    wait(desk, "Later", calendar_ids=[desk.calendar.pk], end=TEN - HOUR)
    wait(desk, "Paul", calendar_ids=[sharing.pk])
    wait(desk, "Petra", calendar_ids=[desk.calendar.pk])
    cancel(taken)
    assert notices(mailoutbox) == ["paul@example.org"], "who waits longest, whatever the calendar"


# -- what else frees time -----------------------------------------------------------------------------------


def forget_expired(desk) -> int:
    return run_script("forget_expired_holds", desk.group)["forgotten"]


def test_a_hold_that_expires_frees_its_time(desk, mailoutbox, clock):
    create_hold(desk.group, TEN, [desk.service.pk], is_staff=True)
    wait(desk, "Paul")
    clock.shift(4 * MINUTE)
    assert (forget_expired(desk), notices(mailoutbox)) == (0, [])
    clock.shift(2 * MINUTE)
    assert (forget_expired(desk), notices(mailoutbox)) == (1, ["paul@example.org"])
    assert not Hold.objects.exists()


def test_a_hold_that_expired_and_was_booked_by_somebody_else_tells_nobody(desk, mailoutbox, clock):
    create_hold(desk.group, TEN, [desk.service.pk], is_staff=True)
    wait(desk, "Paul", end=TEN + HOUR)
    clock.shift(6 * MINUTE)
    desk.book(TEN)
    assert (forget_expired(desk), notices(mailoutbox)) == (1, [])
    assert Waiting.objects.get().notices == 0


def test_a_block_that_goes_frees_its_time(desk, mailoutbox):
    event = block(desk)
    wait(desk, "Paul", start=TEN, end=TEN + HALF)
    press(desk.client, "appointments_calendarevent", event.pk, "delete_row")
    assert notices(mailoutbox) == ["paul@example.org"]


def test_a_block_that_is_moved_frees_where_it_stood(desk, mailoutbox):
    event = block(desk)
    wait(desk, "Paul", start=TEN, end=TEN + HALF)
    EVENTS.update(event.pk, {"start": TEN + DAY, "end": TEN + DAY + HALF})
    assert notices(mailoutbox) == ["paul@example.org"]


def test_a_block_of_all_times_is_taken_away_at_once(desk, mailoutbox, django_assert_max_num_queries):
    long = make_service(desk.group, desk.calendar, name="Operation", length=1440)
    forever = (datetime(1, 1, 5, tzinfo=UTC), datetime(9999, 11, 30, tzinfo=UTC))
    event = block(desk, *forever)
    wait(desk, "Peter", services=[long] * 20, end=forever[1])
    wait(desk, "Paul", end=forever[1])
    with django_assert_max_num_queries(30):
        EVENTS.delete(event.pk)
    assert notices(mailoutbox) == ["paul@example.org"]


def test_an_extra_opening_is_told_of(desk, mailoutbox):
    wait(desk, "Paul", start=TEN + 5 * HOUR, end=TEN + 6 * HOUR)
    block(desk, TEN + 5 * HOUR, TEN + 6 * HOUR)
    assert notices(mailoutbox) == [], "a block frees nothing"
    block(desk, TEN + 7 * HOUR, TEN + 8 * HOUR, kind="opening")
    assert notices(mailoutbox) == []
    wait(desk, "Petra", start=TEN + 8 * HOUR, end=TEN + 9 * HOUR)
    block(desk, TEN + 8 * HOUR, TEN + 9 * HOUR, kind="opening")
    assert notices(mailoutbox) == ["petra@example.org"]


def test_an_absence_that_is_taken_back_frees_its_time(desk, mailoutbox):
    times = {"start": TEN - HOUR, "end": TEN + HOUR}
    absence = create_absence(desk.group, {"resource": desk.calendar.resource, **times})
    wait(desk, "Paul", start=TEN, end=TEN + HALF)
    desk.client.post(url("scheduling_absence", "delete", absence.pk), {"post": "yes", "version": absence.version})
    assert notices(mailoutbox) == ["paul@example.org"]
