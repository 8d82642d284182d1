"""Small steps that every change of a job takes."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from core.errors import StateConflict
from core.events import EventType, record
from scheduling import events, job_rules
from scheduling.models import BusyInterval, Job, JobStatus, JobStatusChange, SchedulingSettings
from scheduling.services import busy

RELATED = (
    "organization__scheduling_settings",
    "type",
    "contact",
    "site_contact",
    "person",
    "category",
    "resource__user",
    "vehicle",
)


def lock_job(pk: int, versions: Collection[int] | None = None) -> Job:
    """The job, locked and fresh, with what it names; raises DoesNotExist, StaleVersion, Busy.

    What it names is read apart: a joined row that another transaction exchanges would hide the job from PostgreSQL.
    """
    Job.objects.locked(pk, versions)
    return Job.objects.select_related(*RELATED).get(pk=pk)


def note_status(job: Job, comment: str = "", *, event: EventType | None = None) -> None:
    """Of a job that is saved in its state. `event`: what others are told, by default that of the state."""
    record(event or events.JOB_STATES[JobStatus(job.status)], job)
    JobStatusChange.objects.create(job=job, status=job.status, created_at=job.status_modified_at, comment=comment)


def check_status(job: Job, allowed: Collection[JobStatus]) -> None:
    """Raise StateConflict with the states that allow it, unless the job is in one of them."""
    if job.status not in allowed:
        message = _("is %(status)s; this is for jobs that are: %(allowed)s") % {
            "status": job.get_status_display().lower(),
            "allowed": ", ".join(str(JobStatus(status).label).lower() for status in allowed),
        }
        raise StateConflict(message, list(allowed))


def take_time(job: Job, former: Collection[int] = ()) -> None:
    """The job's planned time becomes its resources' busy time; `former` are the resources that it took before.

    Under their locks, so that of two dispatchers who take the same hour the second sees the first. Where the
    organization forbids overlaps, raises ValidationError for a time that is taken; what the job has already
    it keeps, and where that overlaps, its time stays soft.
    """
    forbids = SchedulingSettings.of(job.organization).forbids_job_overlaps
    resource_ids = {*job.resource_ids, *former}
    if not resource_ids:
        return
    busy.lock_resources(resource_ids)
    is_hard = forbids and job_rules.check_free(job)
    source = busy.Source(BusyInterval.Kind.JOB, job.pk)
    busy.replace(source, job.organization_id, job.resource_ids, job.interval, is_hard=is_hard)


def give_back_time(job: Job) -> None:
    """What an ended job needs no longer is free. Never refused, whatever overlaps: nothing more is taken."""
    busy.lock_resources(job.resource_ids)
    busy.shorten(busy.Source(BusyInterval.Kind.JOB, job.pk), job.interval)
