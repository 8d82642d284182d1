"""What the OpenAPI document shows of interventions; each is checked against its schema by a test."""

from interventions.api.anomaly_documentation import EXAMPLE as ANOMALY_IN_FULL

# The seed's own.
CURATIVE = {
    "scheduledStart": "2024-12-01T12:34:56.000Z",
    "scheduledEnd": "2024-12-05T14:56:23.000Z",
    "anomalyIds": [1],
    "creationStatus": 0,
    "description": "Description of the intervention",
    "assignedCompanyContactId": 1,
    "assignedUserId": 1,
}
WRITTEN = {
    "id": 1,
    "status": 2,
    "type": 1,
    "description": "Description of the intervention",
    "imgSignature": None,
    "codePin": 123456,
    "autoCreated": False,
    "creationStatus": 1,
    "scheduledStart": "2024-12-01T12:34:56.000Z",
    "scheduledEnd": "2024-12-05T14:56:23.000Z",
    "actualStart": None,
    "actualEnd": None,
    "providerName": None,
    "providerEmail": None,
    "providerActionComment": None,
    "providerGeneralComment": None,
    "assignedCompanyContactId": 1,
    "assignedUserId": 1,
    "verifiedByUserId": None,
    "verifiedAt": None,
    "decisionComment": None,
    "attendeeCount": None,
    "routineId": None,
    "organizationId": 1,
    "createdByUserId": 1,
    "archivedAt": None,
    "updatedAt": "2024-01-15T08:45:00.000Z",
    "createdAt": "2024-01-15T08:45:00.000Z",
}
READ = {
    **WRITTEN,
    "codePin": None,
    "subType": 1,
    "isOverdue": True,
    "cancellationReason": None,
    "followsId": None,
    "companyId": None,
    "ruleIds": [],
    "siteRuleIds": [],
    "assignedTo": {"type": 2, "id": 1, "name": "Lifts & Co", "email": "visit@example.org"},
    "summary": None,
    "routine": None,
    "hasRoutineInterventionDrift": False,
    "siteIds": [1],
    "anomalyStats": {
        "corrective": {"unresolved": 1, "resolved": 0},
        "preventive": {"unreviewed": 0, "pending": 0, "resolved": 0},
    },
    "actions": {
        "canBeUpdated": True,
        "canBeDeleted": True,
        "canBeExecuted": False,
        "canBeVerified": False,
        "canSendSignatureEmail": True,
        "canSendInformationEmail": True,
        "canSendToProvider": False,
    },
}
ANOMALY = {
    "id": 1,
    "anomalyNumber": "A-00001",
    "title": "The door of the lift does not close",
    "description": None,
    "risk": 3,
    "siteId": 1,
    "location": "Hall B",
    "providerAction": 0,
    "comment": None,
    "clientDecision": 0,
    "clientDecisionComment": None,
}
ONE = {**READ, "codePin": 123456, "anomalies": [ANOMALY]}
OF_ROUTINE = {
    "scheduledStart": "2026-12-01T08:00:00.000Z",
    "scheduledEnd": "2026-12-01T10:00:00.000Z",
    "creationStatus": 1,
    "routineId": 1,
}
FOLLOW_UP = {key: OF_ROUTINE[key] for key in ("scheduledStart", "scheduledEnd", "creationStatus")}
CHANGES = {
    "scheduledStart": "2026-12-02T08:00:00.000Z",
    "scheduledEnd": "2026-12-02T10:00:00.000Z",
    "assignedCompanyContactId": 2,
    "previousAssigneeNotification": {"sendEmail": True, "reason": "The lift must wait for a part"},
}
VERIFY = {
    "decision": 1,
    "decisionComment": "Well done",
    "anomalies": [{"id": 1, "clientDecision": 2, "clientDecisionComment": "It squeaks"}],
}
SIGNATURE = {"name": "signature.png", "mimeType": "image/png", "size": 4711}
EXECUTE = {
    "firstName": "Jean",
    "lastName": "Petit",
    "email": "jean@example.org",
    "signature": SIGNATURE,
    "providerActionComment": "The door was adjusted",
    "comment": "The key hangs in the hall",
    "anomalies": [{"id": 1, "providerAction": 1, "comment": "New spring"}],
}
UNPLANNED = {
    "siteIds": [1],
    "ruleIds": [7],
    "companyId": 3,
    "signature": SIGNATURE,
    "provider": {"firstName": "Jean", "lastName": "Petit", "actionComment": "Yearly control"},
    "actualStart": "2026-11-20T08:00:00.000Z",
}
PRESIGNED = {"presignedUrl": "https://duty.example.org/interventions/v2/uploads/wq3v0n7R-cKyT1mBz4"}
VERIFIED = {
    **WRITTEN,
    "status": 5,
    "imgSignature": "/interventions/v2/signatures/WzEsMSwxNzk1MjQ4MzAwXQ",
    "codePin": None,
    "actualStart": "2024-12-01T12:40:00.000Z",
    "actualEnd": "2024-12-01T14:10:00.000Z",
    "providerName": "Jean Petit",
    "verifiedByUserId": 4,
    "verifiedAt": "2024-12-02T09:00:00.000Z",
    "decisionComment": VERIFY["decisionComment"],
}
VISIT_OF_ROUTINE = {
    **WRITTEN,
    **OF_ROUTINE,
    "type": 2,
    "description": None,
    "assignedUserId": None,
}
UNPLANNED_VISIT = {
    **VISIT_OF_ROUTINE,
    "status": 3,
    "creationStatus": 1,
    "routineId": None,
    "assignedCompanyContactId": None,
    "actualStart": UNPLANNED["actualStart"],
}
LINKED_ANOMALY = {
    **ANOMALY_IN_FULL,
    **{name: ANOMALY[name] for name in ("id", "anomalyNumber", "title", "description", "risk", "location")},
    **dict.fromkeys(("reportedByUserId", "resolutionDelay", "dueAt")),
    "status": 1,
}
LINK = {
    "id": 1,
    "anomalyId": 1,
    "interventionId": 1,
    "comment": None,
    "providerAction": 0,
    "clientDecision": 0,
    "clientDecisionComment": None,
    "anomaly": LINKED_ANOMALY,
    "intervention": {
        **{name: WRITTEN[name] for name in ("id", "status", "type", "scheduledStart", "scheduledEnd")},
        **{name: WRITTEN[name] for name in ("assignedCompanyContactId", "assignedUserId", "verifiedAt")},
    },
}
