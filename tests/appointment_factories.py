"""As tests/factories.py, for appointments. Straight into the tables: no rule, no busy time, no e-mail."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from appointments.models import (
    Appointment,
    AppointmentLine,
    BookingSettings,
    Calendar,
    CalendarEvent,
    CalendarSet,
    Customer,
    Service,
    ServiceSet,
)
from appointments.models.appointment import new_key
from core.models import Organization
from scheduling.models import Resource
from tests.factories import make_organization

_numbers = count(1)
# Monday to Friday from nine to five.
OFFICE_HOURS = [{"day": day, "start": "09:00", "end": "17:00", "services": []} for day in range(1, 6)]


def make_group(name: str = "Practice", time_zone: str = "Europe/Paris", **rules) -> Organization:
    """An organization and its booking rules."""
    group = make_organization(name, time_zone=time_zone)
    group.booking_settings = BookingSettings.objects.create(organization=group, **rules)
    return group


def make_calendar(group: Organization, *services: Service, name: str = "", **fields) -> Calendar:
    """Open in office hours, with a resource of its own; it offers these services."""
    name = name or f"Dr Martin {next(_numbers)}"
    defaults: dict = {"opening_hours": OFFICE_HOURS}
    if "resource" not in fields:
        defaults["resource"] = Resource.objects.create(organization=group, kind=Resource.Kind.CALENDAR, name=name)
    calendar = Calendar.objects.create(organization=group, name=name, **{**defaults, **fields})
    calendar.services.set(services)
    return calendar


def make_service(group: Organization, *calendars: Calendar, name: str = "Consultation", **fields) -> Service:
    """Half an hour, offered by these calendars."""
    service = Service.objects.create(organization=group, name=name, **{"length": 30, **fields})
    service.calendars.set(calendars)
    return service


def make_calendar_set(group: Organization, name: str = "Ground floor", **fields) -> CalendarSet:
    return CalendarSet.objects.create(organization=group, name=name, **fields)


def make_service_set(group: Organization, name: str = "First visits", **fields) -> ServiceSet:
    return ServiceSet.objects.create(organization=group, name=name, **fields)


def make_customer(group: Organization, lastname: str = "Durand", firstname: str = "Anne", **fields) -> Customer:
    email = f"customer{next(_numbers)}@example.org"
    return Customer.objects.create(
        organization=group, lastname=lastname, firstname=firstname, **{"email": email, **fields}
    )


def make_appointment(calendar: Calendar, customer: Customer, *services: Service, start=None, **fields) -> Appointment:
    """In an hour, for these services one after another; takes no time of the calendar's resource."""
    start = start or timezone.now() + timedelta(hours=1)
    length = sum(service.length for service in services)
    appointment = Appointment.objects.create(
        organization=calendar.organization,
        calendar=calendar,
        customer=customer,
        start=start,
        end=start + timedelta(minutes=length),
        **{"key": new_key(), **fields},
    )
    AppointmentLine.objects.bulk_create(
        AppointmentLine(appointment=appointment, position=number, service=service, length=service.length)
        for number, service in enumerate(services)
    )
    return appointment


def make_event(calendar: Calendar, start, end, kind: str = "block", **fields) -> CalendarEvent:
    return CalendarEvent.objects.create(
        organization=calendar.organization, calendar=calendar, start=start, end=end, kind=kind, **fields
    )
