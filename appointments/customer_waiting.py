"""The page behind the notice to a customer who waits: what is free now is shown and booked. GET shows, POST acts."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from appointments.customer import REFUSALS, Text, day_asked, show, start_chosen, told
from appointments.emails import appointment_url
from appointments.models import Appointment, BookingSettings, Service, Waiting
from appointments.services import offers
from appointments.services.waitings import book_waiting, end_waiting
from appointments.shown import facts
from appointments.waiting_emails import WAITING_LINK
from core.errors import Busy
from core.links import BadLink, read_link
from core.pages import by_link, private


def linked_waiting(token: str) -> Waiting:
    """Alive or ended; expired, tampered, foreign: one and the same 404."""
    rows = Waiting.objects.select_related("organization__booking_settings", "customer")
    rows = rows.filter(end__gt=timezone.now(), customer__is_deleted=False)
    try:
        pk, customer_id = read_link(WAITING_LINK, token)
        return rows.get(pk=pk, customer_id=customer_id)
    except (BadLink, Waiting.DoesNotExist):
        raise Http404 from None


@by_link
def waiting_page(request: HttpRequest, token: str) -> HttpResponse:
    waiting = linked_waiting(token)
    if request.method == "POST":
        return act(request, waiting, token)
    return show_waiting(request, waiting)


def show_waiting(request: HttpRequest, waiting: Waiting, error: Text = "", status: int = 200) -> HttpResponse:
    if waiting.is_deleted:
        return show_ended(request, waiting)
    context = {
        "error": error,
        "waiting": waiting,
        "services": names_of(waiting),
        "offer": offers.for_waiting(waiting, day_asked(request, waiting.organization)),
        "phone": BookingSettings.of(waiting.organization).phone,
    }
    return show(request, "customer/waiting.html", context, waiting.organization, status)


def show_ended(request: HttpRequest, waiting: Waiting) -> HttpResponse:
    """With the appointment that ended it, if there is one."""
    rows = Appointment.objects.alive().filter(customer=waiting.customer_id, start__gt=timezone.now())
    rows = rows.filter(start__gte=waiting.start, start__lt=waiting.end, lines__service__in=waiting.services)
    appointment = rows.select_related("organization__booking_settings", "calendar", "customer").first()
    context = {"waiting": waiting, "services": names_of(waiting)}
    if appointment:
        context |= {**facts(appointment), "appointment_url": appointment_url(appointment)}
    return show(request, "customer/waiting_ended.html", context, waiting.organization, 200)


def act(request: HttpRequest, waiting: Waiting, token: str) -> HttpResponse:
    """Book what was chosen, or wait no longer; what has ended before is shown as it is."""
    start = start_chosen(request)
    try:
        if "end" in request.POST:
            end_waiting(waiting.pk)
        elif start is None:
            return show_waiting(request, waiting, REFUSALS["choose"], 422)
        else:
            book_waiting(waiting.pk, start)
    except Waiting.DoesNotExist:
        pass
    except (ValidationError, Busy) as error:
        text, status = told(error)
        return show_waiting(request, linked_waiting(token), text, status)
    return private(HttpResponseRedirect(reverse("customer-waiting", args=[token])))


def names_of(waiting: Waiting) -> str:
    """Of what is waited for, also where it is not offered any more."""
    found = Service.objects.in_bulk(waiting.services)
    return ", ".join(found[pk].public_name for pk in waiting.services if pk in found)
