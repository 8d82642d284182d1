from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.admin.access import sent_row
from core.admin.base import OrganizationAdmin
from core.admin.display import local_time
from core.admin.filters import OrganizationFilter, related_filter
from scheduling.admin.custom_fields import CustomFieldsForm, definitions_of, field_name, form_with
from scheduling.admin.occurrences import around_now
from scheduling.admin.reference import ARCHIVED, IN_USE, LinesField, use_pill, with_organization
from scheduling.models import JobRecurrence, JobType, Resource
from scheduling.services import job_recurrences as services
from scheduling.services.job_planning import CREWS

FIXED = ["type", "contact"]
KINDS = {"resource": CREWS, "vehicle": (Resource.Kind.VEHICLE,)}


class RecurrenceForm(CustomFieldsForm):
    exdates = LinesField(label=_("Days left out"), help_text=_("One a line, YYYY-MM-DD."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in KINDS:
            if name in self.fields:
                self.fields[name].queryset = self._offered(name)

    def _offered(self, name: str) -> QuerySet[Resource]:
        """Those in use, and the one that the recurrence has."""
        rows = self.fields[name].queryset.filter(kind__in=KINDS[name])
        if not self.is_new:
            rows = rows.filter(organization=self.instance.organization_id)
        return rows.filter(Q(is_archived=False) | Q(pk=getattr(self.instance, f"{name}_id")))


@admin.register(JobRecurrence)
class RecurrencesAdmin(OrganizationAdmin):
    """The periodic task makes the jobs; a recurrence that is no longer wanted is archived."""

    delete_role = None
    change_form_template = "admin/scheduling/recurrence_form.html"
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

    def _form_context(self, request, context) -> dict:
        recurrence = context["original"]
        told = around_now(recurrence) if recurrence else {}
        return {**super()._form_context(request, context), **told}

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
