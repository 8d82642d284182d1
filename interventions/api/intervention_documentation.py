"""Interventions in OpenAPI."""

from core.api.documentation import CREATE, LIST, MERGE, REMOVE, SINGLE, ref
from interventions.api import intervention_examples as examples
from interventions.api import intervention_forms as forms
from interventions.api.documentation import ONE, data_of, document, listing_parameters, operation, page_example
from interventions.api.intervention_lists import INTERVENTIONS as LISTING
from interventions.api.intervention_shapes import HIDDEN, ITEM, WRITTEN
from interventions.api.intervention_shapes import ONE as SHAPE
from interventions.api.labels import shape_schema
from interventions.api.numbers import STATUSES
from interventions.models import Intervention
from interventions.states import TRANSITIONS, Action


def shown(shape) -> dict:
    """What is sent of a shape: all but what only the making of an answer needs."""
    schema = shape_schema(shape, Intervention)
    members = {name: one for name, one in schema["properties"].items() if name not in HIDDEN}
    members |= {f"{name}Label": {"type": "string"} for name in ("subType",) if name in members}
    return {**schema, "properties": members, "required": [name for name in schema["required"] if name not in HIDDEN]}


def sources(action: Action) -> str:
    """Which states allow it, as the services' own table says."""
    return ", ".join(str(STATUSES.number(status)) for status in TRANSITIONS[action].sources)


def only_in(action: Action) -> str:
    return f"In status {sources(action)}; any other → 409, which names these."


SCHEMAS = {
    "Intervention": shown(ITEM),
    "InterventionInFull": shown(SHAPE),
    "InterventionWritten": shown(WRITTEN),
    "CurativeForm": forms.CURATIVE.schema(is_new=True),
    "CurativeChanges": forms.CURATIVE_CHANGES.schema(),
    "PreventiveChanges": forms.PREVENTIVE_CHANGES.schema(),
    "OfRoutineForm": forms.OF_ROUTINE.schema(is_new=True),
    "FollowUpForm": forms.FOLLOW_UP.schema(is_new=True),
    "VerifyForm": forms.VERIFY.schema(is_new=True),
    "CancelForm": forms.CANCEL.schema(),
}
ANSWER, EXAMPLE = data_of(ref("InterventionWritten")), {"data": {**examples.WRITTEN, "codePin": None}}
MADE = {"data": examples.WRITTEN}
PARAMETERS = listing_parameters("Interventions", LISTING)
BEGINS = (
    "`creationStatus` 0 draft; 1 confirmed: it is planned, and who makes the visit is told; 2: it is proposed to the "
    "company contact, without whom 422. `codePin` is told on site by staff and is in no list. "
)
CHANGE = (
    f"{only_in(Action.UPDATE)} Null or nothing: as it was. `creationStatus` 1 or 2 sends a draft, and one that the "
    "provider refused where the dates are new too; new dates plan a rejected one anew, with a new code PIN. Whoever "
    "has the visit, and whoever loses it, is told, unless `sendUpdateEmailToCurrentAssignee` or "
    "`previousAssigneeNotification.sendEmail` is false."
)
VERDICT = (
    f"{only_in(Action.VERIFY)} `decision` 1: verified, and each anomaly that was done and accepted is resolved, each "
    "other is open again; 2: rejected. Not by whom is known to have executed it: 422."
)
INTERVENTIONS = document(
    {
        "list": operation(
            "listInterventions", "List interventions", LIST, ref("Intervention"), parameters=tuple(PARAMETERS),
            example=page_example(examples.READ),
        ),
        "retrieve": operation(
            "getIntervention", "Read an intervention", SINGLE, data_of(ref("InterventionInFull")), values=ONE,
            description="`codePin` is null to a provider, whose session reads its own alone: all others are 403.",
            example={"data": examples.ONE},
        ),
        "destroy": operation(
            "cancelIntervention", "Cancel an intervention", REMOVE, {}, values=ONE, is_worded=False,
            description=f"{only_in(Action.CANCEL)} Its anomalies are open again, and who would have come is told.",
            body=ref("CancelForm"), body_example={"cancellationReason": "The lift is being replaced"},
        ),
    },
    SCHEMAS, PARAMETERS,
)  # fmt: skip
CURATIVE = document(
    {
        "create": operation(
            "createCurativeIntervention", "Create curative intervention with anomalies", CREATE, ANSWER,
            description=BEGINS + "Anomalies that another open intervention holds → 409.", body=ref("CurativeForm"),
            body_example=examples.CURATIVE, example={"data": {**examples.WRITTEN, "status": 0, "creationStatus": 0}},
        ),
        "update": operation(
            "updateCurativeIntervention", "Change a curative intervention", MERGE, ANSWER, values=ONE,
            description=CHANGE, body=ref("CurativeChanges"), body_example=examples.CHANGES, example=EXAMPLE,
        ),
    },
    SCHEMAS,
)  # fmt: skip
PREVENTIVE = document(
    {
        "update": operation(
            "updatePreventiveIntervention", "Change a preventive intervention", MERGE, ANSWER, values=ONE,
            description=CHANGE, body=ref("PreventiveChanges"), body_example=examples.CHANGES,
            example={"data": {**examples.VISIT_OF_ROUTINE, "codePin": None}},
        )
    },
    SCHEMAS,
)  # fmt: skip
OF_ROUTINE = document(
    {
        "create": operation(
            "createPreventiveIntervention", "Create a preventive intervention from a routine", CREATE, ANSWER,
            description=BEGINS + "Sites, assignees and the rest are the routine's.", body=ref("OfRoutineForm"),
            body_example=examples.OF_ROUTINE, example={"data": examples.VISIT_OF_ROUTINE},
        )
    },
    SCHEMAS,
)  # fmt: skip
FOLLOW_UP = document(
    {
        "create": operation(
            "createFollowUpIntervention", "Create the next visit for what one left open", CREATE, ANSWER, values=ONE,
            description=f"{only_in(Action.ARCHIVE)} It takes the anomalies that are open again; `followsId` keeps the "
            "chain. " + BEGINS, body=ref("FollowUpForm"), body_example=examples.FOLLOW_UP, example=MADE,
        )
    },
    SCHEMAS,
)  # fmt: skip
VERIFICATION = document(
    {
        "update": operation(
            "verifyIntervention", "Accept or reject intervention verification", MERGE, ANSWER, values=ONE,
            description=VERDICT, body=ref("VerifyForm"), body_example=examples.VERIFY,
            example={"data": examples.VERIFIED},
        )
    },
    SCHEMAS,
)  # fmt: skip
