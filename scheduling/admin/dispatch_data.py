"""What the dispatch board shows, read in few queries whatever its size."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery

from core.models import Organization
from scheduling.intervals import Interval
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
Source = tuple[str, int]


class Busy(NamedTuple):
    """One busy row; `note` is an absence's."""

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


def busy_of(resources: Iterable[Resource], shown: Interval) -> list[Busy]:
    """In order of their start."""
    note = Absence.objects.filter(pk=OuterRef("source_id")).values("note")[:1]
    rows = BusyInterval.objects.overlapping([one.pk for one in resources], shown).order_by("start", "id")
    columns = rows.values_list("resource_id", "start", "end", "kind", "source_id", Subquery(note))
    return [
        Busy(resource_id, Interval(start, end), (kind, source_id), (note or "") if kind == Kind.ABSENCE else "")
        for resource_id, start, end, kind, source_id, note in columns
    ]


def jobs_of(organization: Organization, ids: set[int]) -> dict[int, NamedTuple]:
    """These jobs, and the first that wait to be planned, by id; the soonest due first."""
    waiting = Job.objects.to_plan().filter(organization=organization).exclude(pk__in=ids)
    first = waiting.order_by(F("due_at").asc(nulls_last=True), "created_at", "id")[: MOST_WAITING + 1]
    # A union, so that each half has an index of its own.
    wanted = Job.objects.filter(pk__in=ids).order_by().values_list(*COLUMNS, named=True)
    also = Job.objects.filter(pk__in=first.values("pk")).order_by().values_list(*COLUMNS, named=True)
    return {job.id: job for job in wanted.union(also)}


def conflicts_among(rows: list[Busy]) -> dict[Source, set[Source]]:
    """What shares time with what on one resource. `rows` in order of their start."""
    found: dict[Source, set[Source]] = defaultdict(set)
    open_rows: dict[int, list[Busy]] = defaultdict(list)
    for row in rows:
        lasting = [one for one in open_rows[row.resource_id] if one.interval.end > row.interval.start]
        for other in lasting:
            if other.source != row.source:
                found[row.source].add(other.source)
                found[other.source].add(row.source)
        open_rows[row.resource_id] = [*lasting, row]
    return found
