"""The doctor's checks of appointments and what they take of time. By primary keys, in batches: no big joins."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from appointments.models import Appointment, Hold
from appointments.services.placing import interval_of
from core.doctor import Finding, Level, of_ids, of_rows, register
from scheduling.models import BusyInterval

Kind = BusyInterval.Kind
BY_HAND = "No rule lets this be: a row was written past the services. "
BATCH = 1000
# The periodic task runs each minute; this long after a hold's end it is not late but still.
LATE = timedelta(minutes=10)

# Organization, resource, start, end.
Taken = tuple[int, int, datetime, datetime]


def check_takers() -> Iterator[Finding]:
    """Each living appointment takes the time of its calendar's resource, what is kept free around it included."""
    mend = BY_HAND + "Move it to another time and back in the admin."
    missing, wrong = [], []
    for batch in _batches(Appointment.objects.alive()):
        taken = _taken(Kind.APPOINTMENT, [each.pk for each in batch])
        missing += [each.pk for each in batch if each.pk not in taken]
        wrong += [each.pk for each in batch if taken.get(each.pk, [_time_of(each)]) != [_time_of(each)]]
    yield from of_ids(Level.ERROR, missing, "an appointment takes no time", mend)
    yield from of_ids(Level.ERROR, wrong, "an appointment takes another time than its own", mend)


def _batches(rows: QuerySet[Appointment]) -> Iterator[list[Appointment]]:
    """In the order of their ids, each with its calendar."""
    last = 0
    while batch := list(rows.select_related("calendar").filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _taken(kind: str, sources: list[int]) -> dict[int, list[Taken]]:
    rows = BusyInterval.objects.filter(kind=kind, source_id__in=sources)
    read: Iterable[Any] = rows.values_list("source_id", "organization_id", "resource_id", "start", "end")
    found: dict[int, list[Taken]] = {}
    for source, organization, resource, start, end in read:
        found.setdefault(source, []).append((organization, resource, start, end))
    return found


def _time_of(appointment: Appointment) -> Taken:
    return (appointment.organization_id, appointment.calendar.resource_id, *interval_of(appointment))


def check_sources() -> Iterator[Finding]:
    """What takes time as an appointment or a hold is one."""
    mend = BY_HAND + "Delete the busy row."
    for kind, sources in {Kind.APPOINTMENT: Appointment.objects.alive(), Kind.HOLD: Hold.objects.all()}.items():
        gone = [pk for batch in _busy_batches(kind) for pk in _without_source(batch, sources)]
        yield from of_ids(Level.ERROR, gone, f"busy time of {kind}s that are not there", mend)


def _busy_batches(kind: str) -> Iterator[list[tuple[int, int]]]:
    """(id, source's id) in the order of the ids."""
    rows, last = BusyInterval.objects.filter(kind=kind).order_by("pk").values_list("pk", "source_id"), 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1][0]


def _without_source(batch: list[tuple[int, int]], sources: QuerySet) -> Iterable[int]:
    there = set(sources.filter(pk__in={source for _pk, source in batch}).values_list("pk", flat=True))
    return [pk for pk, source in batch if source not in there]


def check_expired_holds() -> Iterator[Finding]:
    late = Hold.objects.filter(expires_at__lt=timezone.now() - LATE)
    mend = "The periodic work does not run: start beat and a worker (or the server, without REDIS_URL)."
    yield from of_rows(Level.WARNING, late, "a hold is kept though it expired", mend)


def check_seats() -> Iterator[Finding]:
    """No seat is taken twice at a moment. On PostgreSQL a constraint sees to it; on SQLite the services alone do."""
    rows = BusyInterval.objects.filter(is_hard=True).in_force().order_by("resource_id", "seat", "start", "pk")
    read: Iterator[Any] = rows.values_list("pk", "resource_id", "seat", "start", "end").iterator(BATCH)
    mend = BY_HAND + "Move one of the two in the admin."
    yield from of_ids(Level.ERROR, _overlapping(read), "a place is taken twice at the same time", mend)


def _overlapping(rows: Iterator[tuple[int, int, int, datetime, datetime]]) -> Iterator[int]:
    """Of rows in order, those that begin before one that began earlier in their seat is over."""
    place, over = None, None
    for pk, resource, seat, start, end in rows:
        if place == (resource, seat) and over is not None and start < over:
            yield pk
            over = max(over, end)
            continue
        place, over = (resource, seat), end


def check_flags() -> Iterator[Finding]:
    past = Appointment.objects.alive().exclude(attention="").filter(end__lt=timezone.now())
    mend = "Say in the admin what came of it, and take the mark away."
    yield from of_rows(Level.WARNING, past, "an appointment is over that staff were to look at", mend)


register("appointment_times", check_takers)
register("appointment_sources", check_sources)
register("expired_holds", check_expired_holds)
register("seats", check_seats)
register("appointment_flags", check_flags)
