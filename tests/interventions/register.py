"""A safety register: a town in Paris's time, one site, one provider, its staff; and each step by its service."""

from core.models import Role
from interventions.models import AnomalyStatus, Intervention, InterventionAnomaly, InterventionStatus
from interventions.services.ending import cancel_intervention
from interventions.services.executing import Outcome, Signed, execute
from interventions.services.pins import begin_with_pin, pin_of
from interventions.services.planning import create_curative
from interventions.services.provider import accept_date, refuse_date
from interventions.services.verifying import verify
from tests.back_office import organization, person
from tests.intervention_factories import HOUR, START, make_anomaly, make_company_contact, make_site, png

S = InterventionStatus
To = Intervention.CreationStatus
Decision = InterventionAnomaly.ClientDecision
# The states on the way to each, from the creation on.
WAYS = {
    S.DRAFT: [],
    S.PLANNED: ["accept"],
    S.PROPOSED: [],
    S.REFUSED: ["refuse"],
    S.IN_PROGRESS: ["accept", "begin"],
    S.EXECUTED: ["accept", "begin", "execute"],
    S.VERIFIED: ["accept", "begin", "execute", "verify"],
    S.REJECTED: ["accept", "begin", "execute", "reject"],
    S.CANCELLED: ["cancel"],
}


class Register:
    """mara is its advanced staff, bruno its basic staff."""

    def __init__(self, name: str = "Ville", **values):
        self.town = organization(name, **values)
        self.mara = person(f"mara{self.town.pk}", Role.ADVANCED_STAFF, self.town)
        self.bruno = person(f"bruno{self.town.pk}", Role.BASIC_STAFF, self.town, first_name="Bruno")
        self.site = make_site(self.town, "École Pasteur", address="3 rue du Port")
        self.provider = make_company_contact(self.town)

    def anomaly(self, title: str = "Fire door does not close", **fields):
        return make_anomaly(self.site, title, **fields)

    def curative(self, *anomalies, **values) -> Intervention:
        """Proposed to the provider, unless values say otherwise; created by mara."""
        defaults = {
            "scheduled_start": START,
            "scheduled_end": START + HOUR,
            "creation_status": To.TO_AGREE,
            "assigned_company_contact": self.provider,
            "anomaly_ids": [one.pk for one in anomalies or [self.anomaly()]],
        }
        return create_curative(self.town, {**defaults, **values}, created_by=self.mara)

    def in_state(self, status: InterventionStatus, *anomalies, **values) -> Intervention:
        """Brought there by its services."""
        begin = {"creation_status": To.DRAFT} if status == S.DRAFT else {}
        intervention = self.curative(*anomalies, **begin, **values)
        for step in WAYS[status]:
            getattr(self, step)(intervention.pk)
        intervention.refresh_from_db()
        assert intervention.status == status
        return intervention

    def accept(self, pk: int) -> Intervention:
        return accept_date(pk)

    def refuse(self, pk: int) -> Intervention:
        return refuse_date(pk, "Not that week")

    def begin(self, pk: int) -> Intervention:
        intervention = Intervention.objects.get(pk=pk)
        return begin_with_pin(pk, pin_of(intervention))

    def execute(self, pk: int, action: str = InterventionAnomaly.ProviderAction.DONE) -> Intervention:
        links = InterventionAnomaly.objects.filter(intervention=pk)
        outcomes = [Outcome(link.anomaly_id, action, "Hinge replaced") for link in links]
        signed = Signed("Jean", "Petit", "jean@example.org", "Replaced the hinge", "All well", outcomes)
        return execute(pk, signed, image=png())

    def verify(self, pk: int) -> Intervention:
        return verify(pk, Decision.ACCEPTED, "Well done", user=self.mara)

    def reject(self, pk: int) -> Intervention:
        return verify(pk, Decision.REFUSED, "Still open", user=self.mara)

    def cancel(self, pk: int) -> Intervention:
        return cancel_intervention(pk, "Not needed")


def anomaly_states(intervention: Intervention) -> list[AnomalyStatus]:
    return [link.anomaly.status for link in intervention.links.select_related("anomaly").order_by("anomaly_id")]
