"""What is kept of people here: students with their duties, resources with their work, contact persons."""

from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy.parts import ANONYMISED, Part, nothing_about, register
from core.privacy.subject import NOBODY, Subject
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


def _is_customer(subject: Subject) -> Q:
    """Who is the customer himself, and no company's: the contact and its contact person have one name."""
    mine = PERSONS.find(subject) | Q(pk__in=subject.rows.get(ContactPerson, ()))
    persons = ContactPerson.objects.filter(mine).values_list("contact", "name")
    return reduce(or_, (Q(id=contact, name__iexact=name) for contact, name in persons), NOBODY)


CONTACTS = Part(
    "contacts",
    Contact,
    _is_customer,
    is_somebody=True,
    names=["name"],
    blanks={
        "name": ANONYMISED,
        "reference": "",
        "extra_information": "",
        "stop_reason": "",
        "custom_values": {},
        **dict.fromkeys(("street", "town", "postal_code", "country"), ""),
        **dict.fromkeys(("latitude", "longitude")),
        "is_archived": True,
    },
)
ORDERS = Part(
    "jobs_for_contact_person",
    Job,
    title=_("Jobs for the contact person"),
    through={"person": PERSONS, "contact": CONTACTS, "site_contact": CONTACTS},
    blanks={"contact_comment": ""},
    shown=[*JOB, "contact", "contact_comment"],
)
register(CLOSES, CONTESTS, SERVICES, RESOURCES, REACHED, ABSENCES, WORK, STEPS, PERSONS, CONTACTS, ORDERS)
nothing_about(
    *(Timetable, SpecialDay, ContactGroup, CustomFieldDefinition),
    *(JobCategory, JobType, JobConstraint, JobRecurrence, JobOccurrence),
)
