"""An appointment as an entry of its customer's calendar: REQUEST, and CANCEL once it does not take place."""

from appointments.models import Appointment, BookingSettings
from appointments.shown import address_of, services_of
from core import calendars
from core.calendars import Entry, Person, organizer
from core.mail import Attachment

FILE = "appointment.ics"


def request(appointment: Appointment) -> Attachment:
    is_pending = appointment.state == Appointment.State.PENDING
    return calendars.request(FILE, _entry(appointment, "TENTATIVE" if is_pending else "CONFIRMED"))


def cancellation(appointment: Appointment) -> Attachment:
    return calendars.cancellation(FILE, _entry(appointment, "CANCELLED"))


def uid_of(appointment: Appointment) -> str:
    """The same in every message and feed, and nowhere else in the world."""
    return f"{appointment.key}@dutyboard"


def _entry(appointment: Appointment, status: str) -> Entry:
    organization, customer = appointment.organization, appointment.customer
    return Entry(
        uid=uid_of(appointment),
        sequence=appointment.calendar_sequence,
        stamp=appointment.updated_at,
        start=appointment.start,
        end=appointment.end,
        summary=f"{services_of(appointment)} ({organization.name})",
        status=status,
        location=address_of(appointment.calendar, BookingSettings.of(organization)) or appointment.calendar.public_name,
        organizer=organizer(organization),
        attendee=Person(customer.email, customer.full_name or customer.email),
    )
