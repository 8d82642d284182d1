"""What other systems may be told of anomalies and interventions."""

from django.utils.translation import gettext_lazy as _

from core.events import event_type
from core.webhooks.envelope import Entity, register
from interventions.models import InterventionStatus

REPORTED = event_type("anomaly.reported", _("An anomaly was reported"))
ANOMALY_UPDATED = event_type("anomaly.updated", _("An anomaly changed, or is to be seen to"))
RESOLVED = event_type("anomaly.resolved", _("An anomaly was resolved"))
ANOMALY_ARCHIVED = event_type("anomaly.archived", _("An anomaly was archived"))
CREATED = event_type("intervention.created", _("An intervention was created"))
UPDATED = event_type("intervention.updated", _("The dates, the assignee or a text of an intervention changed"))
ARCHIVED = event_type("intervention.archived", _("An intervention was archived"))

STATES = {
    InterventionStatus.DRAFT: event_type("intervention.drafted", _("An intervention is a draft")),
    InterventionStatus.PROPOSED: event_type("intervention.proposed", _("The date of an intervention was proposed")),
    InterventionStatus.REFUSED: event_type("intervention.refused", _("The provider refused the date")),
    InterventionStatus.PLANNED: event_type("intervention.planned", _("An intervention was planned")),
    InterventionStatus.IN_PROGRESS: event_type("intervention.started", _("An intervention was begun")),
    InterventionStatus.EXECUTED: event_type("intervention.executed", _("An intervention was executed and signed")),
    InterventionStatus.VERIFIED: event_type("intervention.verified", _("A manager accepted what was executed")),
    InterventionStatus.REJECTED: event_type("intervention.rejected", _("A manager rejected what was executed")),
    InterventionStatus.CANCELLED: event_type("intervention.cancelled", _("An intervention was cancelled")),
}

register(Entity("anomaly", "interventions:read", "/anomalies/v2/rs/{id}"))
register(Entity("intervention", "interventions:read", "/interventions/v2/rs/{id}"))
