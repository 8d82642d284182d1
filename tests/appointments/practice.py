"""A practice whose customers are written to: one calendar, one service, one customer."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from icalendar import Calendar as Entries

from appointments.models import Appointment, BookingSettings
from appointments.services.booking import Booking, book_appointment
from appointments.services.changes import cancel_appointment, change_appointment
from core.mail import drain
from core.models import Organization
from tests.appointment_factories import make_calendar, make_customer, make_group, make_service

# A Monday, 08:00 in Paris.
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
# Wednesday, 10:00 in Paris.
TEN = datetime(2026, 11, 25, 9, tzinfo=UTC)
HALF = timedelta(minutes=30)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Practice:
    def __init__(self, **rules):
        self.group = make_group("Practice Lilas", **rules)
        self.calendar = make_calendar(
            self.group, name="Dr Martin", address="12 rue des Lilas", zipcode="75020", city="Paris"
        )
        self.service = make_service(self.group, self.calendar, name="CONS", publicname="Consultation")
        self.anne = make_customer(self.group, "Durand", "Anne", email="anne@example.org")

    def rule(self, **rules) -> None:
        BookingSettings.objects.filter(organization=self.group).update(**rules)
        self.group = Organization.objects.select_related("booking_settings").get(pk=self.group.pk)

    def book(self, start: datetime = TEN, customer=None, *services, is_staff: bool = True, **more) -> Appointment:
        asked = Booking(
            start,
            [service.pk for service in services or [self.service]],
            customer_id=(customer or self.anne).pk,
            **more,
        )
        return book_appointment(self.group, asked, is_staff=is_staff)


def move(appointment: Appointment, start: datetime, **more) -> Appointment:
    return change_appointment(appointment.pk, {"start": start, **more}, is_staff=True)


def cancel(appointment: Appointment) -> Appointment:
    return cancel_appointment(appointment.pk, is_staff=True)


def restore(appointment: Appointment) -> Appointment:
    return change_appointment(appointment.pk, {"is_deleted": False}, is_staff=True)


def sent(mailoutbox) -> list:
    """What goes out now."""
    mailoutbox.clear()
    drain()
    return list(mailoutbox)


def entry_of(message):
    """The one event of the one calendar that comes along, and the calendar's method."""
    (attachment,) = message.attachments
    assert attachment.filename == "appointment.ics"
    calendar = Entries.from_ical(attachment.content)
    (event,) = calendar.events
    assert attachment.mimetype == f"text/calendar; method={calendar['method']}"
    return calendar["method"], event


def queue(function, row) -> None:
    with transaction.atomic():
        function(row)
