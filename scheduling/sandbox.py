"""What a new sandbox has of closes and jobs: enough for a first call of each kind."""

from datetime import time
from typing import Any

from core.models import Organization
from core.organizations import People, on_sandbox
from scheduling.models import Close, Hours, Resource
from scheduling.services import contacts, job_types, resources
from scheduling.services.closes import create_close
from scheduling.services.timetables import Part, create_timetable

TYPE = {
    "name": "Repair",
    "planned_duration": 60,
    "positive_results": ["Repaired"],
    "negative_results": ["Nobody there"],
}
CONTACT = {"name": "Example & Sons", "reference": "C-001", "street": "1 Example Street", "postal_code": "00000"}


@on_sandbox
def fill_closes(sandbox: Organization, people: People) -> None:
    values = {"user": people["student"], "closer": people["staff"], "kind": Close.Kind.OTHER}
    create_close(sandbox, {**values, "reason": "An example"})


@on_sandbox
def fill_jobs(sandbox: Organization, people: People) -> None:
    job_types.TYPES.create(sandbox, {**TYPE, "category": job_types.CATEGORIES.create(sandbox, {"name": "Maintenance"})})
    contact = contacts.CONTACTS.create(sandbox, {**CONTACT, "town": "Exampleton"})
    contacts.PERSONS.create(sandbox, {"contact": contact, "name": "Dominique Example"})
    hours = [Part(Hours, {"weekday": day, "start": time(8), "end": time(18)}) for day in list(Hours.Weekday)[:5]]
    staff = people["staff"]
    crew: dict[str, Any] = {"kind": Resource.Kind.PERSON, "name": staff.full_name, "user": staff, "email": staff.email}
    crew["timetable"] = create_timetable(sandbox, {"name": "Weekdays"}, hours)
    resources.RESOURCES.create(sandbox, crew)
    van = {"kind": Resource.Kind.VEHICLE, "name": "Example van", "registration": "EX-001-PL"}
    resources.RESOURCES.create(sandbox, van)
