"""What staff do to a job besides editing and planning it: the steps of its life."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.admin.actions import RowAction
from scheduling.models import Job, JobStatus
from scheduling.services import job_states
from scheduling.services.job_states import Action


class CommentForm(forms.Form):
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the job's history."),
    )


class JobAction(RowAction):
    """One action of the table of states: offered where the job's state allows it."""

    form_class = CommentForm

    def __init__(self, action: Action, label):
        self.action, self.name, self.label = action, action.value, label

    def check(self, row, user) -> None:
        job_states.check_action(row, self.action)

    def run(self, row, user, values, versions) -> None:
        job_states.change_status(row.pk, self.action, comment=values["comment"].strip(), versions=versions)


class ResultForm(CommentForm):
    """`is_required`: as the service asks, so that its refusal does not come after the page is gone."""

    result = forms.ChoiceField(label=_("Result"))
    field_order = ["result", "comment"]

    def __init__(self, data, choices: list[str], *, is_required: bool):
        super().__init__(data)
        self.fields["result"].choices = [("", "–"), *((text, text) for text in choices)]
        self.fields["result"].required = is_required


class SetResult(JobAction):
    """The job is done; well, or not. Its results are its type's own, so it is asked for row by row."""

    in_list = False

    def __init__(self, status: JobStatus, name: str, label):
        super().__init__(Action.RESULT, label)
        self.status, self.name = status, name

    @property
    def asks(self) -> bool:
        return True

    def form(self, data, rows: list[Job]) -> forms.Form:
        job_type = rows[0].type
        if self.status == JobStatus.COMPLETED_OK:
            return ResultForm(data, job_type.positive_results, is_required=bool(job_type.positive_results))
        return ResultForm(data, job_type.negative_results, is_required=False)

    def run(self, row, user, values, versions) -> None:
        comment = values["comment"].strip()
        job_states.set_result(row.pk, self.status, result=values["result"], comment=comment, versions=versions)


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever the job is with reads it in the e-mail."),
    )


class Cancel(JobAction):
    form_class = CancelForm
    tone = "danger"

    def run(self, row, user, values, versions) -> None:
        job_states.cancel_job(row.pk, values["reason"].strip(), versions)


ACTIONS = [
    JobAction(Action.SEND, _("Mark as sent")),
    JobAction(Action.READ, _("Mark as read")),
    JobAction(Action.ACCEPT, _("Accept")),
    JobAction(Action.REFUSE, _("Refuse")),
    JobAction(Action.ON_THE_WAY, _("On the way")),
    JobAction(Action.START, _("Start")),
    JobAction(Action.SUSPEND, _("Suspend")),
    JobAction(Action.RESUME, _("Resume")),
    SetResult(JobStatus.COMPLETED_OK, "complete", _("Complete")),
    SetResult(JobStatus.COMPLETED_WITH_ISSUES, "complete_with_issues", _("Complete with issues")),
    Cancel(Action.CANCEL, _("Cancel the job")),
]
