from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.admin.access import sent_row
from core.admin.base import OrganizationAdmin
from core.admin.display import local_time, pill
from core.admin.filters import OrganizationFilter
from scheduling.admin.custom_fields import CustomFieldsForm, definitions_of, field_name, form_with
from scheduling.admin.reference import ARCHIVED, IN_USE, LinesField, use_pill, with_organization
from scheduling.admin.related_filter import related_filter
from scheduling.models import JobOccurrence, JobRecurrence, JobType, Resource
from scheduling.services import job_recurrences as services
from scheduling.services.job_planning import CREWS

Outcome = JobOccurrence.Outcome
TONES = {Outcome.MADE: "green", Outcome.SKIPPED: "amber", Outcome.FAILED: "red"}
FIXED = ["type", "contact"]
KINDS = {"resource": CREWS, "vehicle": (Resource.Kind.VEHICLE,)}


class RecurrenceForm(CustomFieldsForm):
    exdates = LinesField(label=_("Days left out"), help_text=_("One a line, YYYY-MM-DD."))


class OccurrenceInline(admin.TabularInline):
    """What was made, what was left out and why; the newest first."""

    model = JobOccurrence
    fields = ["when", "outcome_pill", "reason", "made"]
    readonly_fields = fields
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("recurrence__organization", "job").order_by("-start_at")

    def has_view_permission(self, request, obj=None) -> bool:
        return self.admin_site.get_model_admin(JobRecurrence).has_view_permission(request, obj)

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    @admin.display(description=_("start"))
    def when(self, row):
        return local_time(row.start_at, row.recurrence.organization.zone)

    @admin.display(description=_("outcome"))
    def outcome_pill(self, row):
        return pill(row.get_outcome_display(), TONES[row.outcome])

    @admin.display(description=_("job"))
    def made(self, row):
        if row.job is None:
            return "–"
        return format_html('<a href="{}">{}</a>', reverse("admin:scheduling_job_change", args=[row.job_id]), row.job)


@admin.register(JobRecurrence)
class RecurrencesAdmin(OrganizationAdmin):
    """The periodic task makes the jobs; a recurrence that is no longer wanted is archived."""

    delete_role = None
    inlines = [OccurrenceInline]
    autocomplete_fields = ["contact", "site_contact"]
    list_display = ["title", "type", "contact", "resource", "rrule", "first", "use"]
    list_filter = [related_filter("type", _("type")), related_filter("contact", _("contact")), OrganizationFilter]
    list_select_related = ["type", "contact", "resource", "organization"]
    search_fields = ["name", "contact__name", "type__name", "=id"]
    search_help_text = _("Search by name, contact, type or number")
    ordering = ["-id"]
    export_columns = ["id", "organization__name", "name", "type__name", "contact__name", "rrule", "start_at"]
    quick_filters = [IN_USE, ARCHIVED]

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = form_with(RecurrenceForm, definitions_of(self._type(request, obj)))
        return super().get_form(request, obj, change, form=form, **kwargs)

    def _type(self, request, recurrence: JobRecurrence | None) -> JobType | None:
        if recurrence:
            return recurrence.type
        return sent_row(request, "type", self.admin_site.get_model_admin(JobType).get_queryset(request))

    def get_fieldsets(self, request, obj=None):
        custom = [field_name(one) for one in definitions_of(self._type(request, obj))]
        when = ["start_at", "rrule", "exdates", "skips_holidays", "days_ahead", "on_conflict", "is_archived"]
        about = ["name", *FIXED, "site_contact", "category", "planned_duration", "order_number", "description"]
        sets = [
            (None, {"fields": about}),
            *([(_("Custom fields"), {"fields": custom})] if custom else []),
            (_("Planning"), {"fields": ["resource", "vehicle"]}),
            (_("When"), {"fields": when}),
        ]
        return with_organization(self, request, sets)

    def get_readonly_fields(self, request, obj=None):
        return ["organization", *FIXED] if obj else []

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name in KINDS:
            field.queryset = field.queryset.filter(kind__in=KINDS[db_field.name])
        return field

    def create_row(self, request, values, form):
        return services.create_recurrence(self.organization_for(request, values), form.service_values(values))

    def update_row(self, request, row, versions, values, form):
        return services.update_recurrence(row.pk, form.service_values(values), versions)

    @admin.display(description=_("recurring job"), ordering="id")
    def title(self, row):
        return str(row)

    @admin.display(description=_("first"), ordering="start_at")
    def first(self, row):
        return local_time(row.start_at, row.organization.zone)

    @admin.display(description=_("state"), ordering="is_archived")
    def use(self, row):
        return use_pill(row)
