"""Recurring jobs in OpenAPI."""

from core.api.documentation import CREATE, LIST, ORDER, SINGLE, ref
from scheduling.api.jobs.documentation import ID, body_schema, document, listing_parameters, new_row, operation
from scheduling.api.jobs.recurrence_wire import (
    OCCURRENCE,
    OCCURRENCES,
    RECURRENCE,
    RECURRENCES,
    RecurrenceChanges,
    RecurrenceForm,
)
from scheduling.models import JobOccurrence, JobRecurrence

OF_RECURRENCE = {"jobRecurrenceId": ID}
RULE = (
    "`rrule` is RFC 5545 of at most one a day (FREQ=DAILY, WEEKLY, MONTHLY or YEARLY with INTERVAL, COUNT, UNTIL, "
    "BYDAY, BYMONTH, BYMONTHDAY, BYSETPOS, WKST), read in the organization's time zone: each occurrence keeps the "
    "local time of day of `startAt`. `exdates` are local days."
)
KEPT = "An absent property is kept. It counts for occurrences that are not made yet; `typeId` and `contactId` stay."
OUTCOME = "`failed` ones are tried again at every run until their cause is gone or their time is past."
REQUEST = {
    "name": "Filters of the bakery",
    "typeId": 1,
    "contactId": 2,
    "resourceId": 7,
    "vehicleId": 8,
    "startAt": "2026-01-05T08:00:00Z",
    "rrule": "FREQ=WEEKLY;BYDAY=MO,TH",
    "exdates": ["2026-02-12"],
    "daysAhead": 30,
    "onConflict": "skip",
}
EXAMPLE = {
    "id": 4,
    "createdAt": "2026-01-03T08:00:00.000Z",
    "modifiedAt": "2026-01-03T08:00:00.000Z",
    "name": "Filters of the bakery",
    "typeId": 1,
    "contactId": 2,
    "siteContactId": None,
    "personId": None,
    "categoryId": None,
    "description": "",
    "orderNumber": None,
    "plannedDuration": None,
    "customFields": [],
    "resourceId": 7,
    "vehicleId": 8,
    "startAt": "2026-01-05T08:00:00.000Z",
    "rrule": "FREQ=WEEKLY;BYDAY=MO,TH",
    "exdates": ["2026-02-12"],
    "isSkippingHolidays": True,
    "daysAhead": 30,
    "onConflict": "skip",
    "isArchived": False,
}
OCCURRENCE_EXAMPLE = {
    "id": 31,
    "startAt": "2026-01-08T08:00:00.000Z",
    "outcome": "skipped",
    "reason": "overlaps with job #7",
    "jobId": None,
    "createdAt": "2026-01-03T08:10:00.000Z",
}
SEARCH = listing_parameters("JobRecurrences", RECURRENCES)
OCCURRENCE_SEARCH = listing_parameters("JobOccurrences", OCCURRENCES)
SCHEMAS = {
    "JobRecurrence": RECURRENCE.schema(JobRecurrence),
    "JobRecurrenceForm": body_schema(RecurrenceForm, "typeId", "contactId", "startAt", "rrule"),
    "JobRecurrenceChanges": body_schema(RecurrenceChanges),
    "JobOccurrence": OCCURRENCE.schema(JobOccurrence),
}


def page(item: dict) -> dict:
    return {"items": [item], "pageNumber": 1, "pageSize": 100, "pageItemCount": 1, "nextCursor": None}


RECURRENCE_OPERATIONS = document(
    {
        "list": operation(
            "listJobRecurrences", "List recurring jobs", LIST, ref("JobRecurrence"), parameters=tuple(SEARCH),
            example=page(EXAMPLE),
        ),
        "retrieve": operation(
            "getJobRecurrence", "Read a recurring job", SINGLE, ref("JobRecurrence"), values=OF_RECURRENCE,
            example=EXAMPLE,
        ),
        "create": operation(
            "createJobRecurrence", "Create a recurring job", CREATE, new_row(), description=RULE,
            body=ref("JobRecurrenceForm"), body_example=REQUEST, example={"id": 4},
        ),
        "update": operation(
            "updateJobRecurrence", "Change a recurring job", ORDER, description=f"{KEPT} {RULE}", values=OF_RECURRENCE,
            refusals=(422,), body=ref("JobRecurrenceChanges"), body_example={"exdates": ["2026-02-12", "2026-02-16"]},
        ),
        "occurrences": operation(
            "listJobOccurrences", "List what became of its occurrences", LIST, ref("JobOccurrence"),
            description=OUTCOME, values=OF_RECURRENCE, parameters=tuple(OCCURRENCE_SEARCH),
            example=page(OCCURRENCE_EXAMPLE),
        ),
    },
    SCHEMAS, {**SEARCH, **OCCURRENCE_SEARCH},
)  # fmt: skip
