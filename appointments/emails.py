"""What customers are told of an appointment: one queueing and one rendering function a message.

Each shows the appointment as it stands when it is sent. What a later message tells anew, and whatever would come after
the start, is not sent.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments import invitations
from appointments.models import Appointment, BookingSettings
from appointments.rules import cancel_notice
from appointments.shown import SHOWN, facts
from core.inserts import Beside
from core.links import sign_link
from core.mail import Attachment, Mail, Rendered, email, message, queue_email, render
from core.models import OutboxMessage

State = Appointment.State
APPOINTMENT_LINK = "appointment"
BOOKED = "appointment_booked"


# -- queueing -----------------------------------------------------------------------------------------------


def queue_booked(appointment: Appointment) -> None:
    """It is booked, or waits to be confirmed."""
    _tell(BOOKED, appointment, state=appointment.state)


def of_new(appointment: Appointment) -> list[Beside]:
    """What `queue_booked` writes, if anything, for an appointment that is not written yet."""
    if not is_told(appointment):
        return []
    return [message(**_mail(BOOKED, appointment, state=appointment.state))]


def queue_moved(appointment: Appointment) -> None:
    """It has another time or calendar."""
    _tell("appointment_moved", appointment)


def queue_cancelled(appointment: Appointment) -> None:
    """It does not take place."""
    _tell("appointment_cancelled", appointment)


def queue_affected(appointment: Appointment) -> None:
    """Its time was closed: it cannot take place as planned, and staff or the customer find another."""
    _tell("appointment_affected", appointment)


def queue_reminders(appointment: Appointment) -> None:
    """One for each of the organization's times before the start that is still to come; due then."""
    if not appointment.customer.wants_email_reminders:
        return
    for minutes in BookingSettings.of(appointment.organization).reminders:
        due_at = appointment.start - timedelta(minutes=minutes)
        if due_at > timezone.now():
            _tell("appointment_reminder", appointment, due_at=due_at, minutes=minutes)


def is_told(appointment: Appointment) -> bool:
    """Whoever has no address, or an organization that sends no mail, is not told."""
    return bool(appointment.customer.email) and BookingSettings.of(appointment.organization).sendmail


def _tell(kind: str, appointment: Appointment, due_at: datetime | None = None, **params) -> None:
    if is_told(appointment):
        queue_email(**_mail(kind, appointment, due_at, **params))


def _mail(kind: str, appointment: Appointment, due_at: datetime | None = None, **params) -> Mail:
    return {
        "kind": kind,
        "organization": appointment.organization,
        "recipient": None,
        "address": appointment.customer.email,
        "language": appointment.organization.language,
        "entity": appointment,
        "params": {"sequence": appointment.calendar_sequence, **params},
        "due_at": due_at,
    }


# -- rendering ----------------------------------------------------------------------------------------------


@email(BOOKED, _("Appointment booked"))
def render_booked(row: OutboxMessage) -> Rendered | None:
    """None for one that was to be confirmed and is by now: another message says so."""
    appointment = _current(row)
    was_pending = row.params["state"] == State.PENDING
    if appointment is None or was_pending != (appointment.state == State.PENDING):
        return None
    return _render(row, appointment, [invitations.request(appointment)])


@email("appointment_moved", _("Appointment moved"))
def render_moved(row: OutboxMessage) -> Rendered | None:
    appointment = _current(row)
    return None if appointment is None else _render(row, appointment, [invitations.request(appointment)])


@email("appointment_reminder", _("Appointment reminder"))
def render_reminder(row: OutboxMessage) -> Rendered | None:
    """None where the customer or the organization wants none by now, and for whoever came early."""
    appointment = _current(row)
    if appointment is None or appointment.state not in {State.IN_PROGRESS, State.PENDING}:
        return None
    if not appointment.customer.wants_email_reminders or not BookingSettings.of(appointment.organization).sendmail:
        return None
    return _render(row, appointment)


@email("appointment_affected", _("Appointment whose time was closed"))
def render_affected(row: OutboxMessage) -> Rendered | None:
    appointment = _current(row)
    return None if appointment is None else _render(row, appointment)


@email("appointment_cancelled", _("Appointment cancelled"))
def render_cancelled(row: OutboxMessage) -> Rendered | None:
    appointment = _current(row)
    return None if appointment is None else _render(row, appointment, [invitations.cancellation(appointment)])


def _current(row: OutboxMessage) -> Appointment | None:
    """The row's appointment as it stands; None past its start, and once it was moved, cancelled or restored since."""
    rows = Appointment.objects.select_related(*SHOWN).filter(pk=row.entity_id, start__gt=timezone.now())
    rows = rows.filter(calendar_sequence=row.params["sequence"], customer__is_deleted=False)
    return rows.exclude(customer__email="").first()


def _render(row: OutboxMessage, appointment: Appointment, attachments: list[Attachment] | None = None) -> Rendered:
    """To the customer's address of today. The link is there while the notice allows what it is for."""
    return render(
        row,
        facts(appointment),
        link=(lambda: appointment_url(appointment)) if _may_change(appointment) else None,
        attachments=attachments or [],
        address=appointment.customer.email,
    )


def _may_change(appointment: Appointment) -> bool:
    rules = BookingSettings.of(appointment.organization)
    return not appointment.is_deleted and cancel_notice(rules, appointment.start, timezone.now()).passed


def appointment_url(appointment: Appointment) -> str:
    """The page where its customer cancels or moves it, until it starts [contract 00]."""
    lifetime = appointment.start - timezone.now()
    token = sign_link(APPOINTMENT_LINK, appointment.pk, appointment.customer_id, lifetime)
    return settings.SITE_URL + reverse("customer-appointment", args=[token])
