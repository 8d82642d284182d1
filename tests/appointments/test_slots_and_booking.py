"""What is listed is what can be booked, both ways, and what is not is explained: through the database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.services import slots
from appointments.services.booking import Booking, book_appointment
from scheduling.intervals import Interval
from scheduling.models import BusyInterval
from tests.appointment_factories import make_calendar, make_event, make_group, make_service
from tests.appointments.by_the_minute import MINUTE, Room, minutes_between, range_on
from tests.scale import scaled

pytestmark = pytest.mark.django_db
EXAMPLES = scaled(200)
# Days around which clocks change, and one on which they do not.
PLACES = [
    ("Europe/Paris", date(2026, 3, 29)),
    ("Europe/Paris", date(2026, 10, 25)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2018, 2, 17)),
    ("UTC", date(2026, 1, 7)),
]
QUARTERS = st.integers(0, 95).map(lambda number: f"{number // 4:02d}:{number % 4 * 15:02d}")
HOURS = st.tuples(QUARTERS, QUARTERS).filter(lambda pair: pair[0] < pair[1])
RULES = st.fixed_dictionaries(
    {"min_notice": st.sampled_from([None, 0, 90]), "booking_horizon": st.sampled_from([None, 900])}
)
CALENDARS = st.fixed_dictionaries(
    {
        "hours": st.lists(HOURS, min_size=1, max_size=2),
        "special": st.one_of(st.none(), st.lists(HOURS, max_size=1)),
        "slot_step": st.sampled_from([15, 20, 45]),
        "capacity": st.integers(1, 2),
        # (kind, offset in minutes from the day's first minute, length)
        "taken": st.lists(
            st.tuples(
                st.sampled_from(["block", "opening", "absence", "seat"]), st.integers(0, 1300), st.integers(5, 200)
            ),
            max_size=4,
        ),
    }
)
SERVICES = st.fixed_dictionaries(
    {
        "length": st.sampled_from([15, 40, 90]),
        "buffer_before": st.sampled_from([0, 10]),
        "buffer_after": st.sampled_from([0, 25]),
    }
)


def separate(hours: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Ranges of one day do not overlap: those that would are left out."""
    kept: list[tuple[str, str]] = []
    for start, end in sorted(hours):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


class World:
    """A group as the rows have it, and as the plain model has it."""

    def __init__(self, place, rules, service, calendars):
        name, self.day = place
        self.zone, self.rules = ZoneInfo(name), rules
        self.group = make_group(time_zone=name, **rules)
        self.service = make_service(self.group, **service)
        self.first = range_on(self.day, "00:00", "99", self.zone)[0]
        self.rooms = {}
        for fields in calendars:
            self._add(fields)

    def _add(self, fields) -> None:
        usual, special = separate(fields["hours"]), fields["special"]
        shown = [
            {"day": day, "start": start, "end": end, "services": []} for day in range(1, 8) for start, end in usual
        ]
        ranges = [{"start": start, "end": end} for start, end in separate(special or [])]
        exceptions = [] if special is None else [{"date": self.day.isoformat(), "ranges": ranges}]
        calendar = make_calendar(
            self.group,
            self.service,
            opening_hours=shown,
            exceptions=exceptions,
            slot_step=fields["slot_step"],
            capacity=fields["capacity"],
        )
        days = {self.day + timedelta(days=number): usual for number in range(-1, 3)}
        if special is not None:
            days[self.day] = separate(special)
        found = [range_on(day, *hours, self.zone) for day, ranges in days.items() for hours in ranges]
        self.rooms[calendar] = Room(fields["slot_step"], fields["capacity"], [each for each in found if each])
        for taken in fields["taken"]:
            self._take(calendar, self.rooms[calendar], *taken)

    def _take(self, calendar, room: Room, kind: str, offset: int, length: int) -> None:
        start = self.first + offset * MINUTE
        end = start + length * MINUTE
        if kind in {"block", "opening"}:
            make_event(calendar, start, end, kind)
        elif kind == "absence" or minutes_between(start, end) & room.seats.get(0, set()):
            self._busy(calendar, "absence", start, end, is_hard=False)
        else:
            self._busy(calendar, "appointment", start, end, is_hard=True)
            room.seats[0] = room.seats.get(0, set()) | minutes_between(start, end)
            return
        if kind == "opening":
            room.ranges.append((start, end))
        else:
            room.closed |= minutes_between(start, end)

    def _busy(self, calendar, kind: str, start, end, **fields) -> None:
        times = {"start": start, "end": end, "source_id": 1}
        BusyInterval.objects.create(organization=self.group, resource=calendar.resource, kind=kind, **times, **fields)

    def seats_at(self, calendar, start: datetime) -> int:
        ahead, notice, horizon = start - datetime.now(UTC), self.rules["min_notice"], self.rules["booking_horizon"]
        if (
            ahead <= timedelta(0)
            or ahead < (notice or 0) * MINUTE
            or (horizon is not None and ahead > horizon * MINUTE)
        ):
            return 0
        need = (self.service.length, self.service.buffer_before, self.service.buffer_after)
        return self.rooms[calendar].seats_at(start, *need, self.zone)

    def listed(self) -> dict[datetime, dict[int, int]]:
        window = Interval(self.first, self.first + timedelta(hours=26))
        found = slots.free_slots(self.group, [self.service], list(self.rooms), window, is_staff=False)
        return {slot.start: slot.places for slot in found}

    def books(self, calendar, start: datetime) -> bool:
        """Whether a customer could book there; it is taken back."""
        booking = Booking(start, [self.service.pk], customer={"lastname": "Durand"}, calendar_id=calendar.pk)
        try:
            with transaction.atomic():
                book_appointment(self.group, booking, is_staff=False)
                transaction.set_rollback(True)
        except ValidationError:
            return False
        return True


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(
    place=st.sampled_from(PLACES),
    rules=RULES,
    service=SERVICES,
    calendars=st.lists(CALENDARS, min_size=1, max_size=2),
    # When it is asked, in minutes from the day's first; and which of the day's five-minute marks are tried.
    now=st.integers(-600, 600),
    tried=st.sets(st.integers(0, 311), min_size=5, max_size=12),
)
def test_slots_listed_are_the_starts_that_can_be_booked(place, rules, service, calendars, now, tried):
    with transaction.atomic():
        zone_day = range_on(place[1], "00:00", "99", ZoneInfo(place[0]))[0]
        with time_machine.travel(zone_day + now * MINUTE, tick=False):
            world = World(place, rules, service, calendars)
            check(world, tried)
        transaction.set_rollback(True)


def check(world: World, tried: set[int]) -> None:
    listed = world.listed()
    some = {world.first + number * 5 * MINUTE for number in tried} | set(sorted(listed)[:: max(1, len(listed) // 4)])
    for start in sorted(some):
        for calendar in world.rooms:
            seats = world.seats_at(calendar, start)
            assert listed.get(start, {}).get(calendar.pk, 0) == seats
            assert world.books(calendar, start) == bool(seats)
            explained(world, calendar, start, bool(seats))


def explained(world: World, calendar, start: datetime, is_bookable: bool) -> None:
    [told] = slots.explain(world.group, [world.service], [calendar], start, is_staff=False)
    named = not start.astimezone(world.zone).fold
    assert (told.is_bookable(is_staff=False) and named) == is_bookable
    assert is_bookable or not named or [verdict.text for verdict in told.verdicts if not verdict.passed]
