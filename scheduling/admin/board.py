"""What the dashboard says of closes and community services."""

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin.dashboard import Card, Panel, Row, card, list_url, panel
from core.admin.display import local_time, pill
from core.models import Role
from scheduling.admin import tones
from scheduling.admin.community_services import on_day, unassigned
from scheduling.models import Close, CommunityService, Contest

LIST = "scheduling_communityservice"
LATEST = 8


def _services(user):
    return CommunityService.objects.filter(organization__in=user.organization_ids(Role.BASIC_STAFF))


def _card(label, rows, quick: str, tone: str) -> Card:
    value = rows.count()
    return Card(label, value, list_url(LIST, quick=quick), tone if value else "grey")


@card(order=10)
def today(user):
    return _card(_("Services today"), on_day(_services(user), timezone.localdate()), "today", "blue")


@card(order=20)
def overdue(user):
    return _card(_("Overdue"), _services(user).overdue(), "overdue", "red")


@card(order=30)
def nobody(user):
    return _card(_("Unassigned"), unassigned(_services(user)), "unassigned", "amber")


@card(order=40)
def undated(user):
    return _card(_("Waiting for a date"), _services(user).undated(), "undated", "amber")


@card(order=50)
def contests(user):
    rows = Contest.objects.filter(organization__in=user.organization_ids(Role.BASIC_STAFF))
    value = rows.filter(state=Contest.State.PENDING).count()
    url = list_url("scheduling_contest", quick="pending")
    return Card(_("Contests to decide"), value, url, "amber" if value else "grey")


@panel(order=10)
def latest(user):
    rows = _services(user).select_related("close__user", "organization").order_by("-id")[:LATEST]
    return Panel(
        _("Latest community services"),
        url=list_url(LIST),
        columns=[_("Service"), _("Student"), _("Date"), _("State")],
        rows=[_row(service) for service in rows],
        empty=_("None yet."),
    )


def _row(service) -> Row:
    student = service.close.user if service.close else "–"
    when = local_time(service.schedule_at, service.organization.zone)
    state = pill(service.get_state_display(), tones.SERVICE[service.state])
    return Row(str(service), reverse(f"admin:{LIST}_change", args=[service.pk]), [student, when, state])


@panel(order=20)
def by_state(user):
    counts = dict(_services(user).order_by().values_list("state").annotate(Count("id")))
    bars = [(state.label, counts.get(state.value, 0), tones.SERVICE[state]) for state in CommunityService.State]
    closes = Close.objects.filter(organization__in=user.organization_ids(Role.BASIC_STAFF))
    return Panel(_("Community services by state"), chart=[*bars, (_("Closed now"), closes.in_force().count(), "grey")])
