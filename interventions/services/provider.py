"""What the provider answers to a proposed date. Atomic: lock, write, audit, outbox."""

from collections.abc import Collection

from core.errors import StaleVersion
from core.locks import atomic
from interventions import emails
from interventions.models import Intervention, InterventionStatus
from interventions.rules import check_comment
from interventions.services.pins import provider_of
from interventions.services.steps import enter, lock_intervention
from interventions.states import Action, check_action


@atomic
def accept_date(
    pk: int, comment: str = "", *, link_version: int | None = None, versions: Collection[int] | None = None
) -> Intervention:
    """proposed → planned. link_version: of the link that was used; StaleVersion where another one is valid now."""
    intervention = _answered(pk, Action.ACCEPT, comment, link_version, versions)
    enter(intervention, InterventionStatus.PLANNED, comment, provider_of(intervention))
    return intervention


@atomic
def refuse_date(
    pk: int, comment: str, *, link_version: int | None = None, versions: Collection[int] | None = None
) -> Intervention:
    """proposed → refused; the comment becomes the decision, and the manager is told."""
    intervention = _answered(pk, Action.REFUSE, comment, link_version, versions)
    intervention.decision_comment = comment
    enter(intervention, InterventionStatus.REFUSED, comment, provider_of(intervention))
    emails.queue_refused_by_provider(intervention)
    return intervention


def _answered(
    pk: int, action: Action, comment: str, link_version: int | None, versions: Collection[int] | None
) -> Intervention:
    intervention = lock_intervention(pk, versions)
    if link_version is not None and link_version != intervention.link_version:
        raise StaleVersion
    check_comment("comment", comment)
    check_action(intervention, action)
    return intervention
