"""What staff do to an appointment besides booking and moving it."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.emails import is_told
from appointments.models import Appointment
from appointments.services import overrides
from appointments.services.changes import cancel_appointment, change_appointment, check_late, check_state
from core.admin.actions import RowAction
from core.errors import StateConflict

State = Appointment.State


def told(appointment: Appointment) -> str:
    if is_told(appointment):
        return gettext("The customer is told by e-mail.")
    return gettext("The customer is not told by e-mail.")


def check_alive(appointment: Appointment) -> None:
    if appointment.is_deleted:
        raise StateConflict(gettext("is cancelled"), [])


class SetState(RowAction):
    """Offered where the service's table of states allows it, from the states for which it has this name."""

    def __init__(self, name: str, state: State, label, *, of: set[State]):
        self.name, self.state, self.label, self.of = name, state, label, of

    def check(self, row, user) -> None:
        check_alive(row)
        if row.state not in self.of:
            raise StateConflict(gettext("is %(state)s") % {"state": row.get_state_display().lower()}, sorted(self.of))
        check_state(row, self.state)

    def note(self, row) -> str:
        return told(row) if row.state == State.PENDING else ""

    def run(self, row, user, values, versions) -> None:
        change_appointment(row.pk, {"state": self.state}, versions, is_staff=True)


class ReasonForm(forms.Form):
    """`passed`: the rules that would be passed over, in words."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the appointment's history."),
    )

    def __init__(self, data=None, passed: list[str] | None = None):
        super().__init__(data, label_suffix="")
        if passed:
            self.fields["reason"].required = True
            told = gettext("Passes over a rule, so a reason is needed: %(rules)s") % {"rules": " ".join(passed)}
            self.fields["reason"].help_text = told


class Cancel(RowAction):
    name = "cancel"
    label = _("Cancel the appointment")
    tone = "danger"
    form_class = ReasonForm

    def form(self, data, rows):
        late = {verdict.text for row in rows if not row.is_deleted for verdict in check_late(row, is_staff=True)}
        return ReasonForm(data, sorted(late))

    def check(self, row, user) -> None:
        check_alive(row)

    def note(self, row) -> str:
        return told(row)

    def run(self, row, user, values, versions) -> None:
        cancel_appointment(row.pk, versions, is_staff=True, reason=values["reason"].strip())


class Restore(RowAction):
    """Through the booking rules, to where it was."""

    name = "restore"
    label = _("Restore")
    form_class = ReasonForm
    in_list = False

    def form(self, data, rows):
        passed = [verdict.text for row in rows for verdict in overrides.of_restoring(row).soft]
        return ReasonForm(data, passed)

    def check(self, row, user) -> None:
        if not row.is_deleted:
            raise StateConflict(gettext("is not cancelled"), [])

    def note(self, row) -> str:
        return told(row)

    def run(self, row, user, values, versions) -> None:
        change_appointment(row.pk, {"is_deleted": False}, versions, is_staff=True, reason=values["reason"].strip())


class Seen(RowAction):
    """The mark that staff must look is taken away."""

    name = "seen"
    label = _("Nothing to do any more")

    def check(self, row, user) -> None:
        if not row.attention:
            raise ValidationError(gettext("has nothing that staff must look at"), code="unmarked")

    def run(self, row, user, values, versions) -> None:
        change_appointment(row.pk, {"attention": ""}, versions, is_staff=True)


ACTIONS = [
    SetState("confirm", State.IN_PROGRESS, _("Confirm"), of={State.PENDING}),
    SetState("came", State.CAME, _("Came"), of={State.IN_PROGRESS, State.NOT_CAME}),
    SetState("not_came", State.NOT_CAME, _("Did not come"), of={State.IN_PROGRESS, State.CAME}),
    SetState("reopen", State.IN_PROGRESS, _("Not known yet whether came"), of={State.CAME, State.NOT_CAME}),
    Seen(),
    Cancel(),
    Restore(),
]
