"""What the dashboard says of appointments."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.admin.appointments import needing_attention, on_day, to_confirm
from appointments.admin.display import state_pill, when
from appointments.models import Appointment, Waiting
from core.admin.dashboard import Card, Panel, Row, card, list_url, panel
from core.models import Role

LIST = "appointments_appointment"
NEXT = 8


def _places(user) -> list[int]:
    return user.organization_ids(Role.BASIC_STAFF)


def _appointments(user):
    return Appointment.objects.filter(organization__in=_places(user))


def _card(label, rows, quick: str, tone: str) -> Card:
    value = rows.count()
    return Card(label, value, list_url(LIST, quick=quick), tone if value else "grey")


@card(order=200)
def appointments_today(user):
    return _card(_("Appointments today"), on_day(_appointments(user), timezone.localdate()), "today", "blue")


@card(order=210)
def appointments_to_confirm(user):
    return _card(_("Appointments to confirm"), to_confirm(_appointments(user)), "to_confirm", "amber")


@card(order=220)
def appointments_needing_attention(user):
    return _card(_("Appointments to look at"), needing_attention(_appointments(user)), "attention", "red")


@card(order=230)
def waiting_customers(user):
    value = Waiting.objects.alive().filter(organization__in=_places(user), end__gt=timezone.now()).count()
    return Card(_("Customers waiting"), value, list_url("appointments_waiting", quick="waiting"), "grey")


@panel(order=50)
def next_appointments(user):
    rows = _appointments(user).alive().upcoming().select_related("organization", "calendar", "customer")
    rows = rows.prefetch_related("lines__service").order_by("start", "id")[:NEXT]
    return Panel(
        _("Next appointments"),
        url=list_url(LIST, quick="upcoming"),
        columns=[_("Customer"), _("Services"), _("Calendar"), _("When"), _("State")],
        rows=[_row(one) for one in rows],
        empty=_("None yet."),
    )


def _row(one: Appointment) -> Row:
    services = ", ".join(str(line.service) for line in one.lines.all())
    url = f"{list_url(LIST)}{one.pk}/change/"
    return Row(str(one.customer), url, [services, one.calendar, when(one), state_pill(one)])
