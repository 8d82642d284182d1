"""The tokens by which a calendar is read as iCalendar [contract 40]; staff alone give them."""

from django.conf import settings
from django.http import Http404
from rest_framework.response import Response

from appointments.api import set_up_documentation as documentation
from appointments.api.base import WRITE_STAFF, AppointmentsView
from appointments.api.errors import PREFIX
from appointments.models import Calendar, CalendarFeed
from appointments.services import feeds


class Feeds(AppointmentsView):
    """POST makes or renews the caller's own feed of the calendar; DELETE ends it, or the one that is named."""

    accesses = {"create": WRITE_STAFF, "destroy": WRITE_STAFF, "destroy_one": WRITE_STAFF}
    documentation = documentation.FEEDS

    def calendar(self) -> Calendar:
        return self.find(self.in_organizations(Calendar.objects.alive()), self.kwargs["id"])

    def create(self, request, **path) -> Response:
        feed, token = feeds.issue_feed(self.calendar())
        address = f"{settings.SITE_URL.rstrip('/')}{PREFIX}groups/{self.organization_id}/calendars/{feed.calendar_id}"
        return self.single(
            {"id": feed.pk, "token": token, "url": f"{address}/feed.ics?token={token}"}, feed.version, 201
        )

    def destroy(self, request, **path) -> Response:
        return self.end(CalendarFeed.objects.filter(calendar=self.calendar(), **feeds.reader()).first())

    def destroy_one(self, request, **path) -> Response:
        """A program's key ends any reader's, a person the own alone."""
        rows = CalendarFeed.objects.filter(calendar=self.calendar())
        return self.end(self.find(rows.filter(**feeds.reader()) if self.caller.is_person else rows, path["feed_id"]))

    def end(self, feed: CalendarFeed | None) -> Response:
        if feed is None:
            raise Http404
        ended = feeds.revoke_feed(self.checked(feed).pk, self.expected_versions)
        return Response({**shape(ended), "deleted": True})


def shape(feed: CalendarFeed) -> dict:
    return {"id": feed.pk, "calendar_id": feed.calendar_id}
