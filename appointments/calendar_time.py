"""What the rows say of calendars' time, laid out for `availability`: one query, however many calendars there are."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, F, QuerySet, Value
from django.utils import timezone

from appointments.availability import CalendarTime, Need, Span
from appointments.models import BookingSettings, Calendar, CalendarEvent, Service
from appointments.models.opening import read_range
from core.epoch import Seconds, SecondsUp
from core.statements import Composed
from core.zones import local_moment
from scheduling import holidays
from scheduling.intervals import Interval
from scheduling.models import BusyInterval
from scheduling.models.busy import sharing_time
from scheduling.services.busy import Source

Kind = BusyInterval.Kind
EventKind = CalendarEvent.Kind
# These take a seat; whatever else takes time of the resource takes it whole.
SEATED = {Kind.APPOINTMENT, Kind.HOLD}
# What a row of a calendar itself has in the column of kinds.
STANDING = "calendar"
# Kinds of rows that are a calendar's own; all else is its resource's.
OWN = {EventKind.BLOCK, EventKind.OPENING, STANDING}
DAY = timedelta(days=1)


class Wanted(NamedTuple):
    """Services one after another, and so what is to be placed."""

    services: Sequence[Service]
    need: Need

    @classmethod
    def of(cls, services: Sequence[Service]) -> "Wanted":
        """The length is the sum; what is kept free is that of the first before, of the last after."""
        length = sum(service.length for service in services) * 60
        return cls(services, Need(length, services[0].buffer_before * 60, services[-1].buffer_after * 60))

    @property
    def ids(self) -> set[int]:
        return {service.pk for service in self.services}


@dataclass
class Taken:
    """What one calendar's rows say in the window."""

    closed: list[Span] = field(default_factory=list)
    openings: list[Span] = field(default_factory=list)
    seats: defaultdict[int, list[Span]] = field(default_factory=partial(defaultdict, list))
    version: int | None = None


class Look(NamedTuple):
    """version: of the calendar at this moment, which may no longer be the one at hand; None: it cannot be had now."""

    time: CalendarTime
    version: int | None


def load(
    settings: BookingSettings,
    calendars: Sequence[Calendar],
    wanted: Wanted,
    window: Interval,
    without: Collection[Source] = (),
) -> dict[int, CalendarTime]:
    """Calendar's id → its time, as far as starts in the window are concerned; `without` what these sources take."""
    return {pk: found.time for pk, found in look(settings, calendars, wanted, window, without).items()}


def look(
    settings: BookingSettings,
    calendars: Sequence[Calendar],
    wanted: Wanted,
    window: Interval,
    without: Collection[Source] = (),
) -> dict[int, Look]:
    """The same, and how each calendar stands, seen in one statement."""
    zone = settings.organization.zone
    around = widened(window, wanted.need)
    first, last = (instant.astimezone(zone).date() for instant in around)
    free_days = set(holidays.between(settings.holidays_country, "", first, last))
    unnamed = second_passes(first, last, zone)
    taken = _taken(calendars, wanted, around, without)
    found = {}
    for calendar in calendars:
        own = taken[calendar.pk]
        usual = openings(calendar, wanted.ids, first, last, free_days, zone)
        seats = [own.seats.get(number, []) for number in range(calendar.capacity)]
        time = CalendarTime([*usual, *own.openings], calendar.slot_step * 60, own.closed, seats, unnamed)
        found[calendar.pk] = Look(time, own.version)
    return found


def widened(window: Interval, need: Need) -> Interval:
    """Everything that can touch what starts in the window; a day more, as openings are laid over whole days."""
    return Interval(
        window.start - timedelta(seconds=need.before) - DAY,
        window.end + timedelta(seconds=need.length + need.after) + DAY,
    )


# -- opening hours ------------------------------------------------------------------------------------------


def openings(
    calendar: Calendar, wanted: Collection[int], first: date, last: date, free_days: set[date], zone: ZoneInfo
) -> list[Span]:
    """Those of the local days that are for all these services; for any where none is named."""
    weekly: dict[int, list] = {}
    for hours in calendar.opening_hours:
        if not hours["services"] or set(wanted).issubset(hours["services"]):
            weekly.setdefault(hours["day"], []).append(read_range(hours))
    special = {each["date"]: [read_range(hours) for hours in each["ranges"]] for each in calendar.exceptions}
    found: list[Span] = []
    for number in range((last - first).days + 1):
        day = first + number * DAY
        usual = [] if day in free_days else weekly.get(day.isoweekday(), [])
        for hours in special.get(day.isoformat(), usual) if special else usual:
            span = span_on(day, hours.start, hours.end, zone)
            if span[0] < span[1]:
                found.append(span)
    return found


# Calendars of one organization keep the same hours as a rule, and days come again with every request.
@lru_cache(maxsize=20_000)
def span_on(day: date, start: time, end: time | None, zone: ZoneInfo) -> Span:
    last = local_moment(day, end, zone) if end else local_moment(day + DAY, time(0), zone)
    return seconds(local_moment(day, start, zone)), seconds(last)


@lru_cache(maxsize=1000)
def second_passes(first: date, last: date, zone: ZoneInfo) -> tuple[Span, ...]:
    """When the local clock shows what it has shown already [contract 40: no start can be named there]."""
    days = (first + number * DAY for number in range((last - first).days + 1))
    return tuple(found for day in days if (found := _second_pass(day, zone)))


