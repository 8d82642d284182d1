from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin.base import BackOfficeAdmin
from core.admin.display import EMPTY
from core.models import Organization, Role
from scheduling.models import SchedulingSettings

# Read only it would be spelt "7 a.m.", unlike every other time here.
SHOWN = {"community_service_start": "start"}


@admin.register(SchedulingSettings)
class SchedulingSettingsAdmin(BackOfficeAdmin):
    """One row an organization; without one nothing is decided."""

    add_role = change_role = delete_role = Role.ADMINISTRATOR
    fields = ["organization", "community_service_start", "forbids_job_overlaps", "timetable", "country", "region"]
    list_display = ["organization", "start", "forbids_job_overlaps", "country"]
    list_select_related = ["organization"]
    search_fields = ["organization__name"]
    search_help_text = _("Search by organization")
    ordering = ["organization__name"]

    def has_add_permission(self, request, obj=None) -> bool:
        return super().has_add_permission(request) and self._without(request).exists()

    def get_fields(self, request, obj=None):
        can_change = self.has_change_permission(request, obj) or obj is None
        return [name if can_change else SHOWN.get(name, name) for name in self.fields]

    def get_readonly_fields(self, request, obj=None):
        return ["organization", "start"] if obj else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if obj and "timetable" in form.base_fields:
            field = form.base_fields["timetable"]
            field.queryset = field.queryset.filter(organization=obj.pk)
        return form

    @admin.display(description=_("community services start at"), ordering="community_service_start")
    def start(self, row):
        return f"{row.community_service_start:%H:%M}" if row.community_service_start else EMPTY

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "organization":
            kwargs["queryset"] = self._without(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _without(self, request):
        """The person's organizations that have no settings yet."""
        places = request.user.organization_ids(Role.ADMINISTRATOR)
        return Organization.objects.filter(pk__in=places, scheduling_settings=None)
