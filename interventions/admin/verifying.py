"""A manager's verdict on a visit: on the whole of it, and where it differs on each of its anomalies."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin.actions import RowAction
from core.admin.forms import name_for_readers
from core.models import Role
from interventions import rules
from interventions.admin.display import did_pill
from interventions.admin.page import executions_of
from interventions.models import Intervention, InterventionAnomaly
from interventions.models.texts import MAX_LONG
from interventions.services.verifying import AnomalyDecision, verify
from interventions.states import Action, check_action

Decision = InterventionAnomaly.ClientDecision
CHOICES = [(value, label) for value, label in Decision.choices if value != Decision.NONE]


class VerdictForm(forms.Form):
    """`links`: of the intervention; each has a decision of its own, at first that of the whole, and a comment."""

    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=MAX_LONG, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data, links: list[InterventionAnomaly], decision: Decision):
        super().__init__(data, label_suffix="")
        self.links = links
        for link in links:
            self._ask(link, decision)

    def _ask(self, link: InterventionAnomaly, decision: Decision) -> None:
        told = {"anomaly": link.anomaly}
        own = {
            f"decision_{link.anomaly_id}": forms.ChoiceField(
                label=gettext("Decision on %(anomaly)s") % told, choices=CHOICES, initial=decision
            ),
            f"comment_{link.anomaly_id}": forms.CharField(
                label=gettext("Comment on %(anomaly)s") % told,
                required=False,
                max_length=MAX_LONG,
                widget=forms.TextInput(attrs={"placeholder": gettext("Comment")}),
            ),
        }
        for name, field in own.items():
            name_for_readers(field)
            self.fields[name] = field

    @property
    def lines(self) -> list[dict]:
        """Of the page's table."""
        return [
            {
                "anomaly": link.anomaly,
                "site": link.anomaly.site,
                "did": did_pill(link),
                "said": link.comment,
                "decision": self[f"decision_{link.anomaly_id}"],
                "comment": self[f"comment_{link.anomaly_id}"],
            }
            for link in self.links
        ]

    def clean(self):
        """With `decisions`, as the service takes them."""
        values = super().clean()
        told = {link.anomaly_id: values.get(f"decision_{link.anomaly_id}") for link in self.links}
        comments = {pk: values.get(f"comment_{pk}", "").strip() or values.get("comment", "").strip() for pk in told}
        decisions = [AnomalyDecision(pk, decision, comments[pk]) for pk, decision in told.items() if decision]
        return {**values, "decisions": decisions}


class Verify(RowAction):
    """By Advanced staff, and never by whoever executed it; one by one, with what was signed in sight."""

    role = Role.ADVANCED_STAFF
    in_list = False
    template = "admin/interventions/verify.html"

    def __init__(self, name: str, label, decision: Decision, tone: str = "plain"):
        self.name, self.label, self.decision, self.tone = name, label, decision, tone

    @property
    def asks(self) -> bool:
        return True

    def form(self, data, rows: list[Intervention]) -> VerdictForm:
        links = rows[0].links.select_related("anomaly__site").order_by("anomaly_id")
        return VerdictForm(data, list(links), self.decision)

    def context(self, rows: list[Intervention]) -> dict:
        return {"executions": executions_of(rows[0])[:1]}

    def check(self, row, user) -> None:
        check_action(row, Action.VERIFY)
        rules.check_verifier(row, user)

    def run(self, row, user, values, versions) -> None:
        verify(row.pk, self.decision, values["comment"].strip(), values["decisions"], user=user, versions=versions)


def verifying() -> list[RowAction]:
    return [
        Verify("accept", _("Accept the work"), Decision.ACCEPTED),
        Verify("reject", _("Reject the work"), Decision.REFUSED),
    ]
