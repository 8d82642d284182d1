"""The demo's jobs: what they are made of, one in every state this week, a conflict, an absence, a recurrence."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from core.demo import Demo, DemoPart, Sample, register
from core.zones import local_moment
from scheduling.job_rules import CustomValue
from scheduling.models import (
    Contact,
    CustomFieldDefinition,
    Hours,
    Job,
    JobConstraint,
    JobStatus,
    JobType,
    Resource,
    SchedulingSettings,
)
from scheduling.services import contacts, custom_fields, job_types, resources
from scheduling.services.absences import create_absence
from scheduling.services.job_constraints import add_constraint
from scheduling.services.job_occurrences import make_of
from scheduling.services.job_planning import schedule_job
from scheduling.services.job_recurrences import create_recurrence
from scheduling.services.job_states import Action, cancel_job, change_status, set_result
from scheduling.services.jobs import create_job
from scheduling.services.timetables import Part, create_timetable

A, S = Action, JobStatus
Kinds, Resources = CustomFieldDefinition.Kind, Resource.Kind
# How a planned job comes into each state.
STEPS: dict[JobStatus, list[Action]] = {
    S.SCHEDULED: [],
    S.UNSCHEDULED: [],
    S.SENT: [A.SEND],
    S.READ: [A.SEND, A.READ],
    S.ACCEPTED: [A.SEND, A.READ, A.ACCEPT],
    S.REFUSED: [A.SEND, A.READ, A.REFUSE],
    S.ON_THE_WAY: [A.SEND, A.ACCEPT, A.ON_THE_WAY],
    S.STARTED: [A.SEND, A.ACCEPT, A.START],
    S.SUSPENDED: [A.SEND, A.ACCEPT, A.START, A.SUSPEND],
    S.COMPLETED_OK: [A.SEND, A.ACCEPT, A.START],
    S.COMPLETED_WITH_ISSUES: [A.SEND, A.START],
    S.CANCELLED: [],
}
RESULTS = {S.COMPLETED_OK: "Repaired", S.COMPLETED_WITH_ISSUES: "Nobody there"}
COMMENTS = {A.REFUSE: "I am off that day", A.SUSPEND: "Waiting for a spare part", A.START: "At the back door"}


@dataclass(frozen=True)
class Planned:
    """A job of the demo: its state, and when (days from Monday, local hour) it is done by whom and for whom."""

    status: JobStatus
    day: int
    hour: int
    crew: str
    contact: str
    type: str
    description: str


WEEK = (
    Planned(S.COMPLETED_OK, 0, 8, "north", "school", "boiler", "Yearly service of both boilers"),
    Planned(S.COMPLETED_WITH_ISSUES, 0, 10, "south", "bakery", "repair", "The oven's extractor is loud"),
    Planned(S.CANCELLED, 0, 14, "julie", "library", "inspection", "Fire doors on the first floor"),
    Planned(S.STARTED, 1, 9, "north", "library", "repair", "Water under the radiator of the reading room"),
    Planned(S.SUSPENDED, 1, 9, "south", "school", "repair", "The bell of the gym stays silent"),
    Planned(S.ON_THE_WAY, 1, 13, "julie", "bakery", "inspection", "Electricity of the counter"),
    Planned(S.ACCEPTED, 2, 8, "north", "bakery", "boiler", "Service before the winter"),
    Planned(S.READ, 2, 10, "julie", "school", "inspection", "Ladders and scaffolds"),
    Planned(S.SENT, 2, 14, "north", "school", "repair", "A tap drips in the kitchen"),
    Planned(S.REFUSED, 3, 9, "south", "library", "repair", "The lift's door closes too fast"),
    Planned(S.SCHEDULED, 3, 9, "north", "library", "boiler", "Service, the key is at the desk"),
    # At the same time as the one before.
    Planned(S.SCHEDULED, 3, 10, "north", "bakery", "inspection", "Gas pipes of the bakehouse"),
    Planned(S.SCHEDULED, 4, 8, "julie", "school", "repair", "Three lamps in the stairs"),
    Planned(S.UNSCHEDULED, 4, 13, "south", "bakery", "repair", "A new lock for the cellar"),
)
TO_PLAN = (("school", "repair", "A window does not close"), ("library", "inspection", "Smoke detectors"))


def fill(demo: Demo, large: bool) -> None:
    if Job.objects.filter(organization=demo.organization).exists():
        return
    SchedulingSettings.objects.get(organization=demo.organization).changed(country="FR").save()
    demo.organization.refresh_from_db()
    Week(demo).fill()


def sample(demo: Demo) -> Sample:
    """A job as the README's quick start has it."""
    here = {"organization": demo.organization, "is_archived": False}
    job_type = JobType.objects.filter(**here, is_order_number_required=False).order_by("pk").first()
    contact = Contact.objects.filter(**here, account_status=Contact.AccountStatus.NORMAL).order_by("pk").first()
    if job_type is None or contact is None:
        job_type, contact = Week(demo).first_things()
    values = {
        "typeId": job_type.pk,
        "contactId": contact.pk,
        "description": "The oven stays cold",
        "orderNumber": "PO-1",
    }
    return Sample("/v1/jobs", values, {"Customer-Id": str(demo.organization.pk)})


