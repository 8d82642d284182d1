"""Sites, company contacts and routines in OpenAPI."""

from core.api.documentation import CREATE, LIST, MERGE, SINGLE, Documentation, ref
from interventions.api import reference_shapes as shapes
from interventions.api import routine_shapes
from interventions.api.documentation import (
    ONE,
    data_of,
    document,
    listing_parameters,
    operation,
    page_example,
)
from interventions.api.forms import Form
from interventions.api.labels import shape_schema
from interventions.api.lists import Listing
from interventions.models import CompanyContact, Routine, Site

KEPT = "What is absent or null is kept."
MOMENT = "2026-11-23T09:00:00.000Z"
SITE = {"id": 1, "name": "École Pasteur", "address": "3 rue du Port, Marseille", "timezone": None, "isArchived": False}
CONTACT = {
    "id": 7,
    "name": "Lift Doctor",
    "companyName": "Lifts & Co",
    "firstName": "Jean",
    "lastName": "Petit",
    "email": "jean@example.org",
    "phone": "+33 4 91 00 00 00",
    "isArchived": False,
}
ROUTINE = {
    "id": 3,
    "name": "Lift check",
    "description": None,
    "type": 1,
    "autoCreateEnabled": True,
    "autoAttachEnabled": False,
    "siteIds": [1],
    "siteRuleIds": [],
    "ruleIds": [],
    "userIds": [],
    "assignedCompanyContactId": 7,
    "assignedUserId": None,
    "contractId": None,
    "rrule": "FREQ=MONTHLY;INTERVAL=1",
    "startAt": MOMENT,
    "duration": 60,
    "base": "dueDate",
    "earlyDays": 0,
    "lateDays": 7,
    "creationStatus": 1,
    "isArchived": False,
    "organizationId": 1,
    "archivedAt": None,
    "updatedAt": MOMENT,
    "createdAt": MOMENT,
}


def described(
    name: str, words: str, schema: dict, listing: Listing, form: Form, example: dict, taken: tuple[str, ...], about: str
) -> Documentation:
    """A resource of single rows: `name` as in the operations' ids, `words` for people, `taken`: of the example, what a
    body shows."""
    answer, answered = data_of(ref(name)), {"data": example}
    parameters = listing_parameters(f"{name}s", listing)
    body = {key: example[key] for key in taken}
    return document(
        {
            "list": operation(
                f"list{name}s", f"List {words}s", LIST, ref(name),
                parameters=tuple(parameters), example=page_example(example),
            ),
            "retrieve": operation(f"get{name}", f"Read a {words}", SINGLE, answer, values=ONE, example=answered),
            "create": operation(
                f"create{name}", f"Create a {words}", CREATE, answer,
                description=about, body=ref(f"{name}Form"), body_example=body, example=answered,
            ),
            "update": operation(
                f"update{name}", f"Change a {words}", MERGE, answer, values=ONE,
                description=KEPT, body=ref(f"{name}Changes"), body_example=body, example=answered,
            ),
        },
        {name: schema, f"{name}Form": form.schema(is_new=True), f"{name}Changes": form.schema()},
        parameters,
    )  # fmt: skip


SITES = described(
    *("Site", "site", shape_schema(shapes.SITE, Site), shapes.SITES, shapes.SITE_FORM, SITE),
    ("name", "address"),
    "A place whose safety register is kept. `timezone`: the organization's where there is none.",
)
CONTACTS = described(
    *("CompanyContact", "company contact", shape_schema(shapes.CONTACT, CompanyContact), shapes.CONTACTS),
    *(shapes.CONTACT_FORM, CONTACT),
    ("name", "companyName", "firstName", "lastName", "email", "phone"),
    "Somebody at an outside company who makes visits. Without a `name` it is called by the person's or the company's.",
)
ROUTINES = described(
    *("PreventiveRoutine", "preventive routine", routine_shapes.schema(Routine), routine_shapes.ROUTINES),
    *(routine_shapes.ROUTINE_FORM, ROUTINE),
    ("name", "rrule", "startAt", "autoCreateEnabled", "siteIds", "assignedCompanyContactId"),
    "`rrule` is RFC 5545's, on the organization's clock from `startAt` on. With `autoCreateEnabled` the visits of the "
    "next 60 days are made as they come, each once. `base`: the next one is counted from the rule's days, or from the "
    "last visit's completion; it may be `earlyDays` early and `lateDays` late, and is kept as missed then.",
)
