"""The wire's objects of reference data, and how each is listed [annex 20; contract 20]."""

from core.api.rows import Blank, Column, Moment, Row
from scheduling.api.jobs.columns import CustomValues, Texts, Uid, Words
from scheduling.api.jobs.filters import AnyOf, AnyWord, Span, YesNo, any_text, any_uid
from scheduling.api.jobs.lists import Listing
from scheduling.models import Contact, CustomFieldDefinition

BY_NAME = {"createdAt": "created_at", "name": "name"}
NAMED = {"id": AnyOf("pk"), "name": any_text("name")}
ARCHIVED = {"isArchived": YesNo("is_archived")}
ACCOUNT_STATUSES = {"normal": Contact.AccountStatus.NORMAL, "contactOnStop": Contact.AccountStatus.ON_STOP}
STATUS_WORDS = tuple((str(value), word) for word, value in ACCOUNT_STATUSES.items())
KINDS = {str(kind): kind for kind in CustomFieldDefinition.Kind}

CONTACT_GROUP = Row(id=Column("id"), name=Column("name"))
CONTACT_GROUPS = Listing(CONTACT_GROUP, BY_NAME, NAMED)

CONTACT = Row(
    id=Column("id"),
    createdAt=Moment("created_at"),
    modifiedAt=Moment("updated_at"),
    reference=Blank("reference"),
    name=Column("name"),
    groupId=Column("group_id"),
    parentId=Column("parent_id"),
    extraInformation=Blank("extra_information"),
    street=Blank("street"),
    town=Blank("town"),
    postalCode=Blank("postal_code"),
    country=Blank("country"),
    location=Row(key="latitude", latitude=Column("latitude"), longitude=Column("longitude")),
    accountStatus=Words("account_status", STATUS_WORDS),
    stopReason=Blank("stop_reason"),
    stoppedAt=Moment("stopped_at"),
    customFields=CustomValues("custom_values"),
    isArchived=Column("is_archived"),
)
CONTACTS = Listing(
    CONTACT,
    {**BY_NAME, "modifiedAt": "updated_at", "reference": "reference"},
    {
        **NAMED,
        "reference": any_text("reference"),
        "groupId": AnyOf("group_id"),
        "parentId": AnyOf("parent_id"),
        "accountStatus": AnyWord("account_status", tuple(ACCOUNT_STATUSES.items())),
        **ARCHIVED,
        "createdAt": Span("created_at"),
        "modifiedAt": Span("updated_at"),
    },
)

PERSON = Row(
    id=Uid("uid"),
    contactId=Column("contact_id"),
    name=Column("name"),
    email=Blank("email"),
    phone=Blank("phone"),
    isPrimary=Column("is_primary"),
    isArchived=Column("is_archived"),
)
PERSONS = Listing(
    PERSON,
    BY_NAME,
    {
        "id": any_uid("uid"),
        "name": any_text("name"),
        "contactId": AnyOf("contact_id"),
        "email": any_text("email"),
        "isPrimary": YesNo("is_primary"),
        **ARCHIVED,
    },
)

RESOURCE = Row(
    id=Column("id"),
    name=Column("name"),
    email=Blank("email"),
    phone=Blank("phone"),
    userId=Column("user_id"),
    isArchived=Column("is_archived"),
)
RESOURCES = Listing(RESOURCE, BY_NAME, {**NAMED, "userId": AnyOf("user_id"), **ARCHIVED})

VEHICLE = Row(
    id=Column("id"),
    registration=Column("registration"),
    name=Column("name"),
    isArchived=Column("is_archived"),
)
VEHICLES = Listing(
    VEHICLE,
    {**BY_NAME, "registration": "registration"},
    {**NAMED, "registration": any_text("registration"), **ARCHIVED},
)


def definition(path: str = "") -> Row:
    return Row(
        id=Column(f"{path}id"),
        name=Column(f"{path}name"),
        kind=Column(f"{path}kind"),
        choices=Texts(f"{path}choices"),
        isRequired=Column(f"{path}is_required"),
    )


DEFINITION = definition()
DEFINITIONS = Listing(DEFINITION, BY_NAME, {**NAMED, "kind": AnyWord("kind", tuple(KINDS.items()))})

# Its customFields are added by complete_job_types.
JOB_TYPE = Row(
    id=Column("id"),
    name=Column("name"),
    description=Blank("description"),
    plannedDuration=Column("planned_duration"),
    categoryId=Column("category_id"),
    isArchived=Column("is_archived"),
    isOrderNumberRequired=Column("is_order_number_required"),
    isTasksEnabled=Column("is_tasks_enabled"),
    positiveResults=Texts("positive_results"),
    negativeResults=Texts("negative_results"),
    autoReferencePrefix=Blank("auto_reference_prefix"),
)
JOB_TYPES = Listing(JOB_TYPE, BY_NAME, {**NAMED, "categoryId": AnyOf("category_id"), **ARCHIVED})