class Week:
    """Makes it all through the services, as people would; what is made is kept by short names."""

    def __init__(self, demo: Demo):
        self.demo, self.place = demo, demo.organization
        today = self.place.local_date()
        self.monday = today - timedelta(days=today.weekday())
        self.types: dict[str, JobType] = {}
        self.contacts: dict[str, Contact] = {}
        self.crews: dict[str, Resource] = {}
        self.vans: dict[str, Resource] = {}

    def fill(self) -> None:
        self.make_types()
        self.make_contacts()
        self.make_resources()
        for planned in WEEK:
            self.make_job(planned)
        for contact, kind, description in TO_PLAN:
            self.new_job(contact, kind, description)
        self.make_absence()
        self.make_recurrence()

    def first_things(self) -> tuple[JobType, Contact]:
        """Where the jobs were emptied since."""
        self.make_types()
        self.make_contacts()
        return self.types["boiler"], self.contacts["school"]

    def at(self, day: int, hour: int) -> datetime:
        return local_moment(self.monday + timedelta(days=day), time(hour), self.place.zone)

    # -- what jobs are made of ------------------------------------------------------------------------------

    def make_types(self) -> None:
        self.fields = [self.field(name, kind, *choices) for name, kind, *choices in FIELDS]
        maintenance = job_types.CATEGORIES.create(self.place, {"name": "Maintenance"})
        common = {
            "positive_results": ["Repaired", "Nothing to do"],
            "negative_results": ["Nobody there", "Parts missing"],
        }
        for key, values in TYPES.items():
            wanted = self.fields if key == "boiler" else self.fields[:1]
            more = {"category": maintenance, "custom_field_definitions": wanted}
            self.types[key] = job_types.TYPES.create(self.place, {**common, **values, **more})

    def field(self, name: str, kind: str, *choices: str) -> CustomFieldDefinition:
        values: dict[str, Any] = {"name": name, "kind": kind, "choices": list(choices)}
        return custom_fields.DEFINITIONS.create(self.place, values)

    def make_contacts(self) -> None:
        group = contacts.GROUPS.create(self.place, {"name": "Public buildings"})
        for key, (values, person) in CONTACTS.items():
            contact = contacts.CONTACTS.create(self.place, {**values, "group": group, "country": "France"})
            contacts.PERSONS.create(self.place, {"contact": contact, "name": person, "phone": "+33 1 40 00 00 00"})
            self.contacts[key] = contact
        contacts.stop_contact(self.contacts["hotel"].pk, reason="Two bills are unpaid")

    def make_resources(self) -> None:
        hours = [Part(Hours, {"weekday": day, "start": time(8), "end": time(18)}) for day in list(Hours.Weekday)[:5]]
        timetable = create_timetable(self.place, {"name": "Weekdays", "country": "FR"}, hours)
        julie = {"name": self.demo.people["basic_staff_2"].full_name, "user": self.demo.people["basic_staff_2"]}
        crews: dict[str, dict[str, Any]] = {
            "north": {"name": "Crew North"},
            "south": {"name": "Crew South"},
            "julie": julie,
        }
        for key, values in crews.items():
            values |= {"kind": Resources.PERSON, "timetable": timetable, "email": f"{key}@crews.example.org"}
            self.crews[key] = resources.RESOURCES.create(self.place, values)
            van = {"kind": Resources.VEHICLE, "registration": f"{key[:2].upper()}-123-VN", "name": f"Van {key.title()}"}
            self.vans[key] = resources.RESOURCES.create(self.place, van)

    # -- jobs -------------------------------------------------------------------------------------------------

    def new_job(self, contact: str, kind: str, description: str) -> Job:
        values: dict[str, Any] = {
            "type": self.types[kind],
            "contact": self.contacts[contact],
            "description": description,
        }
        if values["type"].is_order_number_required:
            values["order_number"] = "PO-2041"
        if kind == "boiler":
            values["custom_fields"] = [
                CustomValue(field.pk, text) for field, text in zip(self.fields, FIELD_VALUES, strict=True)
            ]
        return create_job(self.place, values)

    def make_job(self, planned: Planned) -> None:
        job = self.new_job(planned.contact, planned.type, planned.description)
        start = self.at(planned.day, planned.hour)
        schedule_job(job.pk, resource=self.crews[planned.crew], vehicle=self.vans[planned.crew], planned_start_at=start)
        for action in STEPS[planned.status]:
            change_status(job.pk, action, comment=COMMENTS.get(action, ""), moment=min(start, timezone.now()))
        self.end(job, planned.status, start)

    def end(self, job: Job, status: JobStatus, start: datetime) -> None:
        if status in RESULTS:
            moment = min(start + timedelta(minutes=40), timezone.now())
            set_result(job.pk, status, result=RESULTS[status], moment=moment)
        if status == S.CANCELLED:
            cancel_job(job.pk, "The customer found somebody else")
        if status == S.UNSCHEDULED:
            schedule_job(job.pk, resource=None, vehicle=None, planned_start_at=start)
            add_constraint(job.pk, JobConstraint.Type.MUST_COMPLETE_BEFORE, constraint_at=self.at(4, 18))

    def make_absence(self) -> None:
        times = {"start": self.at(3, 8), "end": self.at(5, 0)}
        create_absence(self.place, {"resource": self.crews["south"], "note": "Training", **times})

    def make_recurrence(self) -> None:
        recurrence = create_recurrence(
            self.place,
            {
                "name": "Filters of the bakery",
                "type": self.types["inspection"],
                "contact": self.contacts["bakery"],
                "resource": self.crews["julie"],
                "vehicle": self.vans["julie"],
                "description": "Clean the filters",
                "start_at": self.at(7, 9),
                "rrule": "FREQ=WEEKLY;BYDAY=MO,TH",
                "exdates": [self.day(10).isoformat()],
                "days_ahead": 21,
                "on_conflict": "skip",
            },
        )
        make_of(recurrence.pk, timezone.now())

    def day(self, number: int) -> date:
        return self.monday + timedelta(days=number)


