from copy import copy

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.admin.access import sent_row
from core.admin.base import OrganizationAdmin
from core.admin.display import local_time, pill
from core.admin.filters import OrganizationFilter, related_filter
from core.admin.quick_filters import QuickFilter
from core.errors import StateConflict
from scheduling.admin import dispatch
from scheduling.admin.custom_fields import CustomFieldsForm, definitions_of, field_name, form_with
from scheduling.admin.job_actions import ACTIONS
from scheduling.admin.job_display import (
    TONES,
    conflict_links,
    conflict_pill,
    conflicts_of,
    conflicts_to_solve,
    with_named_overlap,
)
from scheduling.admin.job_inlines import ConstraintInline, HistoryInline, write_constraints
from scheduling.admin.reference import with_organization
from scheduling.models import BusyInterval, Job, JobType
from scheduling.services import job_planning, jobs
from scheduling.services.clashes import in_clash

FIXED = ["type", "contact"]
PLANNING = ["resource", "vehicle", "planned", "due", "conflicts"]
COURSE = ["began", "ended", "result", "resources_comment"]


class JobForm(CustomFieldsForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_new:
            self.fields["planned_duration"].required = False
            self.fields["planned_duration"].help_text = _("Empty: the type's.")

    def refuse(self, error: ValidationError) -> None:
        length = self.cleaned_data.get("planned_duration") or self.instance.planned_duration
        super().refuse(with_named_overlap(error, copy(self.instance).changed(planned_duration=length)))


@admin.register(Job)
class JobsAdmin(OrganizationAdmin):
    """Jobs are cancelled, never deleted. Planned on the dispatch board or by its form."""

    row_actions = ACTIONS
    inlines = [ConstraintInline, HistoryInline]
    delete_role = None
    autocomplete_fields = ["contact", "site_contact"]
    list_display = ["title", "type", "contact", "resource", "planned", "length", "status_pill", "clash"]
    list_filter = [
        "status",
        related_filter("type", _("type")),
        related_filter("contact", _("contact")),
        related_filter("resource", _("resource")),
        related_filter("category", _("category")),
        "planned_start_at",
        OrganizationFilter,
    ]
    list_select_related = ["type", "contact", "resource", "organization"]
    date_hierarchy = "planned_start_at"
    search_fields = ["reference", "order_number", "contact__name", "description", "=id"]
    search_help_text = _("Search by reference, order number, contact, description or number")
    ordering = ["-created_at", "-id"]
    export_columns = [
        "id",
        "organization__name",
        "reference",
        "type__name",
        "contact__name",
        "status",
        "resource__name",
        "vehicle__name",
        "planned_start_at",
        "planned_duration",
        "order_number",
        "result",
        "created_at",
    ]
    quick_filters = [
        QuickFilter("to_plan", _("To plan"), lambda rows, request: rows.to_plan()),
        QuickFilter("today", _("Today"), lambda rows, request: on_day(rows, timezone.localdate())),
        QuickFilter("overdue", _("Overdue"), lambda rows, request: rows.overdue()),
        QuickFilter("mine", _("Mine"), lambda rows, request: rows.filter(resource__user=request.user)),
        QuickFilter("conflicts", _("Conflicts"), lambda rows, request: conflicts_to_solve(rows)),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(has_conflict=in_clash(BusyInterval.Kind.JOB))

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    # The form

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, form=self._form(request, obj), **kwargs)

    def _form(self, request, job: Job | None) -> type[CustomFieldsForm]:
        return form_with(JobForm, definitions_of(self._type(request, job)))

    def _type(self, request, job: Job | None) -> JobType | None:
        """Of a new job the one that its form names already."""
        if job:
            return job.type
        types = self.admin_site.get_model_admin(JobType).get_queryset(request)
        return sent_row(request, "type", types)

    def get_fieldsets(self, request, obj=None):
        custom = [field_name(one) for one in definitions_of(self._type(request, obj))]
        about = [*FIXED, "site_contact", *(["person"] if obj else []), "category", "planned_duration", "reference"]
        self_told = ["internal_comment", "contact_comment"]
        sets = [(None, {"fields": [*about, "order_number", "description"]})]
        sets += [(_("Custom fields"), {"fields": custom})] if custom else []
        sets += [(_("Planning"), {"fields": PLANNING}), (_("Course"), {"fields": COURSE})] if obj else []
        sets.append((_("Comments"), {"fields": self_told}))
        return with_organization(self, request, sets)

    def get_readonly_fields(self, request, obj=None):
        return ["organization", *FIXED, *PLANNING, *COURSE] if obj else []

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "person":
            job = self.get_object(request, request.resolver_match.kwargs.get("object_id", ""))
            field.queryset = field.queryset.filter(contact=job.contact_id if job else None)
        return field

    def create_row(self, request, values, form):
        organization = self.organization_for(request, values)
        return jobs.create_job(organization, form.service_values(values))

    def update_row(self, request, row, versions, values, form):
        job = jobs.update_job(row.pk, form.service_values(values), versions)
        write_constraints(job, form)
        job.refresh_from_db()
        return job

    # Planning

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("dispatch/", wrap(self.dispatch_view), name=self._url_name("dispatch")),
            path("<int:pk>/plan/", wrap(self.plan_view), name=self._url_name("plan")),
            path("<int:pk>/drop/", wrap(self.drop_view), name=self._url_name("drop")),
            *super().get_urls(),
        ]

    def dispatch_view(self, request):
        return dispatch.show_board(self, request)

    def plan_view(self, request, pk: int):
        return dispatch.plan(self, request, pk)

    def drop_view(self, request, pk: int):
        return dispatch.drop(self, request, pk)

    def buttons_for(self, request, row) -> list[dict]:
        others = super().buttons_for(request, row)
        if not self.allows(request.user, self.change_role, row) or not is_plannable(row):
            return others
        url = reverse("admin:" + self._url_name("plan"), args=[row.pk])
        return [{"label": _("Plan"), "url": url, "tone": "plain", "asks": True}, *others]

    # Columns

    def summary(self, row):
        parts = [pill(row.get_status_display(), TONES[row.status])]
        if row.has_conflict:
            parts.append(conflict_pill())
        return format_html("{} " * len(parts), *parts)

    @admin.display(description=_("job"), ordering="id")
    def title(self, row):
        return str(row)

    @admin.display(description=_("planned"), ordering="planned_start_at")
    def planned(self, row):
        return local_time(row.planned_start_at, row.organization.zone)

    @admin.display(description=_("minutes"), ordering="planned_duration")
    def length(self, row):
        return row.planned_duration

    @admin.display(description=_("status"), ordering="status")
    def status_pill(self, row):
        return pill(row.get_status_display(), TONES[row.status])

    @admin.display(description=_("conflict"))
    def clash(self, row):
        return conflict_pill() if row.has_conflict else "–"

    @admin.display(description=_("conflicts"))
    def conflicts(self, row):
        return conflict_links(conflicts_of(row), row.organization.zone)

    @admin.display(description=_("due"))
    def due(self, row):
        return local_time(row.due_at, row.organization.zone)

    @admin.display(description=_("started"))
    def began(self, row):
        return local_time(row.actual_start_at, row.organization.zone)

    @admin.display(description=_("ended"))
    def ended(self, row):
        return local_time(row.actual_end_at, row.organization.zone)


def is_plannable(job: Job) -> bool:
    try:
        job_planning.check_plannable(job)
    except StateConflict:
        return False
    return True


def on_day(rows, day):
    """Planned on this local day (in the current zone)."""
    return rows.starting_on(day)
