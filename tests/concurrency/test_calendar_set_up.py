"""A calendar is changed while somebody books or moves in it: neither gets what the other gave up."""

import threading
import time
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from appointments.models import Appointment, Calendar, CalendarEvent
from appointments.services import impact
from appointments.services.calendars import CALENDARS
from appointments.services.events import EVENTS
from scheduling.models import BusyInterval, Resource
from tests.appointments.practice import DAY, HALF, HOUR, Practice, move
from tests.concurrency.storm import deadlocks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def in_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        except ValidationError:
            pass
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def until_somebody_waits() -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)


@pytest.mark.parametrize("change", ["resource", "capacity"])
def test_a_booking_meets_a_change_that_is_not_committed_yet(change):
    """The booking has looked at the calendar as it was; it takes time of the resource that the calendar has."""
    practice = Practice()
    Calendar.objects.update(capacity=2)
    other = Resource.objects.create(organization=practice.group, name="Room 2", kind=Resource.Kind.CALENDAR)
    start = (timezone.now() + 7 * DAY).replace(hour=12, minute=0, second=0, microsecond=0)
    before = deadlocks()
    with transaction.atomic():
        CALENDARS.update(practice.calendar.pk, {"resource": other} if change == "resource" else {"capacity": 1})
        booking = in_thread(lambda: practice.book(start))
        until_somebody_waits()
    booking.join()
    resource = Calendar.objects.get().resource_id
    assert set(BusyInterval.objects.values_list("resource", flat=True)) <= {resource}
    assert deadlocks() == before


@pytest.mark.parametrize("change", ["resource", "capacity"])
def test_a_change_meets_a_booking_that_is_not_committed_yet(change):
    practice = Practice()
    other = Resource.objects.create(organization=practice.group, name="Room 2", kind=Resource.Kind.CALENDAR)
    start = (timezone.now() + 7 * DAY).replace(hour=12, minute=0, second=0, microsecond=0)
    values = {"resource": other} if change == "resource" else {"capacity": 2}
    before = deadlocks()
    with transaction.atomic():
        practice.book(start)
        changing = in_thread(lambda: CALENDARS.update(practice.calendar.pk, values))
        until_somebody_waits()
        practice.book(start + DAY)
    changing.join()
    assert Appointment.objects.count() == 2
    assert deadlocks() == before
    assert Calendar.objects.get().resource_id == practice.calendar.resource_id


def test_a_closing_meets_a_move_of_what_it_hits():
    """The move has its appointment, and asks for the calendar's time next: the closing must not have that already."""
    practice = Practice()
    start = (timezone.now() + 7 * DAY).replace(hour=12, minute=0, second=0, microsecond=0)
    appointment = practice.book(start)
    values = {"calendar": practice.calendar, "kind": "block", "start": start, "end": start + HALF}
    before = deadlocks()
    with transaction.atomic():
        Appointment.objects.locked(appointment.pk)
        closing = in_thread(
            lambda: impact.carry_out([practice.calendar.pk], lambda: EVENTS.create(practice.group, values))
        )
        until_somebody_waits()
        move(appointment, start + HOUR)
    closing.join()
    assert deadlocks() == before
    assert CalendarEvent.objects.count() == 1
    moved = Appointment.objects.get()
    assert (moved.start, moved.attention) == (start + HOUR, "")
