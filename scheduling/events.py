"""What other systems may be told of closes, community services and jobs."""

from django.utils.translation import gettext_lazy as _

from core.events import EventType, event_type
from core.webhooks.envelope import Entity, register
from scheduling.models import JobStatus

SERVICE_CREATED = event_type("community_service.created", _("A community service was created"))
SERVICE_ASSIGNED = event_type("community_service.assigned", _("A community service was assigned to a student"))
SERVICE_SCHEDULED = event_type("community_service.scheduled", _("A community service got a date, or lost it"))
SERVICE_UPDATED = event_type("community_service.updated", _("What else is known of a community service changed"))
SERVICE_VALIDATED = event_type("community_service.validated", _("A community service was done"))
SERVICE_INVALIDATED = event_type("community_service.invalidated", _("A community service was not done"))
SERVICE_DELETED = event_type("community_service.deleted", _("A community service was deleted"))
CLOSED = event_type("close.closed", _("An account was closed"))
UNCLOSED = event_type("close.unclosed", _("An account was opened again"))
CLOSE_UPDATED = event_type("close.updated", _("What else is known of a close changed"))
CONTESTED = event_type("close.contested", _("A student contested a close"))
CLOSE_DELETED = event_type("close.deleted", _("A close was deleted"))
JOB_UPDATED = event_type("job.updated", _("What else is known of a job changed"))

_COMPLETED = event_type("job.completed", _("A job was completed, with issues or without"))
JOB_STATES = {
    JobStatus.NEW: event_type("job.created", _("A job was created")),
    JobStatus.UNSCHEDULED: event_type("job.unscheduled", _("A job lost its plan, or a part of it")),
    JobStatus.SCHEDULED: event_type("job.scheduled", _("A job was scheduled, or moved")),
    JobStatus.SENT: event_type("job.sent", _("A job was sent to its resource")),
    JobStatus.READ: event_type("job.read", _("The resource read of a job")),
    JobStatus.ACCEPTED: event_type("job.accepted", _("The resource accepted a job")),
    JobStatus.REFUSED: event_type("job.refused", _("The resource refused a job")),
    JobStatus.ON_THE_WAY: event_type("job.on_the_way", _("The resource is on the way to a job")),
    JobStatus.STARTED: event_type("job.started", _("A job was begun, or gone on with")),
    JobStatus.SUSPENDED: event_type("job.suspended", _("A job was suspended")),
    JobStatus.COMPLETED_OK: _COMPLETED,
    JobStatus.COMPLETED_WITH_ISSUES: _COMPLETED,
    JobStatus.CANCELLED: event_type("job.cancelled", _("A job was cancelled")),
}

register(Entity("community_service", "tig", "/v2/community_services/{id}"))
register(Entity("close", "tig", "/v2/closes/{id}"))
register(Entity("job", "jobs:read", "/v1/jobs/{id}"))


def job_planned(former: JobStatus, status: JobStatus) -> EventType:
    """A job that gets a part of a plan is neither created nor unscheduled once more."""
    return JOB_UPDATED if status == former != JobStatus.SCHEDULED else JOB_STATES[status]
