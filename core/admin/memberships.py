"""Who belongs where, and who did: a role is given and taken on the person's page, and remembered here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin import navigation
from core.admin.base import BackOfficeAdmin
from core.admin.display import pill
from core.admin.filters import OrganizationFilter, person_fields
from core.admin.people import TONES
from core.models import Membership, Role


@admin.register(Membership)
class MembershipsAdmin(BackOfficeAdmin):
    """Read only, for administrators; with the history of each and the list of those that were removed."""

    view_role = Role.ADMINISTRATOR
    delete_role = None
    list_display = ["person", "name", "organization", "role_pill"]
    list_filter = ["role", OrganizationFilter]
    list_select_related = ["user", "organization"]
    search_fields = person_fields("user")
    search_help_text = _("Search by login, e-mail or name")
    ordering = ["user__login", "organization__name"]
    export_columns = ["user__login", "user__email", "organization__name", "role"]
    readonly_fields = list_display
    fields = readonly_fields

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    @admin.display(description=_("person"), ordering="user__login")
    def person(self, row):
        return row.user

    @admin.display(description=_("name"), ordering="user__last_name")
    def name(self, row):
        return row.user.full_name

    @admin.display(description=_("role"), ordering="role")
    def role_pill(self, row):
        return pill(row.get_role_display(), TONES[row.role])


navigation.register("people", _("People"), navigation.Item("core.Membership", "key"), order=40)
