"""`actions`: what can be done with an intervention now, by the very table of its life and its caller's rights."""

from dataclasses import dataclass
from functools import cache

from core.api.documentation import obj
from interventions.models import Intervention
from interventions.states import Action, can

ACTIONS = {
    "canBeUpdated": Action.UPDATE,
    "canBeDeleted": Action.CANCEL,
    "canBeExecuted": Action.EXECUTE,
    "canBeVerified": Action.VERIFY,
    "canSendSignatureEmail": Action.SEND_SIGNATURE,
    "canSendInformationEmail": Action.SEND_INFORMATION,
    "canSendToProvider": Action.PROPOSE,
}
SCHEMA = obj({name: {"type": "boolean"} for name in ACTIONS})
# To execute is the provider's, on site.
OF_PROVIDER = {"canBeExecuted"}
OF_STAFF = set(ACTIONS) - OF_PROVIDER


@dataclass(frozen=True)
class Rights:
    """Of a session and its bearer. `user_id`: None for a provider's session."""

    may_write: bool
    may_verify: bool
    user_id: int | None

    def actions(self, status: str, company_contact_id: int | None, executor_id: int | None) -> dict[str, bool]:
        """Of an intervention in this state. executor_id: who is known to have executed it, and so cannot verify."""
        found = {name: is_allowed and self.may_write for name, is_allowed in allowed_in(status).items()}
        found["canBeVerified"] &= self.may_verify and executor_id != self.user_id
        found["canSendToProvider"] &= company_contact_id is not None
        if self.user_id is None:
            found |= dict.fromkeys(OF_STAFF, False)
        return found


@cache
def allowed_in(status: str) -> dict[str, bool]:
    intervention = Intervention(status=status)
    return {name: can(intervention, action) for name, action in ACTIONS.items()}
