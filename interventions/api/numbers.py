"""Words of the inside ↔ integers of the wire [contract 30], and how an integer is called by people."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from interventions.models import Anomaly, AnomalyStatus, Intervention, InterventionAnomaly, InterventionStatus, Risk

S = InterventionStatus


class Numbers:
    """One enumeration: word → integer, as the wire has it."""

    def __init__(self, choices: type[TextChoices], *words: str, first: int = 0):
        """`words` in the order of their numbers, from `first` on."""
        self.numbers = {str(word): number for number, word in enumerate(words, first)}
        self.words = {number: word for word, number in self.numbers.items()}
        self.labels: Mapping[str, str] = {str(one.value): one.label for one in choices}

    def number(self, word: str) -> int:
        return self.numbers[str(word)]

    def label(self, word: str) -> str:
        """In the language that is in force."""
        return str(self.labels[str(word)])

    @property
    def schema(self) -> dict:
        return {"type": "integer", "enum": list(self.words), "description": self.legend}

    @property
    def legend(self) -> str:
        return ", ".join(f"{number} {word.replace('_', ' ')}" for number, word in self.words.items())


class AssigneeKind(TextChoices):
    USER = "user", _("Person")
    COMPANY_CONTACT = "company_contact", _("Company contact")


Kind, To, AnomalyKind = Intervention.Kind, Intervention.CreationStatus, Anomaly.Kind
Done, Decision = InterventionAnomaly.ProviderAction, InterventionAnomaly.ClientDecision
TYPES = Numbers(Kind, Kind.CURATIVE, Kind.PREVENTIVE, Kind.TRAINING, first=1)
# A routine's differ [annex 30].
ROUTINE_TYPES = Numbers(Kind, Kind.PREVENTIVE, Kind.TRAINING, first=1)
CREATION_STATUSES = Numbers(To, To.DRAFT, To.CONFIRMED, To.TO_AGREE)
STATUSES = Numbers(
    *(S, S.DRAFT, S.PROPOSED, S.PLANNED, S.IN_PROGRESS, S.EXECUTED, S.VERIFIED, S.REJECTED, S.REFUSED, S.CANCELLED)
)
ANOMALY_TYPES = Numbers(
    *(AnomalyKind, AnomalyKind.OBSERVATION, AnomalyKind.PRESCRIPTION, AnomalyKind.NON_CONFORMITY), first=1
)
ANOMALY_STATUSES = Numbers(
    *(AnomalyStatus, AnomalyStatus.OPEN, AnomalyStatus.PLANNED, AnomalyStatus.TO_REVIEW, AnomalyStatus.RESOLVED)
)
RISKS = Numbers(Risk, Risk.NONE, Risk.LOW, Risk.MEDIUM, Risk.HIGH)
PROVIDER_ACTIONS = Numbers(Done, Done.NONE, Done.DONE, Done.NOT_DONE)
CLIENT_DECISIONS = Numbers(Decision, Decision.NONE, Decision.ACCEPTED, Decision.REFUSED)
# What `verify` takes: the whole intervention is accepted or rejected, never left open.
DECISIONS = Numbers(Decision, Decision.ACCEPTED, Decision.REFUSED, first=1)
ASSIGNEES = Numbers(AssigneeKind, AssigneeKind.USER, AssigneeKind.COMPANY_CONTACT, first=1)
