"""E-mails about a visit that staff send by hand, to an address that they name. Atomic: lock, rules, outbox."""

from collections.abc import Collection

from core.locks import atomic
from interventions import emails
from interventions.services.steps import lock_intervention
from interventions.states import Action, check_action


@atomic
def send_information(pk: int, address: str, versions: Collection[int] | None = None) -> None:
    """The details of the visit. Raises StateConflict, StaleVersion."""
    intervention = lock_intervention(pk, versions)
    check_action(intervention, Action.SEND_INFORMATION)
    emails.queue_information(intervention, address)


@atomic
def send_signature(pk: int, address: str, versions: Collection[int] | None = None) -> None:
    """The link under which the visit is answered, executed and signed. Raises StateConflict, StaleVersion."""
    intervention = lock_intervention(pk, versions)
    check_action(intervention, Action.SEND_SIGNATURE)
    emails.queue_signature(intervention, address)
