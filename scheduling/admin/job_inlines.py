"""What a job's form says of its constraints and of its life so far."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin.access import LimitedChoices
from core.admin.display import local_time, pill
from core.admin.forms import RowForm, RowFormSet
from core.admin.moments import ShownMoment
from scheduling.admin.job_display import TONES
from scheduling.admin.reference import write_rows
from scheduling.constraints import is_violated
from scheduling.models import Job, JobConstraint, JobStatusChange
from scheduling.services.job_constraints import add_constraint, remove_constraint

HOURS = "job__resource__timetable"


class PartOfJob:
    """For an inline: rights as those on the job."""

    def has_view_permission(self, request, obj=None) -> bool:
        return self.admin_site.get_model_admin(Job).has_view_permission(request, obj)

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class ConstraintForm(RowForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["constraint_at"].widget = ShownMoment()


class ConstraintInline(PartOfJob, LimitedChoices, admin.TabularInline):
    """Added and removed through the service; one is never changed."""

    model = JobConstraint
    form = ConstraintForm
    formset = RowFormSet
    fields = ["type", "constraint_at", "entity", "state"]
    readonly_fields = ["state"]
    extra = 0

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("job__organization", "entity", f"{HOURS}__organization")
        return rows.prefetch_related(f"{HOURS}__hours", f"{HOURS}__special_days")

    def has_add_permission(self, request, obj=None) -> bool:
        return self.admin_site.get_model_admin(Job).has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return self.has_add_permission(request, obj)

    @admin.display(description=_("state"))
    def state(self, row):
        if not row.pk:
            return "–"
        return pill(_("Violated"), "red") if is_violated(row, row.job) else pill(_("Respected"), "green")


def write_constraints(job: Job, form) -> None:
    """What the job's form asks of its constraints."""
    write_rows(form, lambda row: _write_constraint(job, row), _("Please look at the constraints below."))


def _write_constraint(job: Job, row) -> None:
    values = row.cleaned_data
    if row.instance.pk is None:
        add_constraint(job.pk, values["type"], constraint_at=values["constraint_at"], entity=values["entity"])
    elif values.get("DELETE"):
        remove_constraint(job.pk, row.instance.pk)


class HistoryInline(PartOfJob, admin.TabularInline):
    model = JobStatusChange
    template = "admin/scheduling/status_history.html"
    verbose_name_plural = _("status history")
    fields = ["status_pill", "when", "comment"]
    readonly_fields = fields
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("job__organization").order_by("-id")

    @admin.display(description=_("status"))
    def status_pill(self, row):
        # The admin adds an empty row when the form comes back with an error.
        return pill(row.get_status_display(), TONES[row.status]) if row.pk else "–"

    @admin.display(description=_("when"))
    def when(self, row):
        return local_time(row.created_at, row.job.organization.zone) if row.pk else "–"
