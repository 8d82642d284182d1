from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin.filters import related_filter
from core.admin.privacy import PersonalData
from core.admin.quick_filters import QuickFilter
from core.models import Role
from scheduling.admin.closes import members
from scheduling.admin.reference import ARCHIVED, IN_USE, ReferenceAdmin, archiving, use_pill
from scheduling.models import Resource
from scheduling.services.resources import RESOURCES

Kind = Resource.Kind


@admin.register(Resource)
class ResourcesAdmin(PersonalData, ReferenceAdmin):
    """People, vehicles and calendars whose time can be taken."""

    service = RESOURCES
    row_actions = archiving(RESOURCES)
    fieldsets = [
        (None, {"fields": ["kind", "name", "registration", "email", "phone"]}),
        (_("Time"), {"fields": ["user", "timetable", "is_archived"]}),
    ]
    autocomplete_fields = ["user"]
    list_display = ["name", "kind_text", "registration", "email", "user", "timetable", "use"]
    list_filter = ["kind", related_filter("timetable", _("timetable")), *ReferenceAdmin.list_filter]
    list_select_related = ["user", "timetable"]
    search_fields = ["name", "registration", "email", "=id"]
    search_help_text = _("Search by name, registration, e-mail or number")
    export_columns = ["id", "organization__name", "kind", "name", "registration", "email", "phone", "is_archived"]
    quick_filters = [
        QuickFilter("people", _("People"), lambda rows, request: rows.filter(kind=Kind.PERSON, is_archived=False)),
        QuickFilter("vehicles", _("Vehicles"), lambda rows, request: rows.filter(kind=Kind.VEHICLE, is_archived=False)),
        IN_USE,
        ARCHIVED,
    ]

    def stands_for_person(self, row) -> bool:
        """Whoever has a log-in is exported and erased as a whole, on his own page."""
        return row.kind == Kind.PERSON and row.user_id is None

    def get_readonly_fields(self, request, obj=None):
        fixed = ["kind"] if obj else []
        return [*fixed, *super().get_readonly_fields(request, obj)]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if not obj and "name" in form.base_fields:
            # A vehicle without a name is called by its registration; the service asks anybody else for one.
            form.base_fields["name"].required = False
        return form

    def values_for(self, values, form):
        is_nameless_vehicle = values.get("kind") == Kind.VEHICLE and not values.get("name")
        return {name: value for name, value in values.items() if name != "name" or not is_nameless_vehicle}

    def narrow_autocomplete(self, request, field_name, queryset):
        return members(queryset, request, Role.STUDENT)

    @admin.display(description=_("kind"), ordering="kind")
    def kind_text(self, row):
        return row.get_kind_display()

    @admin.display(description=_("state"), ordering="is_archived")
    def use(self, row):
        return use_pill(row)
