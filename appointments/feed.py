"""A calendar as its readers' calendar programs see it: service, and the customer's first name and initial alone."""

from datetime import datetime, timedelta

from django.db.models import Prefetch, Q
from django.utils import timezone

from appointments.invitations import uid_of
from appointments.models import Appointment, AppointmentLine, Calendar, Customer
from core.calendars import Entry, feed

# Cancelled ones and those that are over are kept so long [contract 40].
KEPT = timedelta(days=30)
REFRESH = timedelta(minutes=15)
State = Appointment.State


def render_feed(calendar: Calendar) -> tuple[bytes, datetime]:
    """The text, and when the last change of what it shows was made. It is the same until something changes."""
    lines = AppointmentLine.objects.select_related("service")
    rows = _rows(calendar).select_related("customer").prefetch_related(Prefetch("lines", lines))
    found = list(rows.order_by("start", "pk"))
    changed_at = max([calendar.updated_at, *(each.updated_at for row in found for each in (row, row.customer))])
    return feed(calendar.public_name, [_entry(row) for row in found], REFRESH), changed_at


def _rows(calendar: Calendar):
    since = timezone.now() - KEPT
    shown = Q(is_deleted=False, end__gt=since) | Q(is_deleted=True, cancelled_at__gt=since)
    return Appointment.objects.filter(shown, calendar=calendar)


def _entry(appointment: Appointment) -> Entry:
    services = ", ".join(line.service.name for line in appointment.lines.all())
    return Entry(
        uid=uid_of(appointment),
        sequence=appointment.calendar_sequence,
        stamp=appointment.updated_at,
        start=appointment.start,
        end=appointment.end,
        summary=" – ".join(part for part in (services, _short_name(appointment.customer)) if part),
        status=_status(appointment),
    )


def _short_name(customer: Customer) -> str:
    """Anne Durand → Anne D."""
    initial = customer.lastname.strip()[:1]
    return f"{customer.firstname.strip()} {initial + '.' if initial else ''}".strip()


def _status(appointment: Appointment) -> str:
    if appointment.is_deleted:
        return "CANCELLED"
    return "TENTATIVE" if appointment.state == State.PENDING else "CONFIRMED"
