"""How interventions end: cancelled, archived. Atomic: lock, rules, write, audit, outbox."""

from collections.abc import Collection

from django.utils import timezone

from core.events import record
from core.locks import atomic
from interventions import emails, events, rules
from interventions.models import AnomalyStatus, Intervention, InterventionStatus
from interventions.services.pins import take_pin
from interventions.services.planning import KNOWN
from interventions.services.steps import enter, links_of, lock_intervention, mark_anomalies
from interventions.sessions import leave_site
from interventions.states import Action, check_action


@atomic
def cancel_intervention(pk: int, reason: str = "", versions: Collection[int] | None = None) -> Intervention:
    """Its anomalies are open again, its time is free, and whom it was with is told."""
    intervention = lock_intervention(pk, versions)
    rules.check_comment("cancellation_reason", reason)
    check_action(intervention, Action.CANCEL)
    was_known = intervention.status in KNOWN
    mark_anomalies(AnomalyStatus.OPEN, links_of(intervention))
    intervention.cancellation_reason = reason
    let_go(intervention)
    if was_known and intervention.assignee:
        intervention.calendar_sequence += 1
        emails.queue_cancelled(intervention)
    enter(intervention, InterventionStatus.CANCELLED, reason)
    return intervention


@atomic
def archive_intervention(pk: int, versions: Collection[int] | None = None) -> Intervention:
    """Out of the lists; of one that ended. Archived already: nothing changes."""
    intervention = lock_intervention(pk, versions)
    check_action(intervention, Action.ARCHIVE)
    if intervention.archived_at is None:
        intervention.archived_at = timezone.now()
        intervention.save()
        record(events.ARCHIVED, intervention)
    return intervention


def let_go(intervention: Intervention) -> None:
    """It ends: its anomalies may be another's, its PIN and its link are worth nothing. The caller saves."""
    for link in intervention.links.filter(is_holding=True):
        link.is_holding = False
        link.save()
    take_pin(intervention)
    intervention.link_version += 1
    leave_site(intervention)
