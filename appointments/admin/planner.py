"""The page of the calendar of appointments, by day and by week."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.admin.planner_board import Board
from core.admin.banners import sandbox_banners
from core.models import Role
from scheduling.admin.dispatch_board import chosen, parse_day


def show(back_office, request):
    """`?organization=3&set=5&calendar=8&view=week&day=2026-11-22`; what is missing or makes no sense is as usual."""
    if not back_office.has_view_permission(request):
        raise PermissionDenied
    asked = request.GET.get
    places = [one for one in request.user.staffed if one.is_active]
    organization = chosen(places, asked("organization", ""))
    if organization is None:
        raise Http404
    view = "day" if asked("view") == "day" else "week"
    day = parse_day(asked("day", ""), organization.local_date())
    with timezone.override(organization.zone):
        board = Board(organization, view, day, (asked("set", ""), asked("calendar", "")))
        context = {
            **back_office.admin_site.each_context(request),
            "title": _("Calendar"),
            "opts": back_office.opts,
            "board": board,
            "links": board.links(),
            "places": places,
            "own_banners": sandbox_banners(organization),
            "may_move": organization.pk in request.user.organization_ids(Role.BASIC_STAFF),
        }
        return TemplateResponse(request, "admin/appointments/calendar.html", context).render()
