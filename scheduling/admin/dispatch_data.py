"""What the dispatch board shows, read in few queries whatever its size."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery

from core.models import Organization
from scheduling.admin.busy_names import Source
from scheduling.intervals import Interval, sharing_pairs
from scheduling.models import Absence, BusyInterval, Hours, Job, Resource, SpecialDay

Kind = BusyInterval.Kind
MOST_WAITING = 100
COLUMNS = (
    "id",
    "version",
    "reference",
    "status",
    "contact__name",
    "type__name",
    "planned_duration",
    "resource_id",
    "vehicle_id",
    "planned_start_at",
    "due_at",
    "created_at",
)


class Taken(NamedTuple):
    """One row of busy time; `note` is an absence's."""

    resource_id: int
    interval: Interval
    source: Source
    note: str


def resources_of(organization: Organization, shown: Interval) -> list[Resource]:
    """Those in use, and archived ones that still have something to do; with their timetables."""
    busy = BusyInterval.objects.filter(resource=OuterRef("pk"), start__lt=shown.end, end__gt=shown.start)
    hours = Prefetch("timetable__hours", Hours.objects.all())
    days = Prefetch("timetable__special_days", SpecialDay.objects.all())
    rows = Resource.objects.filter(organization=organization).filter(Q(is_archived=False) | Exists(busy))
    found = list(rows.select_related("timetable").prefetch_related(hours, days))
    for resource in found:
        if resource.timetable:
            resource.timetable.organization = organization
    return found


def taken_of(resource_ids: Iterable[int], shown: Interval) -> list[Taken]:
    """In order of their start."""
    note = Absence.objects.filter(pk=OuterRef("source_id")).values("note")[:1]
    rows = BusyInterval.objects.overlapping(list(resource_ids), shown).order_by("start", "id")
    columns = rows.values_list("resource_id", "start", "end", "kind", "source_id", Subquery(note))
    return [
        Taken(resource_id, Interval(start, end), (kind, source_id), (note or "") if kind == Kind.ABSENCE else "")
        for resource_id, start, end, kind, source_id, note in columns
    ]


def with_what_reaches_out(rows: list[Taken], shown: Interval) -> list[Taken]:
    """These rows and what else stands in the time of those jobs of them that reach beyond what is shown.

    Only jobs say what they clash with, and none is longer than a week.
    """
    jobs = [row for row in rows if row.source[0] == Kind.JOB]
    beyond = [row for row in jobs if row.interval.start < shown.start or row.interval.end > shown.end]
    if not beyond:
        return rows
    reach = Interval(min(row.interval.start for row in beyond), max(row.interval.end for row in beyond))
    also = taken_of({row.resource_id for row in beyond}, reach)
    return sorted({*rows, *also}, key=lambda row: (row.interval.start, row.source))


def jobs_of(organization: Organization, ids: set[int]) -> dict[int, NamedTuple]:
    """These jobs, and the first that wait to be planned, by id; the soonest due first."""
    waiting = Job.objects.to_plan().filter(organization=organization).exclude(pk__in=ids)
    first = waiting.order_by(F("due_at").asc(nulls_last=True), "created_at", "id")[: MOST_WAITING + 1]
    # A union, so that each half has an index of its own.
    wanted = Job.objects.filter(pk__in=ids).order_by().values_list(*COLUMNS, named=True)
    also = Job.objects.filter(pk__in=first.values("pk")).order_by().values_list(*COLUMNS, named=True)
    return {job.id: job for job in wanted.union(also)}


def conflicts_among(rows: list[Taken]) -> dict[Source, dict[Source, Taken]]:
    """What shares time with what on one resource, and one row of that. `rows` in order of their start."""
    found: dict[Source, dict[Source, Taken]] = defaultdict(dict)
    of_each: dict[int, list[tuple[Interval, Taken]]] = defaultdict(list)
    for row in rows:
        of_each[row.resource_id].append((row.interval, row))
    for one, other in chain.from_iterable(map(sharing_pairs, of_each.values())):
        if one.source != other.source:
            found[one.source].setdefault(other.source, other)
            found[other.source].setdefault(one.source, one)
    return found
