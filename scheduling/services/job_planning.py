"""When and by whom a job is done: schedule, move, unschedule."""

from collections.abc import Collection
from copy import copy
from datetime import datetime
from functools import partial

from django.utils import timezone

from core.changes import apply_changes, check_all
from core.locks import atomic, hold
from scheduling import events, job_emails, job_rules
from scheduling.models import Job, JobStatus, Resource
from scheduling.models.job import PLANNABLE
from scheduling.services.job_steps import check_status, lock_job, note_status, take_time

# Who may be the resource of a job.
CREWS = (Resource.Kind.PERSON, Resource.Kind.CALENDAR)


@atomic
def schedule_job(
    pk: int,
    *,
    resource: Resource | None,
    vehicle: Resource | None,
    planned_start_at: datetime | None,
    versions: Collection[int] | None = None,
) -> Job:
    """All that is needed → scheduled; something missing → unscheduled, or new still. The same again changes nothing,
    but offers a refused job anew.

    Raises StateConflict once the work is on its way, ValidationError for a resource that cannot be used, and, where
    the organization forbids overlaps, for a time that is taken.
    """
    job = lock_job(pk, versions)
    before = copy(job)
    plan: dict = {"resource": resource, "vehicle": vehicle, "planned_start_at": planned_start_at}
    changed = apply_changes(job, plan)
    hold(plan[name] for name in changed)
    check_resources(job, changed)
    check_plannable(job)
    if not changed and not is_offered_anew(job):
        return job
    job.changed(status=status_of_plan(job), status_modified_at=timezone.now())
    take_time(job, before.resource_ids)
    tell_of_change(before, job)
    job.save()
    note_status(job, event=events.job_planned(JobStatus(before.status), JobStatus(job.status)))
    return job


def is_offered_anew(job: Job) -> bool:
    """Whether the same plan again makes it scheduled: it was refused, or needs no vehicle any longer."""
    waits = job.status in (JobStatus.NEW, JobStatus.UNSCHEDULED, JobStatus.REFUSED)
    return waits and status_of_plan(job) == JobStatus.SCHEDULED


def check_plan(job: Job, plan: dict) -> None:
    """Raise ValidationError where these of the three cannot be used; writes nothing."""
    planned = copy(job)
    check_resources(planned, apply_changes(planned, plan))


def check_plannable(job: Job) -> None:
    check_status(job, PLANNABLE)


def check_resources(job: Job, changed: Collection[str]) -> None:
    """What is newly named is in use, of this organization and of the right kind; the start is in a usual year."""
    kinds = {"resource": CREWS, "vehicle": (Resource.Kind.VEHICLE,)}
    checks = [partial(_check_resource, job, name, kinds[name]) for name in kinds if name in changed]
    check_all(*checks, partial(job_rules.check_start, job.planned_start_at))


def _check_resource(job: Job, name: str, kinds: tuple[Resource.Kind, ...]) -> None:
    resource = getattr(job, name)
    job_rules.check_kind(name, resource, kinds)
    job_rules.check_usable(name, job.organization_id, resource)


def status_of_plan(job: Job) -> JobStatus:
    """The state that follows from what is planned [contract 20]."""
    if job.resource and job.planned_start_at and (job.vehicle or not has_vehicles(job.organization_id)):
        return JobStatus.SCHEDULED
    return JobStatus.NEW if job.status == JobStatus.NEW else JobStatus.UNSCHEDULED


def has_vehicles(organization_id: int) -> bool:
    """Whether jobs there need a vehicle too: one that is in use is registered [contract 20, ours]."""
    vehicles = Resource.objects.in_use().filter(kind=Resource.Kind.VEHICLE)
    return vehicles.filter(organization_id=organization_id).exists()


def tell_of_change(before: Job, job: Job) -> None:
    """E-mail whom the job is with now, and whom it was taken from; each message is a new revision of the invitation.

    The caller saves the job afterwards.
    """
    was = before.resource if before.is_told else None
    now = job.resource if job.is_told else None
    if was is None and now is None:
        return
    job.calendar_sequence += 1
    if was and was != now:
        job_emails.queue_unscheduled(job, before)
    if now and now != was:
        job_emails.queue_scheduled(job)
    elif now and _told_part(before) != _told_part(job):
        job_emails.queue_moved(job)


def _told_part(job: Job) -> tuple:
    return job.planned_start_at, job.planned_duration, job.vehicle_id, job.status
