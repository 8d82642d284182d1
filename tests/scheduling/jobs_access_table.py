"""Who may do what under /v1: every endpoint by every kind of caller → status and body [contracts 00 and 20].

`{contact}`, `{person}` and so on stand for rows of the first organization, as test_jobs_access.py makes them.
"""

from dataclasses import dataclass

from scheduling.api.jobs.errors import camel


@dataclass(frozen=True)
class Expected:
    """`one`: the keys of the object; `items`: those of each item of the page, of which there are some unless it is [].

    `errors`: the errors of a 422 as a whole; `detail`: that of a problem.
    """

    status: int
    one: list[str] | None = None
    items: list[str] | None = None
    errors: dict | None = None
    detail: str | None = None


GROUP_KEYS = ["id", "name"]
CONTACT_KEYS = [
    *("id", "createdAt", "modifiedAt", "reference", "name", "groupId", "parentId", "extraInformation", "street"),
    *("town", "postalCode", "country", "location", "accountStatus", "stopReason", "stoppedAt", "customFields"),
    "isArchived",
]
PERSON_KEYS = ["id", "contactId", "name", "email", "phone", "isPrimary", "isArchived"]
RESOURCE_KEYS = ["id", "name", "email", "phone", "userId", "isArchived"]
VEHICLE_KEYS = ["id", "registration", "name", "isArchived"]
DEFINITION_KEYS = ["id", "name", "kind", "choices", "isRequired"]
TYPE_KEYS = [
    *("id", "name", "description", "plannedDuration", "categoryId", "isArchived", "isOrderNumberRequired"),
    *("isTasksEnabled", "positiveResults", "negativeResults", "autoReferencePrefix", "customFieldDefinitionIds"),
    "customFields",
]

JOB_KEYS = [
    *("id", "uid", "typeId", "typeName", "contactId", "contactName", "contactAddress", "contactLocation", "status"),
    *("statusModifiedAt", "plannedDuration", "dueAt", "reference", "description", "createdAt", "orderNumber"),
    *("personId", "personName", "isConfirmed", "categoryId", "categoryName", "resourceId", "resourceName"),
    *("vehicleId", "vehicleRegistration", "plannedStartAt", "plannedEndAt", "actualStartAt", "actualEndAt"),
    *("actualDuration", "internalComment", "resourcesComment", "contactComment", "result", "siteContactId"),
    *("siteContactIds", "isReferenceDuplicate", "conflicts", "customFields"),
]
CHANGE_KEYS = ["id", "status", "createdAt", "comment"]
CONSTRAINT_KEYS = ["id", "createdAt", "type", "status", "constraintAt", "entityId", "entityName"]

NO_TOKEN = Expected(401, detail="The request carries no access token")
WRONG_SCOPE = Expected(403, detail="Insufficient scope")
NO_CUSTOMER = Expected(400, detail="The header Customer-Id is missing")
FOREIGN_CUSTOMER = Expected(403, detail="This customer is not granted to you")
REFUSED = Expected(403, detail="You are not authorized to access this page.")
ABSENT = Expected(404, detail="Not found")
DONE = Expected(204)
MADE = Expected(201, one=["id"])
EMPTY = Expected(200, items=[])


def unknown(*names: str) -> Expected:
    """What an id that never existed gets in a body."""
    return Expected(422, errors={name: ["must exist"] for name in names})


# In this order: an application without any role; a person of each role; staff of another organization, as a person and
# as an application that name their own organization.
COLUMNS = ("application", "student", "basic staff", "advanced staff", "other organization")


def many(keys: list[str]) -> tuple[Expected, ...]:
    page = Expected(200, items=keys)
    return (page, REFUSED, page, page, EMPTY)


def one(keys: list[str]) -> tuple[Expected, ...]:
    row = Expected(200, one=keys)
    return (row, REFUSED, row, row, ABSENT)


def reference_create(elsewhere: Expected = MADE) -> tuple[Expected, ...]:
    return (MADE, REFUSED, REFUSED, MADE, elsewhere)


def staff_create(elsewhere: Expected = MADE) -> tuple[Expected, ...]:
    return (MADE, REFUSED, MADE, MADE, elsewhere)


REFERENCE_CHANGE = (DONE, REFUSED, REFUSED, DONE, ABSENT)
STAFF_CHANGE = (DONE, REFUSED, DONE, DONE, ABSENT)


def reference(path: str, row: str, keys: list[str], new: dict, elsewhere: Expected = MADE) -> list[tuple]:
    """The four endpoints that all reference data have; `row` is the world's name of one."""
    address, name = f"{path}/{{{row}}}", f"jobs-{path}"
    return [
        ("GET", name, path, None, many(keys)),
        ("POST", name, path, new, reference_create(elsewhere)),
        ("GET", f"{name}-one", address, None, one(keys)),
        ("PATCH", f"{name}-one", address, {"name": "Another name"}, REFERENCE_CHANGE),
    ]


