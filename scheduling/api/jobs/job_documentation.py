"""Jobs in OpenAPI."""

from core.api.documentation import CREATE, LIST, ORDER, REMOVE, SINGLE, Operation, array_of, ref
from scheduling.api.jobs import job_examples as examples
from scheduling.api.jobs import job_forms as forms
from scheduling.api.jobs.documentation import ID, body_schema, document, listing_parameters, new_row, operation
from scheduling.api.jobs.errors import camel
from scheduling.api.jobs.forms import BodyForm
from scheduling.api.jobs.job_bulk import MOST
from scheduling.api.jobs.job_lists import CONSTRAINTS, JOBS, STATUS_CHANGES
from scheduling.api.jobs.job_shapes import CONSTRAINT, JOB, STATUS_CHANGE
from scheduling.models import Job, JobConstraint, JobStatusChange
from scheduling.services.job_states import TRANSITIONS, Action

OF_JOB = {"jobId": ID}
OF_CONSTRAINT = {**OF_JOB, "constraintId": ID}
SCHEMAS = {
    "Job": JOB.schema(Job),
    "JobForm": body_schema(forms.JobForm, "typeId", "contactId"),
    "JobChanges": body_schema(forms.JobChanges),
    "JobInList": body_schema(forms.JobInList, "id"),
    "JobStatusChange": STATUS_CHANGE.schema(JobStatusChange),
    "JobConstraint": CONSTRAINT.schema(JobConstraint),
    "JobConstraintForm": body_schema(forms.ConstraintForm, "type"),
}
JOB_SEARCH = listing_parameters("Jobs", JOBS)
HISTORY_SEARCH = listing_parameters("JobStatusChanges", STATUS_CHANGES)
CONSTRAINT_SEARCH = listing_parameters("JobConstraints", CONSTRAINTS)
NARROWED = "`id`, `reference` or one complete date range is needed, else 422 on `queryParams`."
KEPT = (
    "An absent property is kept, null unsets what may be null. `description` and `personId` are frozen once the job is "
    "started, `typeId` and `contactId` always."
)


def page(item: dict) -> dict:
    return {"items": [item], "pageNumber": 1, "pageSize": 100, "pageItemCount": 1, "nextCursor": None}


def step(summary: str, action: Action, form: type[BodyForm], *required: str, **more) -> Operation:
    """One step through the states; which states allow it is told by the service's own table."""
    sources = ", ".join(camel(status) for status in TRANSITIONS[action].sources)
    more.setdefault("body_example", examples.COMMENT)
    return operation(
        f"{camel(action)}Job", summary, ORDER, values=OF_JOB, refusals=(422,), body=body_schema(form, *required),
        description=f"From {sources}; any other state → 422 on `status`, naming these.", **more,
    )  # fmt: skip


JOB_OPERATIONS = document(
    {
        "list": operation(
            "listJobs", "List jobs", LIST, ref("Job"), description=NARROWED, parameters=tuple(JOB_SEARCH),
            example=page(examples.JOB),
        ),
        "retrieve": operation("getJob", "Read a job", SINGLE, ref("Job"), values=OF_JOB, example=examples.JOB),
        "create": operation(
            "createJob", "Create a job", CREATE, new_row(), body=ref("JobForm"), body_example=examples.JOB_REQUEST,
            example={"id": 123},
        ),
        "update": operation(
            "updateJob", "Change a job", ORDER, description=KEPT, values=OF_JOB, refusals=(422,),
            body=ref("JobChanges"), body_example={"description": "Ring twice", "orderNumber": None},
        ),
        "update_many": operation(
            "updateJobs", f"Change up to {MOST} jobs", ORDER, refusals=(422,),
            description=f"All or nothing; errors stand under `[2].description` for the third. {KEPT}",
            body={**array_of(ref("JobInList")), "maxItems": MOST},
            body_example=[{"id": 123, "orderNumber": "PO-1"}, {"id": 124, "orderNumber": "PO-1"}],
        ),
    },
    SCHEMAS, JOB_SEARCH,
)  # fmt: skip
STEPS = document(
    {
        "schedule": operation(
            "scheduleJob", "Plan a job, or take it from the plan", ORDER, values=OF_JOB, refusals=(422,),
            description="An absent property is null: `{}` unschedules. The same again changes nothing.",
            body=body_schema(forms.PlanForm), body_example=examples.PLAN,
        ),
        Action.SEND: step("It is sent to its resource", Action.SEND, forms.StepForm),
        Action.READ: step("Its resource read it", Action.READ, forms.StepForm),
        Action.ACCEPT: step("Its resource says yes", Action.ACCEPT, forms.StepForm),
        Action.REFUSE: step("Its resource says no", Action.REFUSE, forms.StepForm),
        Action.ON_THE_WAY: step("Its resource is on the way", Action.ON_THE_WAY, forms.StepForm),
        Action.START: step("The work begins", Action.START, forms.StepForm, body_example=examples.STEP),
        Action.SUSPEND: step("The work pauses", Action.SUSPEND, forms.StepForm),
        Action.RESUME: step("The work goes on", Action.RESUME, forms.StepForm),
        Action.RESULT: step(
            "The work ends", Action.RESULT, forms.ResultForm, "status", body_example=examples.RESULT,
        ),
        Action.CANCEL: step(
            "Cancel a job", Action.CANCEL, forms.CancelForm, body_example={"reason": "The bakery is closed"}
        ),
    },
    SCHEMAS, {},
)  # fmt: skip


def history(id: str, summary: str) -> Operation:
    return operation(
        id, summary, LIST, ref("JobStatusChange"), values=OF_JOB, parameters=tuple(HISTORY_SEARCH),
        example=page(examples.STATUS_CHANGE),
    )  # fmt: skip


HISTORY = document(
    {
        "list": history("listJobStatusHistory", "List the states of a job"),
        "list_by_words": history("listJobStatusHistoryByWords", "List the states of a job, at its other address"),
    },
    SCHEMAS,
    HISTORY_SEARCH,
)
CONSTRAINT_OPERATIONS = document(
    {
        "list": operation(
            "listJobConstraints", "List the constraints of a job", LIST, ref("JobConstraint"), values=OF_JOB,
            parameters=tuple(CONSTRAINT_SEARCH), example=page(examples.CONSTRAINT),
        ),
        "create": operation(
            "createJobConstraint", "Constrain a job", CREATE, new_row(), values=OF_JOB, example={"id": 5},
            description="It reports and never refuses.", body=ref("JobConstraintForm"),
            body_example=examples.CONSTRAINT_REQUEST,
        ),
        "destroy": operation("deleteJobConstraint", "Delete a constraint", REMOVE, values=OF_CONSTRAINT),
    },
    SCHEMAS, CONSTRAINT_SEARCH,
)  # fmt: skip
