"""Into which calendar, and into which of its seats: for bookings, moves and holds alike."""

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

from django.db import transaction
from django.db.models import Count, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.availability import CalendarTime, Need, judge
from appointments.calendar_time import Look, Wanted, look, seconds
from appointments.models import Appointment, AppointmentLine, BookingSettings, Calendar, Service
from appointments.rules import Asked, Verdict, broken, calendar_verdicts, not_available, passed_over, verdicts_of
from core.changes import refuse
from core.inserts import Also
from core.models import Organization
from core.statements import Composed
from scheduling.intervals import Interval
from scheduling.models import BusyInterval
from scheduling.services import busy
from scheduling.services.busy import Source

Assignment = BookingSettings.Assignment
MOST_SERVICES = 20
Row = TypeVar("Row", bound=Model)
# Replaced in tests, to draw what they need.
chance: random.Random = random.SystemRandom()


@dataclass(frozen=True)
class Placing:
    """What is placed. without: sources that it replaces; old_resources: where these have their time now."""

    asked: Asked
    calendars: Sequence[Calendar]
    # Whether one was named; else the group's way chooses.
    is_named: bool
    without: Collection[Source] = ()
    old_resources: Collection[int] = ()


@dataclass(frozen=True)
class Place:
    calendar: Calendar
    seat: int
    reason: str
    overridden: list[Verdict] = field(default_factory=list)


class Taken(Exception):
    """Not this calendar after all."""


# -- what may be asked for ----------------------------------------------------------------------------------


def read_services(
    organization: Organization | int, ids: Sequence[int], *, is_staff: bool, related: Sequence[str] = ()
) -> list[Service]:
    """Those of these ids, in their order, with what `related` names. Raises ValidationError on `services`."""
    if not 0 < len(ids) <= MOST_SERVICES:
        refuse("services", "services", _("must be 1 to %(most)d services"), most=MOST_SERVICES)
    organization_id = organization if isinstance(organization, int) else organization.pk
    rows = _services(len(ids), tuple(related)).all(organization_id, *ids)
    found = {service.pk: service for service in rows if is_staff or service.is_open}
    if any(pk not in found for pk in ids):
        refuse("services", "must_exist", _("must exist"))
    return [found[pk] for pk in ids]


@cache
def _services(number: int, related: tuple[str, ...]) -> Composed:
    """Of this organization, so many by their ids."""

    def make(organization_id: int, *ids: int) -> QuerySet[Service]:
        rows = Service.objects.alive().filter(organization=organization_id, pk__in=ids).order_by()
        return rows.select_related(*related) if related else rows

    return Composed(make, ids=number + 1)


def usable_calendars(organization: Organization, services: Sequence[Service], *, is_staff: bool) -> QuerySet[Calendar]:
    """Those that offer all the services, and that this kind of caller may book in."""
    rows = _offering(organization.pk, *(service.pk for service in services))
    return rows if is_staff else rows.filter(is_open=True)


def _offering(organization_id: int, *services: int) -> QuerySet[Calendar]:
    return Calendar.objects.filter(organization=organization_id).offering(services)


@cache
def _calendars(services: int) -> Composed:
    """Of this organization, those that offer so many services, by their ids."""
    return Composed(_offering, ids=services + 1)


@cache
def _calendar(services: int) -> Composed:
    """The same, by its own id, which comes first."""
    return Composed(lambda pk, *ids: _offering(*ids).filter(pk=pk), ids=services + 2)


def choice(
    organization: Organization, services: Sequence[Service], calendar_id: int | None, *, is_staff: bool
) -> list[Calendar]:
    """The one that is named, else all that may be chosen from. Raises ValidationError on `calendar`."""
    if calendar_id is None:
        found = _calendars(len(services)).all(organization.pk, *(service.pk for service in services))
        return [calendar for calendar in found if is_staff or calendar.is_open]
    return [named_calendar(organization, services, calendar_id, is_staff=is_staff)]


