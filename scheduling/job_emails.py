"""What a job's resource is told: scheduled, moved, taken away, cancelled; each with its calendar entry.

The first two show the plan as it stands when they are sent; the other two what the person had in the calendar.
"""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.mail import Rendered, email, queue_email, render
from core.models import OutboxMessage
from scheduling.job_invitations import Meeting, cancellation, request
from scheduling.models import Job, JobStatus

SHOWN = ("organization", "type", "contact", "site_contact", "person", "resource__user", "vehicle")


def queue_scheduled(job: Job) -> None:
    """The job is yours now."""
    _tell("job_scheduled", job, job)


def queue_moved(job: Job) -> None:
    """Your job has another time, length or vehicle."""
    _tell("job_moved", job, job)


def queue_unscheduled(job: Job, before: Job) -> None:
    """To the resource that had it before: it is yours no longer."""
    _tell("job_unscheduled", job, before)


def queue_cancelled(job: Job) -> None:
    """Your job does not take place."""
    _tell("job_cancelled", job, job)


def _tell(kind: str, job: Job, planned: Job) -> None:
    """To the resource of `planned`: the job as that person knows it. Whoever has no address is not told."""
    resource = planned.resource
    user = resource.user if resource.user and resource.user.is_active else None
    address = resource.email or (user.email if user else "")
    if not address:
        return
    queue_email(
        kind=kind,
        organization=job.organization,
        recipient=user,
        address=address,
        language=user.language if user else job.organization.language,
        entity=job,
        params=_params(planned, job.calendar_sequence),
    )


def _params(planned: Job, sequence: int) -> dict:
    start = planned.planned_start_at
    return {
        "resource": planned.resource_id,
        "name": planned.resource.name,
        "sequence": sequence,
        "start": start and start.isoformat(),
        "end": start and (start + planned.length).isoformat(),
    }


@email("job_scheduled", _("Job scheduled"))
def render_scheduled(row: OutboxMessage) -> Rendered | None:
    return _render_plan(row)


@email("job_moved", _("Job moved"))
def render_moved(row: OutboxMessage) -> Rendered | None:
    return _render_plan(row)


def _render_plan(row: OutboxMessage) -> Rendered | None:
    """None once it is no longer that person's, and where a later message shows the plan."""
    job = _job_of(row)
    if job is None or not _is_with(job, row) or row.params["sequence"] < job.calendar_sequence:
        return None
    return _render(row, job, Meeting(job, row.address, job.planned_start_at, job.planned_end_at, job.calendar_sequence))


@email("job_unscheduled", _("Job taken away"))
def render_unscheduled(row: OutboxMessage) -> Rendered | None:
    """None where that person has it again."""
    job = _job_of(row)
    return None if job is None or _is_with(job, row) else _render(row, job, _former(row, job))


@email("job_cancelled", _("Job cancelled"))
def render_cancelled(row: OutboxMessage) -> Rendered | None:
    job = _job_of(row)
    if job is None:
        return None
    reason = job.status_changes.filter(status=JobStatus.CANCELLED).values_list("comment", flat=True).last()
    return _render(row, job, _former(row, job), reason=reason)


def _job_of(row: OutboxMessage) -> Job | None:
    return Job.objects.select_related(*SHOWN).filter(pk=row.entity_id).first()


def _is_with(job: Job, row: OutboxMessage) -> bool:
    return job.is_told and job.resource_id == row.params["resource"]


def _former(row: OutboxMessage, job: Job) -> Meeting:
    start, end = (text and datetime.fromisoformat(text) for text in (row.params["start"], row.params["end"]))
    return Meeting(job, row.address, start, end, row.params["sequence"], is_cancelled=True)


def _render(row: OutboxMessage, job: Job, meeting: Meeting, **more) -> Rendered:
    values = {
        "job": job,
        "site": meeting.site,
        "name": row.recipient.get_short_name() if row.recipient else row.params["name"],
        "start": meeting.start,
        "end": meeting.end,
        **more,
    }
    entry = cancellation if meeting.is_cancelled else request
    return render(row, values, attachments=[entry(meeting, row.params["name"])] if meeting.start else [])
