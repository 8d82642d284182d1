"""The doctor's checks of busy time and jobs."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from core.doctor import Finding, Level, of_ids, of_rows, register
from core.models import Membership
from scheduling.models import Absence, BusyInterval, CommunityService, Job, JobStatus, Resource, SchedulingSettings
from scheduling.models.job import COMPLETED
from scheduling.retention import ANONYMISED

Kind = BusyInterval.Kind
BY_HAND = "No rule lets this be: a row was written past the services. "
BATCH = 2000


def check_sources() -> Iterator[Finding]:
    """Each kind of busy time against the row that takes it."""
    mend = BY_HAND + "Save its job, absence or community service with another time and back, or delete the busy row."
    for kind, sources in SOURCES.items():
        taken = BusyInterval.objects.filter(kind=kind)
        wrong = taken.exclude(Exists(sources()))
        yield from of_rows(
            Level.ERROR, wrong, f"{kind.replace('_', ' ')}: busy time that differs from its source", mend
        )


def _job_source() -> QuerySet:
    rows = Job.objects.filter(
        Q(resource=OuterRef("resource")) | Q(vehicle=OuterRef("resource")), pk=OuterRef("source_id")
    )
    early = Q(status__in=COMPLETED, actual_end_at__lt=F("planned_end_at"))
    planned = ~early & Q(planned_end_at=OuterRef("end"))
    early &= Q(actual_end_at=OuterRef("end"))
    times = rows.filter(early | planned, planned_start_at=OuterRef("start"), organization=OuterRef("organization"))
    return times.exclude(status=JobStatus.CANCELLED)


def _absence_source() -> QuerySet:
    names = ("organization", "resource", "start", "end")
    return Absence.objects.filter(pk=OuterRef("source_id"), **{name: OuterRef(name) for name in names})


def _community_service_source() -> QuerySet:
    """All but the end, which is for check_service_ends."""
    services = CommunityService.objects.filter(
        pk=OuterRef("source_id"),
        organization=OuterRef("organization"),
        close__user=OuterRef("resource__user"),
        schedule_at=OuterRef("start"),
    )
    return services.exclude(state=CommunityService.State.INVALIDATED)


SOURCES = {
    Kind.JOB: _job_source,
    Kind.ABSENCE: _absence_source,
    Kind.COMMUNITY_SERVICE: _community_service_source,
}


def check_takers() -> Iterator[Finding]:
    """What should take time and takes none."""
    mend = BY_HAND + "Change its time and change it back."
    jobs = Job.objects.exclude(planned_start_at=None).exclude(status__in=(JobStatus.CANCELLED, *COMPLETED))
    for name in ("resource", "vehicle"):
        idle = jobs.exclude(**{name: None}).exclude(Exists(_taken(Kind.JOB).filter(resource=OuterRef(name))))
        yield from of_rows(Level.ERROR, idle, f"a planned job takes no time of its {name}", mend)
    absences = Absence.objects.exclude(Exists(_taken(Kind.ABSENCE)))
    yield from of_rows(Level.ERROR, absences, "an absence takes no time", mend)
    services = CommunityService.objects.exclude(Q(close=None) | Q(schedule_at=None) | Q(occupation=ANONYMISED))
    free = services.exclude(state=CommunityService.State.INVALIDATED).exclude(Exists(_taken(Kind.COMMUNITY_SERVICE)))
    yield from of_rows(Level.ERROR, free, "a dated community service takes no time of its student", mend)


def _taken(kind: Kind) -> QuerySet:
    return BusyInterval.objects.filter(kind=kind, source_id=OuterRef("pk"))


def check_service_ends() -> Iterator[Finding]:
    # SQLite multiplies no durations: the rows are read one by one.
    ends = _taken(Kind.COMMUNITY_SERVICE).values("end")[:1]
    rows = CommunityService.objects.exclude(schedule_at=None).annotate(end=Subquery(ends)).exclude(end=None)
    read: Iterator[Any] = rows.order_by("pk").values_list("pk", "schedule_at", "duration", "end").iterator(BATCH)
    wrong = (pk for pk, start, seconds, end in read if start + timedelta(seconds=seconds) != end)
    yield from of_ids(Level.ERROR, wrong, "a community service takes another time than its own", BY_HAND)


def check_planned_ends() -> Iterator[Finding]:
    rows = Job.objects.order_by("pk").values_list("pk", "planned_start_at", "planned_duration", "planned_end_at")
    read: Iterator[Any] = rows.iterator(BATCH)
    wrong = (pk for pk, start, minutes, end in read if _end_of(start, minutes) != end)
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
    forbidding = SchedulingSettings.objects.filter(forbids_job_overlaps=True).values("organization")
    others = BusyInterval.objects.filter(
        ~Q(kind=Kind.JOB, source_id=OuterRef("source_id")),
        resource=OuterRef("resource"),
        start__lt=OuterRef("end"),
        end__gt=OuterRef("start"),
    )
    taken = BusyInterval.objects.filter(kind=Kind.JOB, organization__in=forbidding).filter(Exists(others))
    jobs = Job.objects.filter(pk__in=taken.values("source_id"))
    mend = "They were planned before overlaps were forbidden: plan them anew, or leave them."
    yield from of_rows(Level.WARNING, jobs, "a job overlaps with something though its organization forbids it", mend)


register("busy_sources", check_sources)
register("busy_takers", check_takers)
register("community_service_ends", check_service_ends)
register("job_ends", check_planned_ends)
register("resources", check_resources)
register("job_overlaps", check_overlaps)
