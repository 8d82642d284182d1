"""Slots that are kept for a moment, and customers who wait for one: made through the API, looked at here."""

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from appointments.admin.exported import services_named
from appointments.models import Hold, Service, Waiting
from appointments.services.holds import release_hold
from appointments.services.waitings import end_waiting
from core.admin.actions import RowAction
from core.admin.base import OrganizationAdmin
from core.admin.display import local_time, pill
from core.admin.export import Told
from core.admin.filters import OrganizationFilter, related_filter
from core.admin.quick_filters import QuickFilter
from core.errors import StateConflict


class LookedAtAdmin(OrganizationAdmin):
    """Rows that staff end, and never write."""

    keeps_deleted = False

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    @admin.display(description=_("services"))
    def wish(self, row):
        names = Service.objects.in_bulk(row.services)
        return ", ".join(str(names.get(pk, f"#{pk}")) for pk in row.services)

    @admin.display(description=_("services"))
    def wish_size(self, row):
        number = len(row.services)
        return ngettext("%(number)d service", "%(number)d services", number) % {"number": number}

    @admin.display(description=_("from"), ordering="start")
    def since(self, row):
        return local_time(row.start, row.organization.zone)

    @admin.display(description=_("to"), ordering="end")
    def until(self, row):
        return local_time(row.end, row.organization.zone)


class Release(RowAction):
    name = "release"
    label = _("Release")

    def run(self, row, user, values, versions) -> None:
        release_hold(row.pk)


@admin.register(Hold)
class HoldsAdmin(LookedAtAdmin):
    row_actions = [Release()]
    fieldsets = [(None, {"fields": ["calendar", "wish", "since", "until", "expiry", "made_by", "made_by_user"]})]
    list_display = ["since", "until", "calendar", "wish_size", "expiry"]
    list_filter = [related_filter("calendar", _("calendar")), OrganizationFilter]
    list_select_related = ["organization", "calendar"]
    ordering = ["-expires_at", "-id"]
    quick_filters = [
        QuickFilter("in_force", _("In force"), lambda rows, request: rows.filter(expires_at__gt=timezone.now()))
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["organization", *self.fieldsets[0][1]["fields"]]

    @admin.display(description=_("expires"), ordering="expires_at")
    def expiry(self, row):
        text = local_time(row.expires_at, row.organization.zone)
        is_over = row.expires_at <= timezone.now()
        return format_html("{} {}", text, pill(_("Expired"))) if is_over else text


class EndWaiting(RowAction):
    name = "end"
    label = _("Take off the list")

    def check(self, row, user) -> None:
        if row.is_deleted:
            raise StateConflict(gettext("has ended"), [])

    def run(self, row, user, values, versions) -> None:
        end_waiting(row.pk, versions)


@admin.register(Waiting)
class WaitingsAdmin(LookedAtAdmin):
    row_actions = [EndWaiting()]
    fieldsets = [
        (None, {"fields": ["customer", "wish", "since", "until", "calendars", "notices", "told", "made_by"]}),
    ]
    list_display = ["customer", "wish_size", "since", "until", "notices", "told", "use"]
    list_filter = [OrganizationFilter]
    list_select_related = ["organization", "customer"]
    search_fields = ["customer__lastname", "customer__firstname", "customer__email", "=id"]
    search_help_text = _("Search by customer, e-mail or number")
    ordering = ["id"]
    export_columns = ["id", "organization__name", "customer__lastname", "customer__email"]
    export_columns += [
        Told("services", _("services"), services_named),
        "start",
        "end",
        "notices",
        "told_at",
        "is_deleted",
    ]
    quick_filters = [
        QuickFilter("waiting", _("Waiting"), lambda rows, request: rows.alive().filter(end__gt=timezone.now())),
        QuickFilter("ended", _("Ended"), lambda rows, request: rows.filter(is_deleted=True)),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["organization", *self.fieldsets[0][1]["fields"]]

    @admin.display(description=_("last told"), ordering="told_at")
    def told(self, row):
        return local_time(row.told_at, row.organization.zone)

    @admin.display(description=_("state"), ordering="is_deleted")
    def use(self, row):
        if row.is_deleted:
            return pill(_("Ended"))
        return pill(_("Waiting"), "blue") if row.end > timezone.now() else pill(_("Over"))
