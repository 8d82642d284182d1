"""The customer's pages of an appointment, behind a signed link: shown, cancelled, moved. GET shows, POST acts."""

from datetime import UTC, date, datetime
from typing import cast

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appointments.emails import APPOINTMENT_LINK
from appointments.models import Appointment
from appointments.services import offers
from appointments.services.changes import cancel_appointment, change_appointment, check_late
from appointments.shown import SHOWN, facts
from core.errors import Busy, StateConflict
from core.links import BadLink, read_link
from core.locks import BUSY
from core.pages import by_link, page, private, shown_version

Text = str | Promise
State = Appointment.State
OPEN = {State.IN_PROGRESS, State.PENDING}
# Rule → what its customer is told; the rules' own words are for staff.
REFUSALS: dict[str, Text] = {
    "not_available": _("This time was taken in the meantime. Choose another."),
    "same_time": _("You have another appointment at this time."),
    "min_between": _("This is too close to another appointment of yours."),
    "max_upcoming": _("You have as many appointments as one may have at a time."),
    "cancel_notice": _("It is too late to cancel or move this appointment here."),
    "max_moves": _("This appointment was moved as often as it may be."),
    "stale": _("This appointment was changed in the meantime. See how it stands now."),
    "choose": _("Choose one of the times."),
}
OTHERWISE = _("This time cannot be chosen any more. Choose another.")


def linked_appointment(token: str) -> Appointment:
    """The appointment of a link that holds; expired, begun, tampered, foreign: one and the same 404.

    The link carries the customer as its version, so it ends when the appointment is another's.
    """
    rows = Appointment.objects.select_related(*SHOWN).filter(start__gt=timezone.now(), customer__is_deleted=False)
    try:
        pk, customer_id = read_link(APPOINTMENT_LINK, token)
        return rows.get(pk=pk, customer_id=customer_id)
    except (BadLink, Appointment.DoesNotExist):
        raise Http404 from None


# -- the appointment ----------------------------------------------------------------------------------------


@by_link
def appointment_page(request: HttpRequest, token: str) -> HttpResponse:
    appointment = linked_appointment(token)
    if request.method == "POST":
        return cancel(request, appointment, token)
    return show_appointment(request, appointment, token)


def show_appointment(
    request: HttpRequest, appointment: Appointment, token: str, error: Text = "", status: int = 200
) -> HttpResponse:
    may_change = is_open(appointment)
    context = {
        **facts(appointment),
        "error": error,
        "is_open": may_change,
        "why_no_cancel": may_change and why_not(appointment),
        "why_no_move": may_change and why_not(appointment, is_move=True),
        "was_moved": "moved" in request.GET and appointment.moves > 0,
        "times_url": reverse("customer-times", args=[token]),
    }
    return show(request, "customer/appointment.html", context, appointment.organization, status)


def is_open(appointment: Appointment) -> bool:
    """Whether there is still something to cancel or to move."""
    return not appointment.is_deleted and appointment.state in OPEN


def why_not(appointment: Appointment, *, is_move: bool = False) -> Text:
    """Why its customer cannot cancel or move it now; empty where that is allowed."""
    failed = check_late(appointment, is_staff=True, is_move=is_move)
    return REFUSALS[failed[0].code] if failed else ""


def cancel(request: HttpRequest, appointment: Appointment, token: str) -> HttpResponse:
    try:
        if is_open(appointment):
            cancel_appointment(appointment.pk, shown_version(request), is_staff=False)
    except Appointment.DoesNotExist:
        pass  # Cancelled before: the page shows what was done.
    except (ValidationError, Busy) as error:
        text, status = told(error)
        return show_appointment(request, linked_appointment(token), token, text, status)
    return private(HttpResponseRedirect(reverse("customer-appointment", args=[token])))


# -- another time -------------------------------------------------------------------------------------------


@by_link
def times_page(request: HttpRequest, token: str) -> HttpResponse:
    appointment = linked_appointment(token)
    if request.method == "POST":
        return move(request, appointment, token)
    return show_times(request, appointment, token)


def show_times(
    request: HttpRequest, appointment: Appointment, token: str, error: Text = "", status: int = 200
) -> HttpResponse:
    address = reverse("customer-appointment", args=[token])
    if not is_open(appointment) or why_not(appointment, is_move=True):
        return private(HttpResponseRedirect(address))
    own, usable = offers.calendars_to_move(appointment)
    anywhere = "anywhere" in {*request.GET, *request.POST} or not own
    offer = offers.for_move(appointment, usable if anywhere else own, day_asked(request, appointment.organization))
    context = {
        **facts(appointment),
        "error": error,
        "offer": offer,
        "anywhere": anywhere,
        "others": len(usable) > 1 and bool(own),
        "appointment_url": address,
    }
    return show(request, "customer/times.html", context, appointment.organization, status)


def move(request: HttpRequest, appointment: Appointment, token: str) -> HttpResponse:
    """To the start that was chosen; to any calendar where the page offered those of all."""
    address = reverse("customer-appointment", args=[token])
    start = start_chosen(request)
    if start is None:
        return show_times(request, appointment, token, REFUSALS["choose"], 422)
    values: dict = {"start": start, **({"calendar_id": None} if "anywhere" in request.POST else {})}
    try:
        if is_open(appointment):
            change_appointment(appointment.pk, values, shown_version(request), is_staff=False)
    except StateConflict:
        return private(HttpResponseRedirect(address))  # Cancelled in the meantime: the page says so.
    except (ValidationError, Busy) as error:
        text, status = told(error)
        return show_times(request, linked_appointment(token), token, text, status)
    return private(HttpResponseRedirect(f"{address}?moved"))


# -- what the pages have in common --------------------------------------------------------------------------


def show(request: HttpRequest, template: str, context: dict, organization, status: int) -> HttpResponse:
    """Customers have no language of their own: it is the organization's."""
    return page(request, template, context, organization, organization.language, status)


def told(error: Exception) -> tuple[Text, int]:
    """(what the customer is told, status)"""
    if isinstance(error, Busy):
        return BUSY, 409
    code = code_of(cast(ValidationError, error))
    return REFUSALS.get(code, OTHERWISE), 409 if code == "stale" else 422


def code_of(error: ValidationError) -> str:
    found = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
    return next((one.code or "" for errors in found for one in errors), "")


def start_chosen(request: HttpRequest) -> datetime | None:
    """As the page's own forms have it: a UTC instant without offset."""
    try:
        return datetime.strptime(request.POST.get("start", ""), "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def day_asked(request: HttpRequest, organization) -> date:
    """Today, unless the query names a later day within a few years."""
    today = organization.local_date()
    try:
        asked = date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        return today
    return asked if today <= asked <= today.replace(year=today.year + 5, day=1) else today
