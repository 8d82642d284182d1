"""What staff do to an intervention besides editing it: what its state allows, by the one table of states."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin.actions import RowAction
from core.errors import StateConflict
from interventions.admin.moments import DatesForm
from interventions.admin.verifying import verifying
from interventions.models import Intervention, InterventionStatus
from interventions.models.texts import MAX_LONG
from interventions.services.ending import archive_intervention, cancel_intervention
from interventions.services.planning import create_follow_up, update_intervention
from interventions.services.sending import send_information, send_signature
from interventions.states import Action, check_action

S, To = InterventionStatus, Intervention.CreationStatus


class InterventionAction(RowAction):
    """One action of the table of states: offered where the intervention's state allows it."""

    def __init__(self, action: Action, label, tone: str = "plain"):
        self.action, self.name, self.label, self.tone = action, action.value, label, tone

    def check(self, row, user) -> None:
        check_action(row, self.action)


def dates_of(row: Intervention) -> dict:
    return {"scheduled_start": row.scheduled_start, "scheduled_end": row.scheduled_end}


class Begin(InterventionAction):
    """A draft is sent; one that the provider refused is sent again, with new dates."""

    def __init__(self, action: Action, label, creation_status: str):
        super().__init__(action, label)
        self.creation_status = creation_status

    @property
    def asks(self) -> bool:
        return True

    def form(self, data, rows: list[Intervention]) -> forms.Form:
        if len(rows) == 1 and rows[0].status == S.REFUSED:
            return DatesForm(data, rows[0], dates_of(rows[0]))
        return forms.Form(data)

    def check(self, row, user) -> None:
        super().check(row, user)
        if self.creation_status == To.TO_AGREE and row.assigned_company_contact_id is None:
            raise StateConflict(gettext("has no provider to agree with"), [])

    def run(self, row, user, values, versions) -> None:
        update_intervention(row.pk, {"creation_status": self.creation_status, **values}, versions=versions)


class Replan(InterventionAction):
    """What was rejected is done again, on other dates."""

    in_list = False

    @property
    def asks(self) -> bool:
        return True

    def form(self, data, rows):
        return DatesForm(data, rows[0], dates_of(rows[0]))

    def run(self, row, user, values, versions) -> None:
        update_intervention(row.pk, values, versions=versions)


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=MAX_LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever was to come reads it in the e-mail. Its anomalies are open again."),
    )


class Cancel(InterventionAction):
    form_class = CancelForm

    def run(self, row, user, values, versions) -> None:
        cancel_intervention(row.pk, values["reason"].strip(), versions)


class Archive(InterventionAction):
    def check(self, row, user) -> None:
        super().check(row, user)
        if row.archived_at:
            raise StateConflict(gettext("is archived"), [])

    def run(self, row, user, values, versions) -> None:
        archive_intervention(row.pk, versions)


class AddressForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=250)


class Send(InterventionAction):
    """An e-mail about it, to whom staff says; to who makes the visit, unless told otherwise."""

    in_list = False
    form_class = AddressForm

    def __init__(self, action: Action, label, send):
        super().__init__(action, label)
        self.send = send

    def form(self, data, rows):
        return AddressForm(data, initial={"email": getattr(rows[0].assignee, "email", "")}, label_suffix="")

    def run(self, row, user, values, versions) -> None:
        self.send(row.pk, values["email"], versions)


class FollowUpForm(DatesForm):
    creation_status = forms.ChoiceField(label=_("How it begins"), choices=To.choices)


class FollowUp(RowAction):
    """The next visit, for what this one left open."""

    name = "follow_up"
    label = _("Make a follow-up")
    in_list = False

    @property
    def asks(self) -> bool:
        return True

    def form(self, data, rows):
        return FollowUpForm(data, rows[0], {"creation_status": To.DRAFT})

    def check(self, row, user) -> None:
        check_action(row, Action.ARCHIVE)
        if not row.links.filter(anomaly__status="open", anomaly__archived_at=None).exists():
            raise StateConflict(gettext("left nothing open"), [])

    def run(self, row, user, values, versions) -> None:
        create_follow_up(row.pk, values, created_by=user)


ACTIONS = [
    Begin(Action.PROPOSE, _("Send to the provider"), To.TO_AGREE),
    Begin(Action.CONFIRM, _("Confirm the date"), To.CONFIRMED),
    *verifying(),
    Replan(Action.REPLAN, _("Plan again")),
    Send(Action.SEND_INFORMATION, _("E-mail the details"), send_information),
    Send(Action.SEND_SIGNATURE, _("E-mail the signing link"), send_signature),
    FollowUp(),
    Archive(Action.ARCHIVE, _("Archive")),
    Cancel(Action.CANCEL, _("Cancel the intervention"), "danger"),
]