def named_calendar(organization: Organization, services: Sequence[Service], pk: int, *, is_staff: bool) -> Calendar:
    """Raises ValidationError on `calendar` for one that is not there, or does not offer the services."""
    calendar = _calendar(len(services)).first(pk, organization.pk, *(service.pk for service in services))
    if calendar and (is_staff or calendar.is_open):
        return calendar
    if usable_calendars(organization, [], is_staff=is_staff).filter(pk=pk).exists():
        refuse("calendar", "not_offered", _("does not offer these services"))
    return refuse("calendar", "must_exist", _("must exist"))


# -- choosing -----------------------------------------------------------------------------------------------


def candidates(placing: Placing) -> list[tuple[Calendar, str]]:
    """Calendars that are free as it seems, in the order in which they are tried, each with the reason for it.

    Raises ValidationError (`not_available`) where no calendar has this time.
    """
    asked, looks = placing.asked, _look(placing, placing.calendars)
    verdicts = {each.pk: calendar_verdicts(asked, looks[each.pk].time) for each in placing.calendars}
    free = [each for each in placing.calendars if not broken(verdicts[each.pk], asked.is_staff)]
    if not free:
        raise not_available()
    if placing.is_named:
        return [(free[0], "")]
    # Staff pass over opening hours only where no calendar keeps them.
    free = [each for each in free if not passed_over(verdicts[each.pk], asked.is_staff)] or free
    with translation.override(asked.settings.organization.language):
        return ORDERS[asked.settings.assignment](asked, free)


def _look(placing: Placing, calendars: Sequence[Calendar]) -> dict[int, Look]:
    asked = placing.asked
    window = Interval(asked.start, asked.start + timedelta(seconds=1))
    return look(asked.settings, calendars, asked.wanted, window, placing.without)


def _at_random(asked: Asked, free: list[Calendar]) -> list[tuple[Calendar, str]]:
    reason = _("at random among %(number)d") % {"number": len(free)}
    return [(calendar, reason) for calendar in chance.sample(free, len(free))]


def _by_priority(asked: Asked, free: list[Calendar]) -> list[tuple[Calendar, str]]:
    ordered = sorted(free, key=lambda calendar: (calendar.priority, calendar.sort, calendar.pk))
    return [(each, _("priority: %(priority)d is the first") % {"priority": each.priority}) for each in ordered]


def _by_load(asked: Asked, free: list[Calendar]) -> list[tuple[Calendar, str]]:
    """By the appointments that a calendar has on that local day; then by the oldest last booking."""
    zone = asked.settings.organization.zone
    midnight = asked.start.astimezone(zone).replace(hour=0, minute=0, second=0)
    of_day = Q(start__gte=midnight, start__lt=midnight + timedelta(days=1))
    own = Appointment.objects.alive().filter(calendar=OuterRef("pk")).order_by()
    own = own.exclude(pk=asked.moved.pk) if asked.moved else own
    # Each of the two by an index: what was booked over the years is not read for it.
    counted = own.filter(of_day).values("calendar").annotate(load=Count("pk")).values("load")
    last = own.order_by("-pk").values("pk")[:1]
    rows = Calendar.objects.filter(pk__in=[calendar.pk for calendar in free]).order_by()
    found = rows.values_list("pk", Coalesce(Subquery(counted), 0), Coalesce(Subquery(last), 0))
    loads = {pk: (load, newest) for pk, load, newest in found}
    ordered = sorted(free, key=lambda calendar: (*loads.get(calendar.pk, (0, 0)), calendar.pk))
    return [(each, _load_reason(each, ordered, loads)) for each in ordered]


def _load_reason(calendar: Calendar, ordered: list[Calendar], loads: dict[int, tuple[int, int]]) -> str:
    others = sorted(loads.get(each.pk, (0, 0))[0] for each in ordered if each != calendar)
    own = loads.get(calendar.pk, (0, 0))[0]
    if not others:
        return _("the only one that is free")
    text = _("least loaded: %(own)d against %(other)d") % {"own": own, "other": others[0]}
    return text + (_("; tie by oldest last booking") if own == others[0] else "")


