from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from appointments.models import Calendar, CalendarFeed
from appointments.services.feeds import issue_feed, revoke_feed
from core.admin.actions import RowAction
from core.admin.base import OrganizationAdmin
from core.admin.display import local_time
from core.admin.filters import OrganizationFilter, related_filter
from core.admin.shown_once import ShownOnce

TOKEN = ShownOnce("feed-token", "appointments_calendarfeed_address")


class Revoke(RowAction):
    name = "revoke"
    label = _("Revoke")
    tone = "danger"

    def run(self, row, user, values, versions) -> None:
        revoke_feed(row.pk)


@admin.register(CalendarFeed)
class FeedsAdmin(OrganizationAdmin):
    """Addresses under which calendars are read elsewhere. One's own is made here, and shown once."""

    row_actions = [Revoke()]
    keeps_deleted = False
    autocomplete_fields = ["calendar"]
    fieldsets = [(None, {"fields": ["calendar"]})]
    list_display = ["calendar", "reader", "made"]
    list_filter = [related_filter("calendar", _("calendar")), OrganizationFilter]
    list_select_related = ["organization", "calendar", "user", "application"]
    search_fields = ["calendar__name", "user__login", "application__name", "=id"]
    search_help_text = _("Search by calendar, person or client")
    export_columns = ["id", "organization__name", "calendar__name", "user__login", "application__name", "created_at"]

    def get_fieldsets(self, request, obj=None):
        # The organization is the calendar's.
        return [(None, {"fields": ["calendar", *(["reader", "made"] if obj else [])]})]

    def get_readonly_fields(self, request, obj=None):
        return ["organization", "reader", "made"]

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def create_row(self, request, values, form):
        feed, token = issue_feed(values["calendar"])
        TOKEN.keep(request, feed.pk, token)
        return feed

    def response_add(self, request, obj, post_url_continue=None):
        return TOKEN.redirect(obj.pk)

    def get_urls(self):
        view = self.admin_site.admin_view(self.address_view)
        return [path("<int:pk>/address/", view, name=self._url_name("address")), *super().get_urls()]

    def address_view(self, request, pk: int):
        feed = self.get_queryset(request).select_related("calendar").filter(pk=pk, user=request.user).first()
        if feed is None:
            raise Http404
        if not self.has_view_permission(request, feed):
            raise PermissionDenied
        return TOKEN.show(request, pk, lambda token: self._address_page(request, feed, token))

    def _address_page(self, request, feed: CalendarFeed, token: str | None) -> TemplateResponse:
        address = address_of(feed.calendar, token) if token else None
        context = {**self.admin_site.each_context(request), "title": str(feed), "opts": self.opts, "feed": feed}
        return TemplateResponse(request, "admin/appointments/feed_address.html", {**context, "address": address})

    @admin.display(description=_("reader"))
    def reader(self, row):
        return row.user or row.application

    @admin.display(description=_("made"), ordering="created_at")
    def made(self, row):
        return local_time(row.created_at, row.organization.zone)


def address_of(calendar: Calendar, token: str) -> str:
    group = f"{settings.SITE_URL.rstrip('/')}/api/v1/groups/{calendar.organization_id}"
    return f"{group}/calendars/{calendar.pk}/feed.ics?token={token}"
