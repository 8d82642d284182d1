from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin.base import OrganizationAdmin
from core.admin.display import local_time
from core.admin.filters import OrganizationFilter, related_filter
from core.admin.quick_filters import QuickFilter
from core.models import Role
from scheduling.admin.job_display import conflict_links
from scheduling.intervals import Interval
from scheduling.models import Absence, BusyInterval
from scheduling.services import absences as services


@admin.register(Absence)
class AbsencesAdmin(OrganizationAdmin):
    delete_role = Role.BASIC_STAFF
    fieldsets = [(None, {"fields": ["resource", "start", "end", "note"]})]
    autocomplete_fields = ["resource"]
    list_display = ["whose", "since", "until", "note"]
    list_filter = [related_filter("resource", _("resource")), "start", OrganizationFilter]
    list_select_related = ["resource", "organization"]
    date_hierarchy = "start"
    search_fields = ["resource__name", "note", "=id"]
    search_help_text = _("Search by resource, note or number")
    ordering = ["-start", "-id"]
    export_columns = ["id", "organization__name", "resource__name", "start", "end", "note"]
    quick_filters = [
        QuickFilter("now", _("Now"), lambda rows, request: _now(rows)),
        QuickFilter("coming", _("Coming"), lambda rows, request: rows.filter(start__gt=timezone.now())),
    ]

    def create_row(self, request, values, form):
        return services.create_absence(self.organization_for(request, values), values)

    def update_row(self, request, row, versions, values, form):
        values.pop("organization", None)
        return services.update_absence(row.pk, values, versions)

    def delete_row(self, request, row, versions=None) -> None:
        services.delete_absence(row.pk, versions)

    def summary(self, row):
        found = BusyInterval.objects.clashing(
            [row.resource_id], Interval(row.start, row.end), BusyInterval.Kind.ABSENCE, row.pk
        )
        return conflict_links(found.select_related("resource"), row.organization.zone) if found else ""

    @admin.display(description=_("resource"), ordering="resource__name")
    def whose(self, row):
        return row.resource

    @admin.display(description=_("from"), ordering="start")
    def since(self, row):
        return local_time(row.start, row.organization.zone)

    @admin.display(description=_("to"), ordering="end")
    def until(self, row):
        return local_time(row.end, row.organization.zone)


def _now(rows):
    now = timezone.now()
    return rows.filter(start__lte=now, end__gt=now)
