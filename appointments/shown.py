"""An appointment as its customer is shown it: in e-mails, and on the page behind their links."""

from appointments.models import Appointment, BookingSettings, Calendar

# What is read with it.
SHOWN = ("organization__booking_settings", "calendar", "customer")


def facts(appointment: Appointment) -> dict:
    """For a template."""
    settings = BookingSettings.of(appointment.organization)
    return {
        "appointment": appointment,
        "name": appointment.customer.full_name,
        "services": services_of(appointment),
        "calendar": appointment.calendar.public_name,
        "address": address_of(appointment.calendar, settings),
        "phone": settings.phone,
        "start": appointment.start,
        "end": appointment.end,
        "is_pending": appointment.state == Appointment.State.PENDING,
    }


def services_of(appointment: Appointment) -> str:
    """By the names that customers know."""
    return ", ".join(line.service.public_name for line in appointment.lines.select_related("service"))


def address_of(calendar: Calendar, settings: BookingSettings) -> str:
    """The calendar's own, else the organization's."""
    place = calendar if calendar.address or calendar.city else settings
    town = f"{place.zipcode} {place.city}".strip()
    return ", ".join(part for part in (place.address, town) if part)
