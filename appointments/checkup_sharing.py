"""The doctor's checks of calendars that share a resource: what was written before the rule, or past it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from appointments.models import Calendar
from core.doctor import Finding, Level, of_ids, of_rows, register
from scheduling.models import BusyInterval

Kind = BusyInterval.Kind
BATCH = 1000


def sharing(**limits: int) -> QuerySet[Calendar]:
    """Living calendars whose resource is another living one's too, one that is so."""
    others = Calendar.objects.alive().filter(resource=OuterRef("resource"), **limits).exclude(pk=OuterRef("pk"))
    return Calendar.objects.alive().filter(Exists(others)).order_by("pk")


def check_sharing() -> Iterator[Finding]:
    mend = "Give the calendar of several places a resource of its own, or let it have one place."
    rows = sharing(capacity__gt=1) | sharing().filter(capacity__gt=1)
    yield from of_rows(Level.ERROR, rows, "a calendar of several places shares its resource", mend)


def check_overlaps() -> Iterator[Finding]:
    """A resource that calendars share is taken once at a moment, whatever the seat."""
    rows = BusyInterval.objects.filter(
        resource__in=sharing().order_by().values("resource"),
        kind__in=[Kind.APPOINTMENT, Kind.HOLD],
        end__gt=timezone.now(),
    )
    columns = ("source_id", "kind", "resource_id", "start", "end")
    ordered = rows.in_force().order_by("resource_id", "start", "pk")
    read: Iterator[Any] = ordered.values_list(*columns).iterator(BATCH)
    mend = "Move one of the two in the admin."
    found = list(overlapping(read))
    for kind in (Kind.APPOINTMENT, Kind.HOLD):
        pks = [pk for pk, its_kind in found if its_kind == kind]
        yield from of_ids(Level.ERROR, pks, f"{kind}s overlap in a resource that calendars share", mend)


def overlapping(rows: Iterator[tuple[int, str, int, datetime, datetime]]) -> Iterator[tuple[int, str]]:
    """Of rows in order, those that begin before one that began earlier in their resource is over."""
    place, over = None, None
    for source, kind, resource, start, end in rows:
        if place == resource and over is not None and start < over:
            yield source, kind
            over = max(over, end)
            continue
        place, over = resource, end


register("shared_resources", check_sharing)
register("shared_time", check_overlaps)
