"""The life of an intervention: one table of who may follow whom [contract 30]."""

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _

from core.errors import StateConflict
from interventions.models import Intervention, InterventionStatus
from interventions.models.intervention import AGREED, ENDED, WAITING

S = InterventionStatus


class Action(StrEnum):
    UPDATE = "update"
    PROPOSE = "propose"
    CONFIRM = "confirm"
    ACCEPT = "accept"
    REFUSE = "refuse"
    BEGIN = "begin"
    EXECUTE = "execute"
    VERIFY = "verify"
    REPLAN = "replan"
    CANCEL = "cancel"
    ARCHIVE = "archive"
    SEND_INFORMATION = "send_information"
    SEND_SIGNATURE = "send_signature"


class Transition(NamedTuple):
    """From these states to this one; None: the state stays, or the caller decides between two."""

    sources: tuple[InterventionStatus, ...]
    target: InterventionStatus | None = None


TRANSITIONS = {
    Action.UPDATE: Transition(WAITING),
    Action.PROPOSE: Transition((S.DRAFT, S.REFUSED), S.PROPOSED),
    Action.CONFIRM: Transition((S.DRAFT, S.REFUSED), S.PLANNED),
    Action.ACCEPT: Transition((S.PROPOSED,), S.PLANNED),
    Action.REFUSE: Transition((S.PROPOSED,), S.REFUSED),
    Action.BEGIN: Transition((S.PLANNED,), S.IN_PROGRESS),
    Action.EXECUTE: Transition((S.IN_PROGRESS,), S.EXECUTED),
    Action.VERIFY: Transition((S.EXECUTED,)),
    Action.REPLAN: Transition((S.REJECTED,), S.PLANNED),
    Action.CANCEL: Transition(WAITING, S.CANCELLED),
    Action.ARCHIVE: Transition(ENDED),
    Action.SEND_INFORMATION: Transition(AGREED),
    Action.SEND_SIGNATURE: Transition(AGREED),
}


def can(intervention: Intervention, action: Action) -> bool:
    """Whether the state allows it. What else it needs is said by the rules of its service."""
    return intervention.status in TRANSITIONS[action].sources


def check_action(intervention: Intervention, action: Action) -> None:
    """Raise StateConflict with the states that allow the action; writes nothing."""
    if not can(intervention, action):
        raise conflict(intervention, TRANSITIONS[action].sources)


def conflict(intervention: Intervention, allowed: Collection[InterventionStatus]) -> StateConflict:
    message = _("is %(status)s; this is for interventions that are: %(allowed)s") % {
        "status": intervention.get_status_display().lower(),
        "allowed": ", ".join(str(status.label).lower() for status in allowed),
    }
    return StateConflict(message, [status.value for status in allowed])
