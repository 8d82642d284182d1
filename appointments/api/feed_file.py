"""A calendar as iCalendar, for programs that know an address alone: the token in it is the credential [contract 40]."""

import hashlib

from django.http import HttpResponse
from django.urls import re_path
from django.utils.http import http_date
from rest_framework.exceptions import AuthenticationFailed

from appointments.api.base import READ_STAFF, AppointmentsView
from appointments.api.documentation import ONE, document, operation
from appointments.api.routing import part
from appointments.feed import render_feed
from appointments.services.feeds import readable_feed
from core.api import etag, throttling
from core.api.documentation import SINGLE, in_query
from core.context import name_actor

MEDIA = "text/calendar"
TOKEN = in_query("token", {"type": "string"}, "As POST `/feeds` gave it.")


class FeedFile(AppointmentsView):
    """What is cancelled stays for 30 days as `STATUS:CANCELLED`."""

    # Of the feed's reader, as he stands at this call (readable_feed).
    accesses = {"retrieve": READ_STAFF}
    http_method_names = ["get", "head"]
    documentation = document(
        {
            "retrieve": operation(
                "readFeed", "Read a calendar as iCalendar", SINGLE, {"type": "string"}, media=MEDIA,
                parameters=("FeedToken",), values=ONE, is_by_scheme=False, refusals=(404, 405),
                description="Service, and the customer's first name and initial; from 30 days ago on.",
            )
        },
        {},
        {"FeedToken": {**TOKEN, "required": True}},
    )  # fmt: skip

    def initial(self, request, *args, **path) -> None:
        self.check_method(request)
        feed = readable_feed(request.GET.get("token", ""))
        if feed is None or (str(feed.organization_id), str(feed.calendar_id)) != (path["group_id"], path["id"]):
            raise AuthenticationFailed("The token reads no feed here", code="invalid_feed")
        self.calendar = feed.calendar
        name_actor(application_id=feed.application_id, user_id=feed.user_id)
        self.rate = throttling.count_request(feed)
        throttling.check(self.rate)

    def retrieve(self, request, **path) -> HttpResponse:
        text, changed_at = render_feed(self.calendar)
        tag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
        # By the tag alone: what leaves the feed leaves no later time behind.
        if etag.matches(request.META.get("HTTP_IF_NONE_MATCH", ""), tag):
            return HttpResponse(status=304, headers={"ETag": tag}, content_type=MEDIA)
        headers = {
            "ETag": tag,
            "Last-Modified": http_date(changed_at.timestamp()),
            "Cache-Control": "private, no-cache",
        }
        return HttpResponse(text, content_type=f"{MEDIA}; charset=utf-8", headers=headers)


ROUTE = re_path(
    rf"^groups/{part('group_id')}/calendars/{part('id')}/feed\.ics\Z",
    FeedFile.as_view({"get": "retrieve"}),
    name="appointments-feed-file",
)
