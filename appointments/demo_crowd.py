"""Months of a practice's past, for a look at long lists. Written in bulk: no history, no e-mails."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from random import Random

from appointments.models import Appointment, AppointmentLine, Calendar, Customer, Service
from appointments.models.appointment import new_key
from core.models import Organization
from core.zones import local_moment
from scheduling.models import BusyInterval

CUSTOMERS, APPOINTMENTS = 500, 3000
HOURS = (9, 10, 11, 14, 15, 16)
BATCH = 500
State = Appointment.State


def fill(organization: Organization) -> None:
    """Up to 500 customers and 3,000 appointments, before this week; nothing where there are as many."""
    # The same rows on every installation.
    random = Random(42)  # noqa: S311
    customers = _fill_customers(organization)
    missing = APPOINTMENTS - Appointment.objects.filter(organization=organization).count()
    if missing <= 0:
        return
    services = _services(organization)
    made = list(_appointments(organization, customers, services, missing, random))
    Appointment.objects.bulk_create(made, BATCH)
    lines = (_line(one, services[one.calendar_id]) for one in made)
    AppointmentLine.objects.bulk_create(lines, BATCH)
    BusyInterval.objects.bulk_create(map(_taken, made), BATCH)


def _fill_customers(organization: Organization) -> list[Customer]:
    there = Customer.objects.filter(organization=organization).count()
    new = (_customer(organization, number) for number in range(there, CUSTOMERS))
    Customer.objects.bulk_create(new, BATCH)
    return list(Customer.objects.alive().filter(organization=organization).order_by("pk"))


def _customer(organization: Organization, number: int) -> Customer:
    email = f"customer-{number}@customers.example.org"
    return Customer(organization=organization, firstname="Customer", lastname=str(number), email=email)


def _services(organization: Organization) -> dict[int, Service]:
    """The calendar's id → a short service that it offers."""
    rows = Service.objects.alive().filter(organization=organization, buffer_before=0, buffer_after=0, length__lte=60)
    links = rows.order_by("sort", "pk").values_list("calendars", "pk")
    found = rows.in_bulk()
    return {calendar: found[pk] for calendar, pk in reversed(list(links)) if calendar}


def _appointments(
    organization: Organization, customers: list[Customer], services: dict[int, Service], missing: int, random: Random
) -> Iterator[Appointment]:
    """Hour by hour, day by day backwards from last week."""
    calendars = list(Calendar.objects.alive().filter(organization=organization, pk__in=services).order_by("pk"))
    today = organization.local_date()
    day = today - timedelta(days=today.weekday() + 1)
    while missing > 0 and calendars:
        day -= timedelta(days=1)
        for calendar in calendars if day.weekday() < 5 else []:
            for hour in HOURS:
                if missing > 0 and random.random() < 0.7:
                    missing -= 1
                    yield _appointment(calendar, services[calendar.pk], random.choice(customers), day, hour, random)


def _appointment(
    calendar: Calendar, service: Service, customer: Customer, day: date, hour: int, random: Random
) -> Appointment:
    start = local_moment(day, time(hour), calendar.zone)
    return Appointment(
        organization=calendar.organization,
        calendar=calendar,
        customer=customer,
        start=start,
        end=start + timedelta(minutes=service.length),
        state=State.NOT_CAME if random.random() < 0.08 else State.CAME,
        key=new_key(),
    )


def _line(appointment: Appointment, service: Service) -> AppointmentLine:
    return AppointmentLine(appointment=appointment, position=0, service=service, length=service.length)


def _taken(appointment: Appointment) -> BusyInterval:
    return BusyInterval(
        organization_id=appointment.organization_id,
        resource_id=appointment.calendar.resource_id,
        start=appointment.start,
        end=appointment.end,
        kind=BusyInterval.Kind.APPOINTMENT,
        source_id=appointment.pk,
        is_hard=True,
    )
