"""The doctor's checks of busy time and jobs.

They read rows by their ids, a batch at a time, and compare in Python: one statement over two large tables takes hours
where the database has no true statistics of them yet.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.doctor import Finding, Level, of_ids, of_rows, register
from core.models import Membership
from core.privacy.parts import ANONYMISED
from scheduling.intervals import Interval, sharing_pairs
from scheduling.models import (
    Absence,
    BusyInterval,
    Close,
    CommunityService,
    Job,
    JobStatus,
    Resource,
    SchedulingSettings,
)
from scheduling.models.job import COMPLETED

Kind = BusyInterval.Kind
BY_HAND = "No rule lets this be: a row was written past the services. "
BATCH = 2000
# Id of a source → what it takes, each as the values of a busy row.
Times = dict[int, set[tuple]]
PLACE = ("organization_id", "resource_id", "start")


def check_sources() -> Iterator[Finding]:
    """Each kind of busy time against the row that takes it."""
    mend = BY_HAND + "Save its job, absence or community service with another time and back, or delete the busy row."
    for kind, (names, times_of) in SOURCES.items():
        wrong = _differing(kind, names, times_of)
        yield from of_ids(Level.ERROR, wrong, f"{kind.replace('_', ' ')}: busy time that differs from its source", mend)


def _differing(kind: Kind, names: tuple[str, ...], times_of: Any) -> Iterator[int]:
    for batch in _batches(BusyInterval.objects.filter(kind=kind), "source_id", *names):
        times: Times = times_of({source_id for _pk, source_id, *_taken in batch})
        for pk, source_id, *taken in batch:
            if tuple(taken) not in times.get(source_id, ()):
                yield pk


def _batches(rows: QuerySet, *names: str) -> Iterator[list[tuple]]:
    """The id and these values of all rows, in the order of their ids."""
    read: Iterator[Any] = rows.order_by("pk").values_list("pk", *names).iterator(BATCH)
    while batch := list(islice(read, BATCH)):
        yield batch


def _of_jobs(ids: Collection[int]) -> Times:
    jobs: Any = Job.objects.filter(pk__in=ids).exclude(status=JobStatus.CANCELLED).order_by()
    names = ("pk", "organization_id", "resource_id", "vehicle_id", "planned_start_at", "planned_end_at")
    return {
        pk: {(place, whose, start, _end_of_job(end, ended, status)) for whose in (resource, vehicle)}
        for pk, place, resource, vehicle, start, end, ended, status in jobs.values_list(
            *names, "actual_end_at", "status"
        )
    }


def _end_of_job(planned: datetime | None, actual: datetime | None, status: str) -> datetime | None:
    """What is left of the plan of a job that ended early is free."""
    return min(planned, actual) if planned and actual and status in COMPLETED else planned


def _of_absences(ids: Collection[int]) -> Times:
    absences: Any = Absence.objects.filter(pk__in=ids).order_by()
    return {pk: {tuple(taken)} for pk, *taken in absences.values_list("pk", *PLACE, "end")}


def _of_services(ids: Collection[int]) -> Times:
    """All but the end, which is for check_service_ends."""
    services: Any = CommunityService.objects.filter(pk__in=ids).exclude(state=CommunityService.State.INVALIDATED)
    rows = list(services.order_by().values_list("pk", "organization_id", "close_id", "schedule_at"))
    closes = Close.objects.filter(pk__in={close for _pk, _place, close, _start in rows}).order_by()
    students = dict(closes.values_list("pk", "user_id"))
    people = Resource.objects.filter(user__in=set(students.values())).order_by()
    resources: dict[Any, int] = {
        (place, user): pk for pk, place, user in people.values_list("pk", "organization_id", "user_id")
    }
    return {pk: {(place, resources.get((place, students.get(close))), start)} for pk, place, close, start in rows}


SOURCES = {
    Kind.JOB: ((*PLACE, "end"), _of_jobs),
    Kind.ABSENCE: ((*PLACE, "end"), _of_absences),
    Kind.COMMUNITY_SERVICE: (PLACE, _of_services),
}


def check_takers() -> Iterator[Finding]:
    """What should take time and takes none."""
    mend = BY_HAND + "Change its time and change it back."
    for name in ("resource", "vehicle"):
        yield from of_ids(Level.ERROR, _idle_jobs(name), f"a planned job takes no time of its {name}", mend)
    absences = _without_time(Kind.ABSENCE, Absence.objects.all())
    yield from of_ids(Level.ERROR, absences, "an absence takes no time", mend)
    services = CommunityService.objects.exclude(Q(close=None) | Q(schedule_at=None) | Q(occupation=ANONYMISED))
    free = _without_time(Kind.COMMUNITY_SERVICE, services.exclude(state=CommunityService.State.INVALIDATED))
    yield from of_ids(Level.ERROR, free, "a dated community service takes no time of its student", mend)


def _idle_jobs(name: str) -> Iterator[int]:
    """Planned for this resource or vehicle, whose time they do not take."""
    jobs = Job.objects.exclude(planned_start_at=None).exclude(status__in=(JobStatus.CANCELLED, *COMPLETED))
    for batch in _batches(jobs.exclude(**{name: None}), f"{name}_id"):
        taken = set(_taken(Kind.JOB, batch).values_list("source_id", "resource_id"))
        yield from (pk for pk, whose in batch if (pk, whose) not in taken)


def _without_time(kind: Kind, rows: QuerySet) -> Iterator[int]:
    for batch in _batches(rows):
        taken = set(_taken(kind, batch).values_list("source_id", flat=True))
        yield from (pk for (pk,) in batch if pk not in taken)


def _taken(kind: Kind, batch: list[tuple]) -> QuerySet:
    return BusyInterval.objects.filter(kind=kind, source_id__in=[pk for pk, *_rest in batch]).order_by()


def check_service_ends() -> Iterator[Finding]:
    rows = CommunityService.objects.exclude(schedule_at=None)
    wrong = (pk for batch in _batches(rows, "schedule_at", "duration") for pk in _other_ends(batch))
    yield from of_ids(Level.ERROR, wrong, "a community service takes another time than its own", BY_HAND)


def _other_ends(services: list[tuple]) -> Iterator[int]:
    ends = dict(_taken(Kind.COMMUNITY_SERVICE, services).values_list("source_id", "end"))
    for pk, start, seconds in services:
        own = start + timedelta(seconds=seconds)
        if ends.get(pk, own) != own:
            yield pk


def check_planned_ends() -> Iterator[Finding]:
    rows = _batches(Job.objects.all(), "planned_start_at", "planned_duration", "planned_end_at")
    wrong = (pk for batch in rows for pk, start, minutes, end in batch if _end_of(start, minutes) != end)
    yield from of_ids(Level.ERROR, wrong, "a job's planned end is not its start and length", BY_HAND)


def _end_of(start: datetime | None, minutes: int) -> datetime | None:
    return start and start + timedelta(minutes=minutes)


def check_resources() -> Iterator[Finding]:
    members = Membership.objects.filter(organization=OuterRef("organization"), user=OuterRef("user"))
    gone = Resource.objects.in_use().exclude(user=None).exclude(Exists(members.filter(user__is_active=True)))
    mend = "Archive the resource in the admin, take the log-in from it, or give the membership back."
    yield from of_rows(Level.WARNING, gone, "a resource is somebody who is no active member", mend)


def check_overlaps() -> Iterator[Finding]:
    """The setting touches later writes only, so what overlapped before stays."""
    forbidding = SchedulingSettings.objects.filter(forbids_job_overlaps=True).values_list("organization", flat=True)
    taken = BusyInterval.objects.filter(organization__in=list(forbidding)).order_by("resource_id", "start", "pk")
    rows: Iterator[Any] = taken.values_list("resource_id", "start", "end", "kind", "source_id").iterator(BATCH)
    pairs = (pair for _resource, times in groupby(rows, itemgetter(0)) for pair in _clashes(times))
    jobs = {pk for pair in pairs for kind, pk in pair if kind == Kind.JOB}
    what = "a job overlaps with something though its organization forbids it"
    mend = "They were planned before overlaps were forbidden: plan them anew, or leave them."
    yield from of_ids(Level.WARNING, sorted(jobs), what, mend)


def _clashes(times: Iterator[tuple]) -> Iterator[tuple[list, list]]:
    """Two different sources (kind, id) that take the same time of one resource."""
    pairs = sharing_pairs((Interval(start, end), source) for _resource, start, end, *source in times)
    return ((one, other) for one, other in pairs if one != other)


register("busy_sources", check_sources)
register("busy_takers", check_takers)
register("community_service_ends", check_service_ends)
register("job_ends", check_planned_ends)
register("resources", check_resources)
register("job_overlaps", check_overlaps)
