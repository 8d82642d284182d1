"""Where appointments could go whose time is closed: to each its own place, the first that is free."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from appointments.availability import CalendarTime, Need, Span, free_starts, judge
from appointments.calendar_time import Wanted, instant_of, load, seconds
from appointments.models import Appointment, BookingSettings, Calendar
from appointments.services import placing
from scheduling.intervals import Interval

DAY = 24 * 3600
# From the old start on, in days: most find a place in the first of these.
CHUNKS = ((0, 1), (1, 7), (7, 28))
AHEAD = timedelta(days=28)
# Each costs a search; where more are hit, staff look for the rest themselves.
MOST = 200
# Ids in the order in which they are done.
Services = tuple[int, ...]


@dataclass(frozen=True)
class Proposal:
    calendar: Calendar
    start: datetime


def propose(hits: Sequence[Appointment]) -> dict[int, Proposal]:
    """Appointment's id → the first free start from its own on, within four weeks: in its calendar, else in another one
    that offers the services. No place is proposed twice. `hits` with organization and lines, in order.
    """
    search, found = _Search.of(hits[:MOST]), {}
    for hit in hits[:MOST]:
        proposal = search.first(hit)
        if proposal:
            found[hit.pk] = proposal
    return found


@dataclass
class _Room:
    """A calendar's time for the same services."""

    calendar: Calendar
    time: CalendarTime


@dataclass
class _Search:
    """rooms: services → where they are offered; customers: when each of them has another appointment."""

    rooms: dict[Services, list[_Room]]
    customers: dict[int, list[tuple[int, Span]]]
    # (resource, seat) → what was proposed.
    promised: dict[tuple[int, int], list[Span]] = field(default_factory=dict)

    @classmethod
    def of(cls, hits: Sequence[Appointment]) -> "_Search":
        return cls({key: list(_rooms(group)) for key, group in by_services(hits).items()}, _customers(hits))

    def first(self, hit: Appointment) -> Proposal | None:
        rooms = self.rooms[_services(hit)]
        own = [room for room in rooms if room.calendar.pk == hit.calendar_id]
        others = [room for room in rooms if room.calendar.pk != hit.calendar_id]
        return self._first_in(own, hit) or self._first_in(others, hit)

    def _first_in(self, rooms: Sequence[_Room], hit: Appointment) -> Proposal | None:
        """The earliest; of two at once the first in the calendars' own order."""
        need = wanted_of(hit).need
        begin = seconds(max(hit.start, timezone.now()) + timedelta(microseconds=999_999))
        for low, high in CHUNKS:
            window = (begin + low * DAY, begin + high * DAY)
            found = [(start, number) for number, room in enumerate(rooms) for start in self._starts(room, hit, window)]
            if found:
                start, number = min(found)
                return self._promise(rooms[number], hit, need, start)
        return None

    def _starts(self, room: _Room, hit: Appointment, window: Span) -> Iterable[int]:
        """None, or the first that suits the customer."""
        need, taken = wanted_of(hit).need, self.customers.get(hit.customer_id, [])
        for start in free_starts(self._time(room), need, window):
            if not any(pk != hit.pk and start < last and first < start + need.length for pk, (first, last) in taken):
                return [start]
        return []

    def _time(self, room: _Room) -> CalendarTime:
        resource = room.calendar.resource_id
        seats = [[*taken, *self.promised.get((resource, number), [])] for number, taken in enumerate(room.time.seats)]
        return room.time._replace(seats=seats)

    def _promise(self, room: _Room, hit: Appointment, need: Need, start: int) -> Proposal:
        seat = judge(self._time(room), need, start).free_seats[0]
        taken = (start - need.before, start + need.length + need.after)
        self.promised.setdefault((room.calendar.resource_id, seat), []).append(taken)
        self.customers.setdefault(hit.customer_id, []).append((0, (start, start + need.length)))
        return Proposal(room.calendar, instant_of(start))


def _rooms(group: Sequence[Appointment]) -> Iterator[_Room]:
    """Of appointments with the same services, in order of their start."""
    organization, wanted = (
        group[0].organization,
        max((wanted_of(each) for each in group), key=lambda one: sum(one.need)),
    )
    services = [service for service in wanted.services if not service.is_deleted]
    if len(services) < len(wanted.services):
        return
    calendars = list(placing.usable_calendars(organization, services, is_staff=True))
    window = Interval(min(group[0].start, timezone.now()), max(group[-1].start, timezone.now()) + AHEAD)
    times = load(BookingSettings.of(organization), calendars, wanted, window)
    for calendar in calendars:
        yield _Room(calendar, times[calendar.pk])


def _customers(hits: Sequence[Appointment]) -> dict[int, list[tuple[int, Span]]]:
    rows = Appointment.objects.alive().upcoming().filter(customer__in={hit.customer_id for hit in hits})
    found: dict[int, list[tuple[int, Span]]] = {}
    for pk, customer, start, end in rows.values_list("pk", "customer", "start", "end"):
        found.setdefault(customer, []).append((pk, (seconds(start), seconds(end))))
    return found


def by_services(appointments: Sequence[Appointment]) -> dict[Services, list[Appointment]]:
    """Those with the same services, for which the same opening hours count; each in the order given."""
    found: dict[Services, list[Appointment]] = {}
    for each in appointments:
        found.setdefault(_services(each), []).append(each)
    return found


def wanted_of(appointment: Appointment) -> Wanted:
    """Of one with its lines prefetched."""
    return placing.wanted_of(appointment, list(appointment.lines.all()))


def _services(appointment: Appointment) -> Services:
    return tuple(service.pk for service in wanted_of(appointment).services)