FIELDS = (
    ("Access code", Kinds.TEXT),
    ("Floor", Kinds.NUMBER),
    ("Last inspection", Kinds.DATE),
    ("Key handed over", Kinds.BOOLEAN),
    ("Heating", Kinds.CHOICE, "Gas", "Oil", "Heat pump"),
)
FIELD_VALUES = ("4711", "2", "2025-10-01", "true", "Gas")
TYPES: dict[str, dict[str, Any]] = {
    "boiler": {"name": "Boiler service", "planned_duration": 90, "auto_reference_prefix": "BS"},
    "repair": {"name": "Repair", "planned_duration": 120, "is_order_number_required": True},
    "inspection": {"name": "Inspection", "planned_duration": 60, "auto_reference_prefix": "IN"},
}
PARIS = {"town": "Paris"}
CONTACTS: dict[str, tuple[dict[str, Any], str]] = {
    "school": (
        {**PARIS, "name": "Lycée Voltaire", "reference": "C-001", "street": "101 avenue de la République",
         "postal_code": "75011", "latitude": 48.8635, "longitude": 2.3844},
        "Ada Martin",
    ),
    "bakery": (
        {**PARIS, "name": "Boulangerie Dupont", "reference": "C-002", "street": "12 rue Oberkampf",
         "postal_code": "75011", "latitude": 48.8642, "longitude": 2.3690},
        "Marie Dupont",
    ),
    "library": (
        {**PARIS, "name": "Médiathèque Marguerite Duras", "reference": "C-003", "street": "115 rue de Bagnolet",
         "postal_code": "75020", "latitude": 48.8610, "longitude": 2.4040},
        "Hugo Leroy",
    ),
    "hotel": (
        {**PARIS, "name": "Hôtel du Canal", "reference": "C-004", "street": "5 quai de Valmy",
         "postal_code": "75010", "latitude": 48.8690, "longitude": 2.3670},
        "Paul Roux",
    ),
}  # fmt: skip


register(DemoPart(fill, sample))
