"""Anomalies in OpenAPI."""

from core.api.documentation import CREATE, LIST, MERGE, NEW, SINGLE, array_of, obj, ref
from interventions.api.anomaly_shapes import (
    ANOMALIES as LISTING,
)
from interventions.api.anomaly_shapes import (
    ANOMALY,
    NON_CONFORMITY,
    OBSERVATION,
    PRESCRIPTION,
    REPLACEMENT,
)
from interventions.api.documentation import ONE, data_of, document, listing_parameters, operation, page_example
from interventions.api.fields import ID
from interventions.api.labels import shape_schema
from interventions.models import Anomaly

MOMENT, SEEN, DUE = "2026-11-23T09:00:00.000Z", "2026-11-20T08:15:00.000Z", "2026-11-27T08:15:00.000Z"
GIVEN: dict = {
    "title": "Fire door does not close",
    "description": "The closer of the door to staircase B is loose.",
    "risk": 2,
    "siteId": 1,
    "location": "Staircase B, 2nd floor",
    "resolutionDelay": "P7D",
    "observedAt": SEEN,
}
EXAMPLE: dict = {
    "id": 12,
    "type": 1,
    "status": 0,
    "title": GIVEN["title"],
    "description": GIVEN["description"],
    "risk": 2,
    "siteId": 1,
    "technicalInstallationId": None,
    "equipmentId": None,
    "reportedByUserId": 4,
    "positionId": None,
    "resolvedComment": None,
    "reporter": None,
    "resolvedByUserId": None,
    "alreadyReported": False,
    "sortOrder": None,
    "anomalyNumber": "A-00012",
    "pageNumber": None,
    "reportId": None,
    "comment": None,
    "resolutionDelay": "P7D",
    "location": GIVEN["location"],
    "dueAt": DUE,
    "observedAt": SEEN,
    "resolvedAt": None,
    "deletedAt": None,
    "archivedAt": None,
    "updatedAt": MOMENT,
    "createdAt": MOMENT,
}
RESOLVED = {
    **EXAMPLE,
    "status": 3,
    "resolvedComment": "Closer replaced",
    "resolvedByUserId": 4,
    "resolvedAt": MOMENT,
}
ANSWER, ANSWERED = data_of(ref("Anomaly")), {"data": EXAMPLE}
PARAMETERS = listing_parameters("Anomalies", LISTING)
SCHEMAS = {
    "Anomaly": shape_schema(ANOMALY, Anomaly),
    "ObservationForm": OBSERVATION.schema(is_new=True),
    "PrescriptionForm": PRESCRIPTION.schema(is_new=True),
    "AnomalyReplacement": REPLACEMENT.schema(is_new=True),
    "NonConformityChanges": NON_CONFORMITY.schema(),
}
OBSERVATIONS = document(
    {
        "list": operation(
            "listAnomalies", "List anomalies", LIST, ref("Anomaly"), parameters=tuple(PARAMETERS),
            description="Of every kind: `type[]=1` for observations alone.", example=page_example(EXAMPLE),
        ),
        "create": operation(
            "reportObservation", "Report an observation", CREATE, ANSWER, body=ref("ObservationForm"),
            body_example=GIVEN, example=ANSWERED,
            description="`resolutionDelay`, an ISO 8601 duration, gives `dueAt` from `observedAt` on, which is now by "
            "default. Ids of installations, equipment and positions are kept and echoed.",
        ),
    },
    SCHEMAS,
    PARAMETERS,
)  # fmt: skip
ANOMALIES = document(
    {
        "retrieve": operation("getAnomaly", "Read an anomaly", SINGLE, ANSWER, values=ONE, example=ANSWERED),
        "replace": operation(
            "replaceAnomaly", "Replace what is known of an anomaly", MERGE, ANSWER, values=ONE,
            body=ref("AnomalyReplacement"), body_example=GIVEN, example=ANSWERED,
            description="What is absent is emptied; when it was observed stays.",
        ),
        "change": operation(
            "changeNonConformity", "Change or resolve an anomaly", MERGE, ANSWER, values=ONE,
            body=ref("NonConformityChanges"), body_example={"resolvedComment": "Closer replaced"},
            example={"data": RESOLVED},
            description="Of whatever kind. What is absent is kept; `resolvedComment` resolves it, which is for those "
            "that no open intervention holds.",
        ),
    },
    SCHEMAS,
)  # fmt: skip
PRESCRIPTIONS = document(
    {
        "create": operation(
            "addPrescriptions", "Add the prescriptions of a report", NEW,
            obj({"nbInsertion": {"type": "integer", "minimum": 1}}, additionalProperties=False),
            values={"reportId": ID}, body=array_of(ref("PrescriptionForm")), body_example=[GIVEN],
            example={"nbInsertion": 1}, parameters=("IdempotencyKey",), is_worded=False,
            description="All or none. A report is a number of the organization; the first prescriptions under it "
            "create it.",
        )
    },
    SCHEMAS,
)  # fmt: skip
