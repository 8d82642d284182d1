"""A dispatcher's small office for the tests of the back office of jobs: Paris, on its own clock."""

from datetime import datetime

from core.models import Role
from scheduling.models import Job, Resource, SchedulingSettings
from scheduling.services.absences import create_absence
from scheduling.services.job_planning import schedule_job
from tests.back_office import browser, organization, person
from tests.job_factories import make_contact, make_contact_person, make_job, make_job_type, make_resource


class Office:
    """mara is its advanced staff; Ann works there; no vehicle, so that jobs need none."""

    def __init__(self, name: str = "Paris", login: str = "mara", **values):
        self.place = organization(name, **values)
        self.mara = person(login, Role.ADVANCED_STAFF, self.place)
        self.client = browser(self.mara)
        self.ann = make_resource(self.place, "Ann", email="ann@example.org")
        self.contact = make_contact(self.place, f"Bakery of {name}")
        self.person = make_contact_person(self.contact, is_primary=True)
        self.type = make_job_type(self.place, name=f"Boiler of {name}")

    def job(self, **fields) -> Job:
        return make_job(self.place, **{"type": self.type, "contact": self.contact, **fields})

    def at(self, text: str) -> datetime:
        """ "2026-11-24 10:00" on the office's clock."""
        return datetime.fromisoformat(text).replace(tzinfo=self.place.zone)

    def planned(self, start: str, resource: Resource | None = None, vehicle: Resource | None = None, **fields) -> Job:
        """A job at this local time, with Ann."""
        who = resource or self.ann
        return schedule_job(self.job(**fields).pk, resource=who, vehicle=vehicle, planned_start_at=self.at(start))

    def absence(self, start: str, end: str, resource: Resource | None = None, note: str = "Holiday"):
        values = {"resource": resource or self.ann, "start": self.at(start), "end": self.at(end), "note": note}
        return create_absence(self.place, values)

    def forbid_overlaps(self) -> None:
        SchedulingSettings.objects.update_or_create(organization=self.place, defaults={"forbids_job_overlaps": True})
