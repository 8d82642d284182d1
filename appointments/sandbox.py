"""What a new sandbox has of appointments: a calendar that is open on weekdays, with a service and a customer."""

from typing import Any

from appointments.services.calendar_sets import CALENDAR_SETS
from appointments.services.calendars import CALENDARS
from appointments.services.catalogue import SERVICE_SETS, SERVICES
from appointments.services.customers import create_customer
from core.models import Organization
from core.organizations import People, on_sandbox

HOURS = [{"day": day, "start": "08:00", "end": "18:00", "services": []} for day in range(1, 6)]
CUSTOMER = {"firstname": "Camille", "lastname": "Example", "email": "camille@example.invalid"}


@on_sandbox
def fill(sandbox: Organization, people: People) -> None:
    place = CALENDAR_SETS.create(sandbox, {"name": "Example place", "sort": 1})
    values: dict[str, Any] = {"calendarset": place, "name": "Example calendar", "sort": 1, "opening_hours": HOURS}
    calendar = CALENDARS.create(sandbox, values)
    offer = SERVICE_SETS.create(sandbox, {"name": "Examples", "sort": 1})
    values = {"serviceset": offer, "name": "Consultation", "length": 30, "sort": 1, "calendars": [calendar]}
    SERVICES.create(sandbox, values)
    create_customer(sandbox, CUSTOMER)
