"""A manager verifies what the provider executed. Atomic: lock, rules, write, audit, outbox."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.utils import timezone

from core.changes import check_all
from core.events import record
from core.locks import atomic
from core.models import User
from interventions import events, rules
from interventions.models import AnomalyStatus, Intervention, InterventionAnomaly, InterventionStatus
from interventions.services.ending import let_go
from interventions.services.steps import enter, links_of, lock_intervention, mark_anomalies
from interventions.states import Action, check_action

Decision = InterventionAnomaly.ClientDecision
ProviderAction = InterventionAnomaly.ProviderAction


class AnomalyDecision(NamedTuple):
    anomaly_id: int
    decision: str
    comment: str = ""


@atomic
def verify(
    pk: int,
    decision: str,
    comment: str = "",
    decisions: Sequence[AnomalyDecision] = (),
    *,
    user: User | None,
    versions: Collection[int] | None = None,
) -> Intervention:
    """accepted → verified, refused → rejected. An anomaly of which nothing is said gets the whole decision.

    Verified: what was done and accepted is resolved, each other anomaly is open again. Rejected: they are to review.
    """
    intervention = lock_intervention(pk, versions)
    check_action(intervention, Action.VERIFY)
    links = links_of(intervention)
    check_all(
        lambda: rules.check_verifier(intervention, user),
        lambda: rules.check_comment("decision_comment", comment),
        lambda: rules.check_outcomes([one.anomaly_id for one in decisions], links),
        *(lambda one=one: rules.check_comment("anomalies", one.comment) for one in decisions),
    )
    _decide(links, decision, comment, decisions)
    intervention.changed(verified_by=user, verified_at=timezone.now(), decision_comment=comment)
    if decision == Decision.ACCEPTED:
        _accept(intervention, links, comment, user)
    else:
        mark_anomalies(AnomalyStatus.TO_REVIEW, links)
        enter(intervention, InterventionStatus.REJECTED, comment)
    return intervention


def _decide(
    links: Sequence[InterventionAnomaly], decision: str, comment: str, decisions: Sequence[AnomalyDecision]
) -> None:
    said = {one.anomaly_id: one for one in decisions}
    for link in links:
        one = said.get(link.anomaly_id)
        link.client_decision = one.decision if one else decision
        link.client_decision_comment = one.comment if one else comment
        link.save()


def _accept(intervention: Intervention, links: Sequence[InterventionAnomaly], comment: str, user: User | None) -> None:
    for link in links:
        link.anomaly.status = AnomalyStatus.OPEN
        if link.provider_action == ProviderAction.DONE and link.client_decision == Decision.ACCEPTED:
            link.anomaly.changed(
                status=AnomalyStatus.RESOLVED,
                resolved_at=intervention.verified_at,
                resolved_by=user,
                resolved_comment=link.client_decision_comment or link.comment,
            )
        link.anomaly.save()
        record(events.RESOLVED if link.anomaly.is_resolved else events.ANOMALY_UPDATED, link.anomaly)
    let_go(intervention)
    enter(intervention, InterventionStatus.VERIFIED, comment)
