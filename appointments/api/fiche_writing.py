"""Calls that write a fiche: its address is looked up first, and addresses may not be tried out [contract 40]."""

from appointments.api.base import AppointmentsView
from appointments.api.errors import RULES
from appointments.services import customers
from core.api import throttling
from core.api.errors import Refusal

# Answers "taken" in an hour, after which a credential learns no more of who is a customer here.
MOST_TAKEN, HOUR = 20, 3600
TAKEN = "email_taken"


class FicheWriting(AppointmentsView):
    """`fiche()`: the fiche of the body, as it came."""

    # Actions that take one.
    fiche_actions = frozenset({"create"})

    def fiche(self) -> object:
        return self.data.get("fiche")

    @property
    def takes_fiche(self) -> bool:
        return self.action in self.fiche_actions

    def check_permissions(self, request) -> None:
        super().check_permissions(request)
        if self.takes_fiche and self.taken(0).used >= MOST_TAKEN:
            message = f"{MOST_TAKEN} addresses of other customers in an hour are the most"
            raise Refusal(429, "throttled", message, headers={"Retry-After": str(self.taken(0).reset)})

    def taken(self, step: int) -> throttling.Window:
        return throttling.counted(self.caller, "an hour", HOUR, MOST_TAKEN, step=step, topic="email_taken")

    def answer(self, request, *args, **kwargs):
        """The look-up comes before every transaction, that of an Idempotency-Key too."""
        fiche = self.fiche() if self.takes_fiche else None
        if isinstance(fiche, dict) and fiche.get("email"):
            customers.look_up_address(self.organization, fiche["email"])
        return super().answer(request, *args, **kwargs)

    def refused(self, error: Exception):
        response = super().refused(error)
        if self.takes_fiche and is_taken(response.data):
            self.taken(1)
        return response


def is_taken(body: dict) -> bool:
    return body["error"]["code"] == RULES[TAKEN].number
