from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.admin import navigation
from core.admin.base import BackOfficeAdmin
from core.admin.display import pill, sandbox_pill
from core.admin.retention import RetentionPage
from core.models import Organization, Role
from core.organizations import save_organization


@admin.register(Organization)
class OrganizationsAdmin(RetentionPage, BackOfficeAdmin):
    """Made and ended by a superuser; named and set by its administrators."""

    organization_path = "pk"
    change_role = Role.ADMINISTRATOR
    keeps_deleted = False
    fields = ["name", "time_zone", "language", "is_active"]
    list_display = ["name", "time_zone", "language", "activity"]
    search_fields = ["name"]
    search_help_text = _("Search by name")
    export_columns = ["id", "name", "time_zone", "language", "is_active"]

    def create_row(self, request, values, form):
        organization = Organization(**values)
        organization.full_clean()
        return save_organization(organization)

    def update_row(self, request, row, versions, values, form):
        # What follows waits for others' locks, and these write rows of the organization before they let go.
        organization = Organization.objects.locked(row.pk, versions, no_key=True).changed(**values)
        organization.full_clean()
        return save_organization(organization)

    def has_add_permission(self, request, obj=None) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_readonly_fields(self, request, obj=None):
        return [] if request.user.is_superuser else ["is_active"]

    def is_in_sandbox(self, row) -> bool:
        return row.is_sandbox

    def zone_of(self, row):
        return row.zone if row else None

    @admin.display(description=_("state"), ordering="is_active")
    def activity(self, row):
        state = pill(_("Active"), "green") if row.is_active else pill(_("Inactive"))
        return format_html("{} {}", sandbox_pill(), state) if row.is_sandbox else state


navigation.register("setup", _("Set-up"), navigation.Item("core.Organization", "building"), order=80)
