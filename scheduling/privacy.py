"""What is kept of people here: students with their duties, resources with their work, contact persons."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy.parts import ANONYMISED, Part, nothing_about, register
from scheduling.models import (
    Absence,
    Close,
    CommunityService,
    Contact,
    ContactGroup,
    ContactPerson,
    Contest,
    CustomFieldDefinition,
    Job,
    JobCategory,
    JobConstraint,
    JobRecurrence,
    JobStatusChange,
    JobType,
    Resource,
    SpecialDay,
    Timetable,
)
from scheduling.models.job_recurrence import JobOccurrence

PERSON = Resource.Kind.PERSON
# Of a job: what it was and when, without whose it was.
JOB = ["id", "organization", "reference", "type", "status", "planned_start_at", "planned_end_at"]
JOB += ["actual_start_at", "actual_end_at", "result"]

# The first blank of each says, by this very word, that the row is done: the purge asks for it.
CLOSES = Part("closes", Close, lambda subject: subject.is_user("user"), blanks={"reason": ANONYMISED})
CONTESTS = Part("contests", Contest, through={"close": CLOSES}, blanks={"text": ANONYMISED, "comment": ""})
SERVICES = Part(
    "community_services",
    CommunityService,
    through={"close": CLOSES},
    blanks={"occupation": ANONYMISED, "make_up_reason": ""},
    hidden=["link_version"],
)
RESOURCES = Part(
    "resources",
    Resource,
    lambda subject: subject.is_user("user") | (subject.has_address("email") & Q(kind=PERSON)),
    email="email",
    names=["name", "email"],
    blanks={"name": ANONYMISED, "registration": "", "email": "", "phone": "", "user": None, "is_archived": True},
)
# A vehicle or a calendar that is reached at his address is no person.
REACHED = Part(
    "resources_reached_at_address",
    Resource,
    lambda subject: subject.has_address("email") & ~Q(kind=PERSON),
    title=_("Vehicles and calendars reached at the address"),
    blanks={"email": "", "phone": ""},
)
ABSENCES = Part("absences", Absence, through={"resource": RESOURCES}, blanks={"note": ""})
WORK = Part(
    "jobs",
    Job,
    through={"resource": RESOURCES},
    blanks={"resources_comment": ""},
    shown=[*JOB, "vehicle", "resources_comment"],
)
STEPS = Part("job_steps", JobStatusChange, through={"job": WORK}, blanks={"comment": ""})
PERSONS = Part(
    "contact_persons",
    ContactPerson,
    lambda subject: subject.has_address("email"),
    email="email",
    names=["name", "email"],
    blanks={"name": ANONYMISED, "email": "", "phone": "", "is_primary": False, "is_archived": True},
)
ORDERS = Part(
    "jobs_for_contact_person",
    Job,
    title=_("Jobs for the contact person"),
    through={"person": PERSONS},
    blanks={"contact_comment": ""},
    shown=[*JOB, "contact", "contact_comment"],
)
register(CLOSES, CONTESTS, SERVICES, RESOURCES, REACHED, ABSENCES, WORK, STEPS, PERSONS, ORDERS)
nothing_about(
    *(Timetable, SpecialDay, ContactGroup, Contact, CustomFieldDefinition),
    *(JobCategory, JobType, JobConstraint, JobRecurrence, JobOccurrence),
)
