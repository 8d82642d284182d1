from datetime import timedelta

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin.actions import RowAction
from core.admin.display import local_time, pill
from core.admin.filters import OrganizationFilter, related_filter
from core.admin.quick_filters import QuickFilter
from core.errors import StateConflict
from core.models import Role
from interventions.admin.moments import DatesForm
from interventions.admin.routine_days import coming_days, days_of
from interventions.admin.site_filter import SiteFilter
from interventions.models import Intervention, Routine
from interventions.services.planning import create_from_routine
from interventions.services.reference import ROUTINES
from scheduling.admin.closes import members
from scheduling.admin.reference import ReferenceAdmin, with_organization

PEOPLE = ["assigned_company_contact", "assigned_user"]


class VisitForm(DatesForm):
    creation_status = forms.ChoiceField(label=_("How it begins"), choices=Intervention.CreationStatus.choices)


class MakeVisit(RowAction):
    """By hand, beside what the routine makes by itself."""

    name = "make_visit"
    label = _("Make an intervention")
    in_list = False

    @property
    def asks(self) -> bool:
        return True

    def form(self, data, rows):
        row = rows[0]
        start = next(coming_days(row), None)
        dates = {"scheduled_start": start, "scheduled_end": start + timedelta(minutes=row.duration)} if start else {}
        return VisitForm(data, row, {"creation_status": row.creation_status, **dates})

    def check(self, row, user) -> None:
        if row.archived_at:
            raise StateConflict(str(_("is archived")), [])

    def run(self, row, user, values, versions) -> None:
        create_from_routine(row, values, created_by=user)


class Archive(RowAction):
    """Out of use, or back."""

    role = Role.ADVANCED_STAFF

    def __init__(self, *, is_archived: bool):
        self.is_archived = is_archived
        self.name = "archive" if is_archived else "restore"
        self.label = _("Archive") if is_archived else _("Use again")

    def check(self, row, user) -> None:
        if bool(row.archived_at) == self.is_archived:
            raise StateConflict(str(_("is archived already") if row.archived_at else _("is in use")), [])

    def run(self, row, user, values, versions) -> None:
        ROUTINES.update(row.pk, {"archived_at": timezone.now() if self.is_archived else None}, versions)


@admin.register(Routine)
class RoutinesAdmin(ReferenceAdmin):
    """The periodic task makes the visits; a routine that is no longer wanted is archived."""

    service = ROUTINES
    row_actions = [MakeVisit(), Archive(is_archived=True), Archive(is_archived=False)]
    change_form_template = "admin/interventions/routine_form.html"
    autocomplete_fields = [*PEOPLE, "sites"]
    list_display = ["name", "where", "who", "rrule", "first", "by_itself", "use"]
    list_filter = [
        "auto_create_enabled",
        related_filter("assigned_company_contact", _("provider")),
        SiteFilter,
        OrganizationFilter,
    ]
    search_fields = ["name", "description", "sites__name", "assigned_company_contact__name", "=id"]
    search_help_text = _("Search by name, description, site, provider or number")
    export_columns = ["id", "organization__name", "name", "rrule", "start_at", "duration", "auto_create_enabled"]
    export_columns += ["assigned_company_contact__name", "assigned_user__login", "archived_at"]
    quick_filters = [
        QuickFilter("in_use", _("In use"), lambda rows, request: rows.filter(archived_at=None)),
        QuickFilter("problems", _("With a problem"), lambda rows, request: rows.due_to_run().exclude(problem="")),
        QuickFilter("archived", _("Archived"), lambda rows, request: rows.exclude(archived_at=None)),
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("organization", *PEOPLE)
        return rows.prefetch_related("sites")

    def get_fieldsets(self, request, obj=None):
        sets = [
            (None, {"fields": ["name", "sites", "description"]}),
            (_("When"), {"fields": ["start_at", "rrule", "duration", "base", "early_days", "late_days"]}),
            (_("Who"), {"fields": PEOPLE}),
            (_("Its interventions"), {"fields": ["creation_status", "auto_create_enabled", "auto_attach_enabled"]}),
        ]
        return with_organization(self, request, sets)

    def get_readonly_fields(self, request, obj=None):
        return ["organization"] if obj else []

    def get_changeform_initial_data(self, request):
        tomorrow = timezone.localtime() + timedelta(days=1)
        start = tomorrow.replace(hour=9, minute=0, second=0, microsecond=0)
        return {"start_at": start, **super().get_changeform_initial_data(request)}

    def narrow_autocomplete(self, request, field_name, queryset):
        return members(queryset, request, Role.BASIC_STAFF)

    def values_for(self, values, form):
        return {**values, "sites": list(values["sites"])} if "sites" in values else values

    def render_change_form(self, request, context, **kwargs):
        routine = context["original"]
        if routine:
            context["days"] = days_of(routine)
        return super().render_change_form(request, context, **kwargs)

    def summary(self, row):
        return self.use(row)

    # Columns

    @admin.display(description=_("sites"))
    def where(self, row):
        return ", ".join(str(site) for site in row.sites.all()) or "–"

    @admin.display(description=_("who"))
    def who(self, row):
        person = row.assigned_user.full_name if row.assigned_user else "–"
        return row.assigned_company_contact or person

    @admin.display(description=_("first"), ordering="start_at")
    def first(self, row):
        return local_time(row.start_at, row.organization.zone)

    @admin.display(description=_("by itself"), boolean=True, ordering="auto_create_enabled")
    def by_itself(self, row):
        return row.auto_create_enabled

    @admin.display(description=_("state"), ordering="archived_at")
    def use(self, row):
        if row.archived_at:
            return pill(_("Archived"))
        return pill(_("Problem"), "red") if row.problem and row.auto_create_enabled else pill(_("In use"), "green")
