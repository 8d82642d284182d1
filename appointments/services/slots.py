"""Free slots, and why a start is none: by the functions that book."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.availability import free_starts
from appointments.calendar_time import Wanted, instant_of, load, seconds
from appointments.models import Appointment, BookingSettings, Calendar, Customer, Service
from appointments.rules import (
    FIRST,
    LAST,
    Asked,
    Verdict,
    bookable,
    booking_verdicts,
    calendar_verdicts,
    told_of_closed_day,
)
from appointments.services import placing
from core.models import Organization
from scheduling import holidays
from scheduling.intervals import Interval
from scheduling.services.busy import Source

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Slot:
    """A start, and the places that each calendar has for it, in the order in which the calendars were given."""

    start: datetime
    places: dict[int, int]


def free_slots(
    organization: Organization,
    services: Sequence[Service],
    calendars: Sequence[Calendar],
    window: Interval,
    *,
    is_staff: bool,
) -> list[Slot]:
    """The starts in the window that can be booked now by this kind of caller, in order; one query.

    `organization` with its booking_settings; `calendars` those that offer the services and that the caller may see.
    """
    settings, wanted = BookingSettings.of(organization), Wanted.of(services)
    return _slots(settings, wanted, calendars, window if is_staff else _narrowed(settings, window))


def slots_to_move(
    appointment: Appointment, calendars: Sequence[Calendar], window: Interval, *, is_staff: bool
) -> list[Slot]:
    """The same for an appointment that has its place: its own time is free to it, its length is as it was booked."""
    settings, wanted = BookingSettings.of(appointment.organization), placing.wanted_of(appointment)
    window = window if is_staff else _narrowed(settings, window)
    return _slots(settings, wanted, calendars, window, [placing.source_of(appointment)])


def _slots(
    settings: BookingSettings,
    wanted: Wanted,
    calendars: Sequence[Calendar],
    window: Interval,
    without: Collection[Source] = (),
) -> list[Slot]:
    window = Interval(max(window.start, FIRST), min(window.end, LAST + SECOND))
    if window.start >= window.end or not calendars:
        return []
    span = (_next_second(window.start), _next_second(window.end))
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for pk, time in load(settings, calendars, wanted, window, without).items():
        for start, places in free_starts(time, wanted.need, span).items():
            found[start][pk] = places
    return [Slot(instant_of(start), found[start]) for start in sorted(found)]


def _narrowed(settings: BookingSettings, window: Interval) -> Interval:
    first, last = bookable(settings, timezone.now())
    end = window.end if last is None else min(window.end, last + timedelta(microseconds=1))
    return Interval(max(window.start, first), end)


def _next_second(instant: datetime) -> int:
    """The first whole second that is not before it."""
    return seconds(instant + timedelta(microseconds=999_999))


@dataclass(frozen=True)
class Explanation:
    """Of one start in one calendar, each rule in the order in which it refuses."""

    calendar: Calendar
    verdicts: list[Verdict]

    def is_bookable(self, *, is_staff: bool) -> bool:
        return all(verdict.passed or not verdict.binds(is_staff) for verdict in self.verdicts)


def explain(
    organization: Organization,
    services: Sequence[Service],
    calendars: Iterable[Calendar],
    start: datetime,
    *,
    is_staff: bool,
    customer: Customer | None = None,
) -> list[Explanation]:
    """Why this start can or cannot be booked, in each of these calendars."""
    settings, wanted = BookingSettings.of(organization), Wanted.of(services)
    asked = Asked(settings, wanted, start, timezone.now(), is_staff, customer)
    calendars = list(calendars)
    times = load(settings, calendars, wanted, Interval(start, start + SECOND))
    general = booking_verdicts(asked)
    found = []
    for each in calendars:
        verdicts, day = calendar_verdicts(asked, times[each.pk]), closed_day(settings, each, start)
        found.append(Explanation(each, [*general, *(told_of_closed_day(verdicts, day) if day else verdicts)]))
    return found


def closed_day(settings: BookingSettings, calendar: Calendar, start: datetime) -> str:
    """The name of the local day where the calendar is closed on it as a whole; empty where it is not."""
    day = settings.organization.local_date(start)
    ranges = next((each["ranges"] for each in calendar.exceptions if each["date"] == day.isoformat()), None)
    if ranges:
        return ""
    name = holidays.name_of(settings.holidays_country, "", day)
    return name or ("" if ranges is None else _("%(date)s is an exception") % {"date": day.isoformat()})
