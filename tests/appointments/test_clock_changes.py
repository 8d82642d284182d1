"""The nights on which the clocks change: no start in the skipped hour, none twice in the doubled one."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError

from appointments.services import slots
from appointments.services.booking import Booking, book_appointment
from scheduling.intervals import Interval
from tests.appointment_factories import make_calendar, make_group, make_service

pytestmark = pytest.mark.django_db
ALWAYS = [{"day": day, "start": "00:00", "end": "24:00", "services": []} for day in range(1, 8)]
HALF_HOURS = [f"{number // 2:02d}:{number % 2 * 30:02d}" for number in range(48)]
# Zone, day, the local starts that it has not.
SKIPPED = [
    ("Europe/Paris", date(2026, 3, 29), ["02:00", "02:30"]),
    ("America/New_York", date(2026, 3, 8), ["02:00", "02:30"]),
    ("Australia/Lord_Howe", date(2026, 10, 4), ["02:00"]),
    ("America/Sao_Paulo", date(2018, 11, 4), ["00:00", "00:30"]),
]
DOUBLED = [
    ("Europe/Paris", date(2026, 10, 25)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("America/Sao_Paulo", date(2018, 2, 17)),
]


def listed(zone: str, day: date, **service) -> tuple[list[str], list[datetime]]:
    """The starts of that local day, as the clock on the wall shows them and as instants."""
    group = make_group(time_zone=zone)
    asked = make_service(group, **service)
    calendar = make_calendar(group, asked, opening_hours=ALWAYS, slot_step=30)
    midnight = datetime.combine(day, datetime.min.time(), ZoneInfo(zone))
    window = Interval(midnight.astimezone(UTC) - timedelta(hours=2), midnight.astimezone(UTC) + timedelta(hours=28))
    with time_machine.travel(midnight - timedelta(days=2), tick=False):
        found = slots.free_slots(group, [asked], [calendar], window, is_staff=False)
    local = [slot.start.astimezone(ZoneInfo(zone)) for slot in found]
    of_day = [moment for moment in local if moment.date() == day]
    return [moment.strftime("%H:%M") for moment in of_day], [moment.astimezone(UTC) for moment in of_day]


@pytest.mark.parametrize(("zone", "day", "skipped"), SKIPPED)
def test_no_slot_stands_in_the_hour_that_the_clocks_skip(zone, day, skipped):
    shown, starts = listed(zone, day, length=30)
    assert shown == [clock for clock in HALF_HOURS if clock not in skipped]
    assert {later - earlier for earlier, later in pairwise(starts)} == {timedelta(minutes=30)}


@pytest.mark.parametrize(("zone", "day"), DOUBLED)
def test_no_slot_stands_twice_in_the_hour_that_comes_twice(zone, day):
    shown, starts = listed(zone, day, length=30)
    assert shown == HALF_HOURS
    assert [moment for moment in starts if moment.astimezone(ZoneInfo(zone)).fold] == []


@pytest.mark.parametrize(("zone", "day"), DOUBLED)
def test_an_appointment_runs_through_the_second_pass_and_takes_its_real_time(zone, day):
    group = make_group(time_zone=zone)
    service = make_service(group, length=180)
    calendar = make_calendar(group, service, opening_hours=ALWAYS, slot_step=30)
    start = datetime.combine(day, datetime.min.time(), ZoneInfo(zone))
    with time_machine.travel(start - timedelta(days=2), tick=False):
        booking = Booking(start.astimezone(UTC), [service.pk], customer={"lastname": "Durand"}, calendar_id=calendar.pk)
        booked = book_appointment(group, booking, is_staff=False)
    assert booked.end - booked.start == timedelta(hours=3)


@pytest.mark.parametrize(("zone", "day"), DOUBLED)
@pytest.mark.parametrize("is_staff", [False, True], ids=["customer", "staff"])
def test_a_start_in_the_second_pass_is_refused_however_it_is_named(zone, day, is_staff):
    group = make_group(time_zone=zone)
    service = make_service(group)
    calendar = make_calendar(group, service, opening_hours=ALWAYS, slot_step=30)
    midnight = datetime.combine(day, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
    halves = [midnight + number * timedelta(minutes=30) for number in range(50)]
    second = [moment for moment in halves if moment.astimezone(ZoneInfo(zone)).fold]
    assert second
    with time_machine.travel(midnight - timedelta(days=2), tick=False):
        for moment in second:
            booking = Booking(moment, [service.pk], customer={"lastname": "Durand"}, calendar_id=calendar.pk)
            with pytest.raises(ValidationError) as refused:
                book_appointment(group, booking, is_staff=is_staff)
            assert refused.value.error_dict["start"][0].code == "unnamed"
