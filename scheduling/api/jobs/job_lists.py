"""How jobs, their history and their constraints are listed [contract 20]."""

from scheduling.api.jobs.errors import camel
from scheduling.api.jobs.filters import AnyOf, AnyWord, Span, any_text
from scheduling.api.jobs.job_shapes import CONSTRAINT, JOB, STATUS_CHANGE, with_duplicates
from scheduling.api.jobs.lists import Listing
from scheduling.api.jobs.query import Query
from scheduling.models import JobStatus

RANGES = {
    "createdAt": Span("created_at"),
    "plannedAt": Span("planned_start_at"),
    "startedAt": Span("actual_start_at"),
    "statusModifiedAt": Span("status_modified_at"),
}
# One of these, or one whole range, is needed: nobody reads all jobs there ever were by mistake.
NARROW = ("id", "reference")


def demand_narrowing(query: Query) -> None:
    narrowed = any(query.has(name) for name in NARROW)
    if not narrowed and not any(span.is_given(query, name) for name, span in RANGES.items()):
        ranges = ", ".join(f"({name}From and {name}To)" for name in RANGES)
        query.refuse(
            f"At least one of the filters [{', '.join(NARROW)}] or of the date ranges [{ranges}] must be provided"
        )


JOBS = Listing(
    JOB,
    {
        "createdAt": "created_at",
        "plannedStartAt": "planned_start_at",
        "statusModifiedAt": "status_modified_at",
        "reference": "reference",
    },
    {
        "id": AnyOf("pk"),
        "reference": any_text("reference"),
        "status": AnyWord("status", tuple((camel(status), status) for status in JobStatus.values)),
        "typeId": AnyOf("type_id"),
        "contactId": AnyOf("contact_id"),
        "orderNumber": any_text("order_number"),
        "resourceId": AnyOf("resource_id"),
        "vehicleId": AnyOf("vehicle_id"),
        "categoryId": AnyOf("category_id"),
        **RANGES,
    },
    demand_narrowing,
    with_duplicates,
)
# In the order in which the changes were made: the clocks of devices differ, and some tell late.
STATUS_CHANGES = Listing(STATUS_CHANGE, {"createdAt": "id"})
CONSTRAINTS = Listing(CONSTRAINT, {"createdAt": "created_at"})