Order = Callable[[Asked, list[Calendar]], list[tuple[Calendar, str]]]
ORDERS: dict[str, Order] = {
    Assignment.RANDOM: _at_random,
    Assignment.LEAST_LOADED: _by_load,
    Assignment.PRIORITY: _by_priority,
}


# -- taking -------------------------------------------------------------------------------------------------


def place(
    placing: Placing,
    order: Iterable[tuple[Calendar, str]],
    write: Callable[[Place], Row],
) -> Row:
    """`write(place)`'s row, which takes its seat or raises Taken, in the first calendar of this order that can be had.

    Each under its resource's lock, in a savepoint that gives the lock back: who loses one calendar in a race tries the
    next. Raises ValidationError (`not_available`) when none is left; runs in the caller's transaction.
    """
    order = list(order)
    for calendar, reason in order:
        try:
            # Where the last one is lost all is: nothing is left to go back to.
            with transaction.atomic(savepoint=calendar is not order[-1][0]):
                return write(_find_seat(placing, calendar, reason))
        except Taken:
            continue
    raise not_available()


def _find_seat(placing: Placing, calendar: Calendar, reason: str) -> Place:
    asked = placing.asked
    busy.lock_resources({calendar.resource_id, *placing.old_resources})
    calendar, time = _as_it_stands(placing, calendar)
    judgement = judge(time, asked.wanted.need, seconds(asked.start))
    verdicts = verdicts_of(judgement, time)
    if broken(verdicts, asked.is_staff):
        raise Taken
    for source in placing.without:
        busy.give_back(source)
    return Place(calendar, judgement.free_seats[0], reason, passed_over(verdicts, asked.is_staff))


def _as_it_stands(placing: Placing, calendar: Calendar) -> tuple[Calendar, CalendarTime]:
    """Under the lock: since it was read it may have been closed, or have lost a place or a service."""
    time, version = _look(placing, [calendar])[calendar.pk]
    if version == calendar.version:
        return calendar, time
    fresh = _read_anew(calendar, placing.asked)
    return fresh, _look(placing, [fresh])[fresh.pk].time


def _read_anew(calendar: Calendar, asked: Asked) -> Calendar:
    services = asked.wanted.services
    fresh = _calendar(len(services)).first(calendar.pk, calendar.organization_id, *(each.pk for each in services))
    if fresh is None or fresh.resource_id != calendar.resource_id or not (asked.is_staff or fresh.is_open):
        raise Taken
    return fresh


def take_seat(asked: Asked, place: Place, source: Source, expires_at: datetime | None = None) -> None:
    """Raises Taken."""
    calendar, interval = place.calendar, taken_interval(asked)
    if not busy.take_seat(source, calendar.organization_id, calendar.resource_id, place.seat, interval, expires_at):
        raise Taken


def seat_beside(asked: Asked, place: Place) -> Also:
    """The same for an appointment that is new, in its own statement; nothing is told where it is taken."""
    calendar = place.calendar
    at = (calendar.organization_id, calendar.resource_id, place.seat, taken_interval(asked))
    return busy.seat_beside(BusyInterval.Kind.APPOINTMENT.value, *at)


def taken_interval(asked: Asked) -> Interval:
    """With what is kept free around it."""
    need = asked.wanted.need
    return Interval(asked.start - timedelta(seconds=need.before), asked.end + timedelta(seconds=need.after))


def interval_of(appointment: Appointment) -> Interval:
    """The same of one that is booked."""
    before, after = (timedelta(minutes=each) for each in (appointment.buffer_before, appointment.buffer_after))
    return Interval(appointment.start - before, appointment.end + after)


def source_of(appointment: Appointment) -> Source:
    return Source(BusyInterval.Kind.APPOINTMENT, appointment.pk)


def wanted_of(appointment: Appointment, lines: Sequence[AppointmentLine] | None = None) -> Wanted:
    """As it was booked: what its services ask today is for new bookings. `lines`: its own, where they are loaded."""
    lines = list(appointment.lines.select_related("service")) if lines is None else lines
    length = sum(line.length for line in lines) * 60
    need = Need(length, appointment.buffer_before * 60, appointment.buffer_after * 60)
    return Wanted([line.service for line in lines], need)
