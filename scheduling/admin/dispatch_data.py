"""What the dispatch board shows, read in few queries whatever its size."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from core.models import Organization
from scheduling.admin.busy_names import Source
from scheduling.intervals import Interval, sharing_pairs
from scheduling.models import Absence, BusyInterval, Hours, Job, Resource, SpecialDay
from scheduling.models.busy import sharing_time
from scheduling.models.job import COMPLETED

Kind = BusyInterval.Kind
MOST_WAITING = 100
LONGEST_JOB = timedelta(weeks=1)
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
    """Those in use, and archived ones that stand on the board for something; with their timetables.

    Calendars stand there for jobs alone: their appointments have a board of their own.
    """
    busy = BusyInterval.objects.filter(sharing_time(*shown), resource=OuterRef("pk"))
    is_calendar = Q(kind=Resource.Kind.CALENDAR)
    done = _done_early(organization, shown)
    hours = Prefetch("timetable__hours", Hours.objects.all())
    days = Prefetch("timetable__special_days", SpecialDay.objects.all())
    rows = Resource.objects.filter(organization=organization).filter(
        (~is_calendar & (Q(is_archived=False) | Exists(busy)))
        | (is_calendar & Exists(busy.filter(kind=Kind.JOB)))
        | Q(pk__in=done.values("resource"))
        | Q(pk__in=done.values("vehicle"))
    )
    found = list(rows.select_related("timetable").prefetch_related(hours, days))
    for resource in found:
        if resource.timetable:
            resource.timetable.organization = organization
    return found


def _done_early(organization: Organization, shown: Interval) -> QuerySet[Job]:
    """Planned for this time, but over by the start of it: such a job takes no time at all."""
    # The first condition is for the index, which knows no ends.
    planned = Job.objects.filter(planned_start_at__gt=shown.start - LONGEST_JOB, planned_start_at__lt=shown.end)
    done = planned.filter(status__in=COMPLETED, actual_end_at__lte=F("planned_start_at"))
    return done.filter(organization=organization, planned_end_at__gt=shown.start).order_by()


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


def jobs_of(organization: Organization, shown: Interval, ids: set[int]) -> dict[int, Any]:
    """These jobs, those of this time that were over early, and the first that wait to be planned, by id."""
    waiting = Job.objects.to_plan().filter(organization=organization).exclude(pk__in=ids)
    first = waiting.order_by(F("due_at").asc(nulls_last=True), "created_at", "id")[: MOST_WAITING + 1]
    # A union, so that each part has an index of its own.
    wanted = Job.objects.filter(pk__in=ids).order_by().values_list(*COLUMNS, named=True)
    also = Job.objects.filter(pk__in=first.values("pk")).order_by().values_list(*COLUMNS, named=True)
    done = _done_early(organization, shown).values_list(*COLUMNS, named=True)
    return {job.id: job for job in wanted.union(also, done)}


def done_early_among(jobs: Iterable[Any], busy: set[int]) -> list[Taken]:
    """Where those stand that were over early: what is completed and not in `busy`, at its planned time."""
    return [
        Taken(resource_id, _planned(job), (Kind.JOB, job.id), "")
        for job in jobs
        if job.status in COMPLETED and job.id not in busy
        for resource_id in (job.resource_id, job.vehicle_id)
        if resource_id
    ]


def _planned(job: Any) -> Interval:
    return Interval(job.planned_start_at, job.planned_start_at + timedelta(minutes=job.planned_duration))


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
