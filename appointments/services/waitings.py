"""Customers who wait: put on the list, taken off it, served by the link of a notice [contract 40]."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import Appointment, BookingSettings, Calendar, Service, Waiting
from appointments.rules import not_available
from appointments.services import booking, placing, waiting_slots
from appointments.services.booking import Booking, book_appointment
from appointments.services.owners import owner
from appointments.services.slots import SECOND
from core.changes import refuse
from core.locks import atomic
from core.models import Organization
from scheduling.intervals import Interval


@atomic
def create_waiting(
    organization: Organization,
    *,
    customer_id: int | None,
    customer: dict,
    services: Sequence[int],
    start: datetime,
    end: datetime,
    calendar_ids: Collection[int] = (),
    is_staff: bool,
) -> Waiting:
    """customer: as in a booking. calendar_ids: none = any.

    Raises ValidationError on services, calendars, start, end, customer, customer.<field>; nothing is written then.
    """
    wanted = placing.read_services(organization, services, is_staff=is_staff)
    booking.check_number(BookingSettings.of(organization), services)
    calendars = _named_calendars(organization, wanted, calendar_ids, is_staff)
    _check_window(start, end)
    found = booking.find_customer(organization, customer_id, customer, is_staff=is_staff)
    if not customer.get("email", found.email):
        refuse("customer.email", "required", _("must be given: who waits is told by e-mail"))
    waiting = Waiting.objects.create(
        organization=organization,
        customer=booking.keep_customer(found, customer),
        services=list(services),
        start=start,
        end=end,
        **owner(),
    )
    waiting.calendars.set(calendars)
    return waiting


def _named_calendars(
    organization: Organization, services: Sequence[Service], ids: Collection[int], is_staff: bool
) -> list[Calendar]:
    if not ids:
        return []
    found = list(placing.usable_calendars(organization, services, is_staff=is_staff).filter(pk__in=ids))
    if len(found) != len(set(ids)):
        refuse("calendars", "must_exist", _("must exist, and offer these services"))
    return found


def _check_window(start: datetime, end: datetime) -> None:
    if end <= start:
        refuse("end", "order", _("must be after the start"))
    if end <= timezone.now():
        refuse("end", "past", _("must be in the future"))


@atomic
def end_waiting(pk: int, versions: Collection[int] | None = None) -> Waiting:
    """Raises DoesNotExist when it has ended already, StaleVersion."""
    waiting = Waiting.objects.locked(pk, versions)
    if waiting.is_deleted:
        raise Waiting.DoesNotExist
    waiting.changed(is_deleted=True).save()
    return waiting


# -- by the link of a notice --------------------------------------------------------------------------------


@atomic
def book_waiting(pk: int, start: datetime) -> Appointment:
    """By the customer, through the rules of a booking. Raises ValidationError, DoesNotExist when it has ended."""
    waiting = _locked(pk)
    if start <= timezone.now():
        refuse("start", "past", _("must be in the future"))
    is_wanted = waiting.start <= start < waiting.end
    offered = waiting_slots.free(waiting, Interval(start, start + SECOND)) if is_wanted else []
    if not offered:
        raise not_available()
    is_named = waiting.calendars.exists()
    asked = Booking(
        start,
        waiting.services,
        customer_id=waiting.customer_id,
        calendar_id=next(iter(offered[0].places)) if is_named else None,
        waiting=waiting,
    )
    return book_appointment(waiting.organization, asked, is_staff=False)


def _locked(pk: int) -> Waiting:
    """The customer first, as every booking does, so that two of them never wait for each other."""
    rows = Waiting.objects.alive().select_related("organization__booking_settings", "customer")
    waiting = rows.get(pk=pk)
    type(waiting.customer).objects.locked(waiting.customer_id)
    return rows.select_for_update(of=("self",)).get(pk=pk)
