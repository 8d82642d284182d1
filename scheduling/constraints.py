"""Whether the planning of a job respects a constraint of it: reported, never refused [contract 20]."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from scheduling.intervals import Interval, covers
from scheduling.models import Job, JobConstraint
from scheduling.models.job import ENDED

Type = JobConstraint.Type
MOMENT = timedelta(microseconds=1)


def is_violated(constraint: JobConstraint, job: Job, now: datetime | None = None) -> bool:
    """By what really happened where it did, else by what is planned, else by the clock."""
    return CHECKS[Type(constraint.type)](constraint, job, now or timezone.now())


def _start(job: Job) -> datetime | None:
    return job.actual_start_at or job.planned_start_at


def _end(job: Job) -> datetime | None:
    return job.actual_end_at or job.planned_end_at


def _starts_too_early(constraint: JobConstraint, job: Job, now: datetime) -> bool:
    return _is_past(_start(job), constraint.constraint_at)


def _starts_too_late(constraint: JobConstraint, job: Job, now: datetime) -> bool:
    waits = job.actual_start_at is None and job.status not in ENDED
    return _is_past(constraint.constraint_at, _start(job), now if waits else None)


def _ends_too_late(constraint: JobConstraint, job: Job, now: datetime) -> bool:
    return _is_past(constraint.constraint_at, _end(job), now if job.status not in ENDED else None)


def _is_past(limit: datetime | None, *moments: datetime | None) -> bool:
    return limit is not None and any(moment is not None and moment > limit for moment in moments)


def _has_other_resource(constraint: JobConstraint, job: Job, now: datetime) -> bool:
    return job.resource_id is not None and job.resource_id != constraint.entity_id


def _has_other_vehicle(constraint: JobConstraint, job: Job, now: datetime) -> bool:
    return job.vehicle_id is not None and job.vehicle_id != constraint.entity_id


def _starts_out_of_hours(constraint: JobConstraint, job: Job, now: datetime) -> bool:
    start = _start(job)
    return start is not None and not _is_available(job, Interval(start, start + MOMENT))


def _ends_out_of_hours(constraint: JobConstraint, job: Job, now: datetime) -> bool:
    end = _end(job)
    return end is not None and not _is_available(job, Interval(end - MOMENT, end))


def _is_available(job: Job, interval: Interval) -> bool:
    """In the hours of the resource's timetable; one without a timetable is always available."""
    timetable = job.resource and job.resource.timetable
    if not timetable:
        return True
    first, last = (job.organization.local_date(moment) for moment in interval)
    return covers(timetable.open_between(first, last), interval)


CHECKS: dict[JobConstraint.Type, Callable[[JobConstraint, Job, datetime], bool]] = {
    Type.MUST_START_AFTER: _starts_too_early,
    Type.MUST_START_BEFORE: _starts_too_late,
    Type.MUST_COMPLETE_BEFORE: _ends_too_late,
    Type.RESOURCE: _has_other_resource,
    Type.VEHICLE: _has_other_vehicle,
    Type.MUST_START_IN_AVAILABLE_HOURS: _starts_out_of_hours,
    Type.MUST_COMPLETE_IN_AVAILABLE_HOURS: _ends_out_of_hours,
}