# method, route, path, body, what each column gets
REFERENCE = [
    *reference(
        "jobTypes", "type", TYPE_KEYS,
        {"name": "Repair", "customFieldDefinitionIds": ["{definition}"]}, unknown("customFieldDefinitionIds[0]"),
    ),
    *reference(
        "contacts", "contact", CONTACT_KEYS, {"name": "Shop", "parentId": "{contact}"}, unknown("parentId")
    ),
    ("PUT", "jobs-contacts-stop", "contacts/{contact}/stop", {"stopReason": "Unpaid"}, REFERENCE_CHANGE),
    ("PUT", "jobs-contacts-unstop", "contacts/{contact}/unstop", None, REFERENCE_CHANGE),
    *reference("contactGroups", "group", GROUP_KEYS, {"name": "Bakeries"}),
    *reference(
        "persons", "person", PERSON_KEYS, {"name": "Ada", "contactId": "{contact}"}, unknown("contactId")
    ),
    *reference("resources", "resource", RESOURCE_KEYS, {"name": "Crew", "userId": "{member}"}, unknown("userId")),
    *reference("vehicles", "vehicle", VEHICLE_KEYS, {"registration": "EF-456-GH"}),
    *reference("customFieldDefinitions", "definition", DEFINITION_KEYS, {"name": "Floor", "kind": "number"}),
]  # fmt: skip
# Each step of a job with a job of the world that may take it.
STEPS = {
    "schedule": "job", "send": "scheduled_job", "read": "sent_job", "accept": "sent_job", "refuse": "sent_job",
    "on_the_way": "sent_job", "start": "sent_job", "suspend": "started_job", "resume": "suspended_job",
    "result": "started_job", "cancel": "job",
}  # fmt: skip
OF_STEPS = {
    "schedule": {"resourceId": "{resource}", "plannedStartAt": "2026-11-23T09:00:00Z"},
    "result": {"status": "completedOk"},
}
OF_JOB = Expected(200, items=CHANGE_KEYS)
CONSTRAINTS_OF_JOB = Expected(200, items=CONSTRAINT_KEYS)
JOBS = [
    ("GET", "jobs-jobs", "jobs?id={job}", None, many(JOB_KEYS)),
    (
        *("POST", "jobs-jobs", "jobs", {"typeId": "{type}", "contactId": "{contact}"}),
        staff_create(unknown("typeId", "contactId")),
    ),
    (
        *("PATCH", "jobs-jobs", "jobs", [{"id": "{job}", "description": "Ring twice"}]),
        (DONE, REFUSED, DONE, DONE, unknown("[0].id")),
    ),
    ("GET", "jobs-job", "jobs/{job}", None, one(JOB_KEYS)),
    ("PATCH", "jobs-job", "jobs/{job}", {"description": "Ring twice"}, STAFF_CHANGE),
    *(
        ("PUT", f"jobs-job-{step}", f"jobs/{{{job}}}/{camel(step)}", OF_STEPS.get(step), STAFF_CHANGE)
        for step, job in STEPS.items()
    ),
    *(
        ("GET", f"jobs-status-history{suffix}", f"jobs/{{job}}/{path}", None, (OF_JOB, REFUSED, OF_JOB, OF_JOB, ABSENT))
        for suffix, path in (("", "statusHistory"), ("-by-words", "status/history"))
    ),
    (
        *("GET", "jobs-constraints", "jobs/{job}/constraints", None),
        (CONSTRAINTS_OF_JOB, REFUSED, CONSTRAINTS_OF_JOB, CONSTRAINTS_OF_JOB, ABSENT),
    ),
    (
        *("POST", "jobs-constraints", "jobs/{job}/constraints", {"type": "jobResource", "entityId": "{resource}"}),
        staff_create(ABSENT),
    ),
    ("DELETE", "jobs-constraint", "jobs/{job}/constraints/{constraint}", None, STAFF_CHANGE),
]
RECURRENCE_KEYS = [
    *("id", "createdAt", "modifiedAt", "name", "typeId", "contactId", "siteContactId", "personId", "categoryId"),
    *("description", "orderNumber", "plannedDuration", "customFields", "resourceId", "vehicleId", "startAt", "rrule"),
    *("exdates", "isSkippingHolidays", "daysAhead", "onConflict", "isArchived"),
]
OCCURRENCES = Expected(200, items=["id", "startAt", "outcome", "reason", "jobId", "createdAt"])
NEW_RECURRENCE = {
    "typeId": "{type}", "contactId": "{contact}", "startAt": "2026-11-23T09:00:00Z", "rrule": "FREQ=DAILY",
}  # fmt: skip
RECURRING = [
    ("GET", "jobs-recurrences", "jobRecurrences", None, many(RECURRENCE_KEYS)),
    ("POST", "jobs-recurrences", "jobRecurrences", NEW_RECURRENCE, staff_create(unknown("typeId", "contactId"))),
    ("GET", "jobs-recurrence", "jobRecurrences/{recurrence}", None, one(RECURRENCE_KEYS)),
    ("PATCH", "jobs-recurrence", "jobRecurrences/{recurrence}", {"daysAhead": 7}, STAFF_CHANGE),
    (
        *("GET", "jobs-occurrences", "jobRecurrences/{recurrence}/occurrences", None),
        (OCCURRENCES, REFUSED, OCCURRENCES, OCCURRENCES, ABSENT),
    ),
]
TABLE = [*REFERENCE, *JOBS, *RECURRING]
