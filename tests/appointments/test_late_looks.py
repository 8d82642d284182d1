"""A calendar may change between the look that chooses it and its lock: what counts is how it stands under the lock."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError

from appointments.calendar_time import Wanted
from appointments.models import BookingSettings, Calendar, Hold
from appointments.rules import Asked
from appointments.services import placing
from appointments.services.calendars import CALENDARS
from core.locks import atomic
from scheduling.models import BusyInterval, Resource
from scheduling.services.busy import Source
from tests.appointment_factories import make_calendar, make_group, make_service

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 1, 6, 10, tzinfo=UTC)
HOLD = BusyInterval.Kind.HOLD


@pytest.fixture
def group():
    with time_machine.travel("2026-01-05T07:00:00Z", tick=False):
        yield make_group(time_zone="UTC")


@pytest.fixture
def service(group):
    return make_service(group)


def take(group, service, calendar: Calendar, meanwhile: Callable[[Calendar], object]) -> Hold:
    """A place in this calendar for a customer, who saw it free before `meanwhile` was done to it."""
    asked = Asked(BookingSettings.of(group), Wanted.of([service]), TUESDAY, datetime.now(UTC), is_staff=False)
    wish = placing.Placing(asked, [calendar], is_named=True)
    order = placing.candidates(wish)
    meanwhile(calendar)

    def write(place: placing.Place) -> Hold:
        times = {"start": TUESDAY, "end": asked.end, "expires_at": asked.end}
        hold = Hold.objects.create(organization=group, calendar=place.calendar, services=[service.pk], **times)
        placing.take_seat(asked, place, Source(HOLD, hold.pk))
        return hold

    with atomic():
        return placing.place(wish, order, write)


def move_to_another_resource(calendar: Calendar) -> None:
    other = Resource.objects.create(organization=calendar.organization, name="Room 2")
    CALENDARS.update(calendar.pk, {"resource": other})


LATE = {
    "its hours end": lambda calendar: CALENDARS.update(calendar.pk, {"opening_hours": []}),
    "the day is closed": lambda calendar: CALENDARS.update(
        calendar.pk, {"exceptions": [{"date": "2026-01-06", "ranges": []}]}
    ),
    "it is closed to customers": lambda calendar: CALENDARS.update(calendar.pk, {"is_open": False}),
    "it is deleted": lambda calendar: CALENDARS.delete(calendar.pk),
    "it offers the service no longer": lambda calendar: calendar.services.clear(),
    "it is of another resource": move_to_another_resource,
}


@pytest.mark.parametrize("meanwhile", LATE.values(), ids=LATE)
def test_what_changed_since_the_look_is_seen_under_the_lock(group, service, meanwhile):
    with pytest.raises(ValidationError) as refusal:
        take(group, service, make_calendar(group, service), meanwhile)
    assert refusal.value.error_dict["start"][0].code == "not_available"
    assert BusyInterval.objects.count() == 0


def test_a_place_that_was_taken_away_since_the_look_is_not_given(group, service):
    calendar = make_calendar(group, service, capacity=2)
    take(group, service, calendar, lambda calendar: None)
    with pytest.raises(ValidationError) as refusal:
        take(group, service, calendar, lambda calendar: CALENDARS.update(calendar.pk, {"capacity": 1}))
    assert refusal.value.error_dict["start"][0].code == "not_available"
    assert BusyInterval.objects.count() == 1


def test_a_calendar_that_nobody_changed_is_had(group, service):
    calendar = make_calendar(group, service)
    assert take(group, service, calendar, lambda calendar: None).calendar == calendar
