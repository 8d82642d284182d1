"""A routine as the wire has it: shown, listed, taken [annex 30; contract 30]."""

from datetime import datetime

from django.db.models import Model, Q

from core.api.columns import made
from core.api.documentation import array_of
from core.api.rows import Blank, Column, Moment, Row
from core.models import User
from interventions.api import fields
from interventions.api.fields import ID, Choice, Ids, RowOf, RowsOf, Text, Truth, Whole, Word, long_text
from interventions.api.forms import Form
from interventions.api.labels import Number, shape_schema
from interventions.api.lists import Listing, ids_of, one_id, search, yes_no
from interventions.api.numbers import CREATION_STATUSES, ROUTINE_TYPES
from interventions.api.outside import IDS, outside
from interventions.models import CompanyContact, Routine
from interventions.rules import MOST_SITES

BASES = {"dueDate": Routine.Base.DUE_DATE, "completion": Routine.Base.COMPLETION}
WORDS = {str(base): word for word, base in BASES.items()}
OUTSIDE = ("siteRuleIds", "ruleIds", "userIds", "contractId")
MOST_DAYS, SHORTEST, LONGEST = 366, 5, 7 * 24 * 60


def is_archived(archived_at: datetime | None) -> bool:
    return archived_at is not None


# Its siteIds are added by the view.
ROUTINE = Row(
    id=Column("id"),
    name=Column("name"),
    description=Blank("description"),
    type=Number("kind", ROUTINE_TYPES),
    autoCreateEnabled=Column("auto_create_enabled"),
    autoAttachEnabled=Column("auto_attach_enabled"),
    siteRuleIds=outside("siteRuleIds", IDS),
    ruleIds=outside("ruleIds", IDS),
    userIds=outside("userIds", IDS),
    assignedCompanyContactId=Column("assigned_company_contact_id"),
    assignedUserId=Column("assigned_user_id"),
    contractId=outside("contractId"),
    rrule=Column("rrule"),
    startAt=Moment("start_at"),
    duration=Column("duration"),
    base=made("base", WORDS.__getitem__, {"type": "string", "enum": list(BASES)}),
    earlyDays=Column("early_days"),
    lateDays=Column("late_days"),
    creationStatus=Number("creation_status", CREATION_STATUSES),
    isArchived=made("archived_at", is_archived, {"type": "boolean"}),
    organizationId=Column("organization_id"),
    archivedAt=Moment("archived_at"),
    updatedAt=Moment("updated_at"),
    createdAt=Moment("created_at"),
)


def at_sites(ids: list[int]) -> Q:
    """Of the routines that visit one of these."""
    through = Routine.sites.through.objects
    return Q(pk__in=through.filter(site_id__in=ids).values("routine_id"))


ROUTINES = Listing(
    ROUTINE,
    {"name": "name", "id": "pk", "startAt": "start_at", "createdAt": "created_at"},
    "name",
    {
        "siteIds": ids_of(at_sites, "Visits one of these."),
        "assignedUserId": one_id("assigned_user_id"),
        "assignedCompanyContactId": one_id("assigned_company_contact_id"),
        "autoCreateEnabled": yes_no(lambda: Q(auto_create_enabled=True)),
        "isArchived": yes_no(lambda: Q(archived_at__isnull=False), "All without it."),
        "q": search("name", "description"),
    },
)


def contacts(view):
    return view.in_organizations(CompanyContact.objects.all())


def people(view):
    return User.objects.members_of(view.organization_id)


ROUTINE_FORM = Form(
    {
        "name": Text(is_filled=True),
        "description": long_text(),
        "rrule": Text(500, is_filled=True),
        "startAt": fields.Moment("start_at"),
        "duration": Whole(low=SHORTEST, high=LONGEST),
        "base": Choice(BASES),
        "earlyDays": Whole("early_days", low=0, high=MOST_DAYS),
        "lateDays": Whole("late_days", low=0, high=MOST_DAYS),
        "autoCreateEnabled": Truth("auto_create_enabled"),
        "autoAttachEnabled": Truth("auto_attach_enabled"),
        "creationStatus": Word(CREATION_STATUSES, "creation_status"),
        "siteIds": RowsOf(lambda view: view.sites(), "sites", most=MOST_SITES),
        "assignedCompanyContactId": RowOf(contacts, "assigned_company_contact"),
        "assignedUserId": RowOf(people, "assigned_user"),
        "siteRuleIds": Ids(),
        "ruleIds": Ids(),
        "userIds": Ids(),
        "contractId": Whole(),
        "isArchived": Truth("is_archived"),
    },
    ("name", "rrule"),
)


def schema(model: type[Model]) -> dict:
    found = shape_schema(ROUTINE, model)
    found["properties"]["siteIds"] = array_of(ID)
    return {**found, "required": [*found["required"], "siteIds"]}