def _second_pass(day: date, zone: ZoneInfo) -> Span | None:
    begin, end = span_on(day, time(0), None, zone)
    low, high = begin, end
    before = _offset(low, zone)
    lost = before - _offset(high, zone)
    if lost <= 0:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return high, high + lost


def _offset(moment: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(moment, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


# -- what is taken ------------------------------------------------------------------------------------------


def _taken(
    calendars: Sequence[Calendar], wanted: Wanted, around: Interval, without: Collection[Source]
) -> dict[int, Taken]:
    found = {calendar.pk: Taken() for calendar in calendars}
    sharing: dict[int, list[Taken]] = {}
    for calendar in calendars:
        sharing.setdefault(calendar.resource_id, []).append(found[calendar.pk])
    for number, seat, first, last, kind, source in _rows(calendars, around, wanted.ids):
        if kind in OWN:
            _note(found[number], kind, (first, last), source, wanted)
        elif not without or Source(kind, source) not in without:
            for taken in sharing[number]:
                place = taken.seats[seat] if kind in SEATED else taken.closed
                place.append((first, last))
    return found


def _note(taken: Taken, kind: str, span: Span, source: int | None, wanted: Wanted) -> None:
    """What a calendar's own row says."""
    if kind == STANDING:
        taken.version = span[0]
    elif kind == EventKind.BLOCK:
        taken.closed.append(span)
    # Of an extra opening the "source" is the service that it is for.
    elif source is None or wanted.ids == {source}:
        taken.openings.append(span)


def takers(calendars: Sequence[Calendar], need: Need, start: datetime) -> dict[int, list[tuple[str, Interval]]]:
    """Calendar's id → the kind and the time of all that takes some of what this start needs."""
    first, last = seconds(start) - need.before, seconds(start) + need.length + need.after
    found: dict[int, list[tuple[str, Interval]]] = {calendar.pk: [] for calendar in calendars}
    for number, _seat, begin, end, kind, _source in _rows(calendars, Interval(instant_of(first), instant_of(last))):
        for calendar in calendars:
            if kind != EventKind.OPENING and number == (
                calendar.pk if kind == EventKind.BLOCK else calendar.resource_id
            ):
                found[calendar.pk].append((kind, Interval(instant_of(begin), instant_of(end))))
    return {pk: sorted(taken, key=lambda one: one[1]) for pk, taken in found.items()}


def _rows(calendars: Sequence[Calendar], around: Interval, services: Collection[int] = ()) -> list[tuple]:
    """(resource's or calendar's id, seat, start, end, kind, source's or service's id) of busy time and of events.

    Where services are named, a row too of each calendar that can be had for them: its version as the start.
    """
    if not calendars:
        return []
    resources, ids = [calendar.resource_id for calendar in calendars], [calendar.pk for calendar in calendars]
    composed = _rows_of(len(calendars), len(services))
    return composed.rows(*resources, *ids, *services, around.start, around.end, timezone.now())


# Of numbers and words Django has nothing to convert, and to look at each row takes it as long as all the rest.
@lru_cache(maxsize=100)
def _rows_of(number: int, services: int) -> Composed:
    """For so many calendars and services: ids of their resources, their own, of the services, from, to, now."""

    def make(*values) -> QuerySet:
        resources, calendars, wanted = values[:number], values[number : 2 * number], values[2 * number : -3]
        start, end, now = values[-3:]
        parts = [_busy(resources, Interval(start, end), now), _events(calendars, Interval(start, end))]
        if wanted:
            parts.append(_standing(calendars, wanted))
        # SQLite takes no order within a union.
        first, *others = [part.order_by().values_list(*COLUMNS) for part in parts]
        return first.union(*others, all=True)

    return Composed(make, 2 * number + services, moments=3)


COLUMNS = ("number", "seat", "first", "last", "kind", "source")
# Up to the next whole second, so that no part of one is given away.
ENDS = {"first": Seconds("start"), "last": SecondsUp("end")}


def _busy(resource_ids: Collection[int], around: Interval, now: datetime) -> QuerySet:
    taken = BusyInterval.objects.overlapping(resource_ids, around, now)
    return taken.annotate(number=F("resource_id"), source=F("source_id"), **ENDS)


def _events(calendar_ids: Collection[int], around: Interval) -> QuerySet:
    rows = CalendarEvent.objects.alive().filter(sharing_time(*around), calendar__in=calendar_ids)
    rows = rows.filter(kind__in=[EventKind.BLOCK, EventKind.OPENING])
    return rows.annotate(number=F("calendar_id"), source=F("service_id"), seat=Value(0), **ENDS)


def _standing(calendar_ids: Collection[int], services: Collection[int]) -> QuerySet:
    none = Value(None, BigIntegerField())
    values = {"number": F("pk"), "seat": Value(0), "first": F("version"), "last": none, "kind": Value(STANDING)}
    return Calendar.objects.offering(services).filter(pk__in=calendar_ids).annotate(**values, source=none)


def seconds(instant: datetime) -> int:
    """Since the epoch."""
    return int(instant.timestamp())


def instant_of(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
