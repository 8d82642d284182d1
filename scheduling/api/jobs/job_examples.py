"""What the OpenAPI document shows of jobs; each is checked against its schema by a test."""

JOB_REQUEST = {
    "typeId": 1,
    "contactId": 2,
    "plannedDuration": 60,
    "description": "The oven stays cold",
    "personId": "3f2b8c1e-7a4d-4e09-9c55-1d2a6b7f8e90",
    "orderNumber": "PO-1",
    "customFields": [{"definitionId": 9, "value": "ground"}],
}
PLAN = {"resourceId": 7, "vehicleId": 8, "plannedStartAt": "2026-01-05T09:00:00Z"}
COMMENT = {"comment": "Rang twice"}
STEP = {"comment": "At the back door", "statusModifiedAt": "2026-01-05T09:04:00Z"}
RESULT = {"status": "completedOk", "result": "Repaired"}
JOB = {
    "id": 123,
    "uid": "0d9cbf4e-7a6b-4f0e-8f6d-2f4a1c3b5d7e",
    "typeId": 1,
    "typeName": "Boiler service",
    "contactId": 2,
    "contactName": "Lycée Voltaire",
    "contactAddress": "101 avenue de la République, 75011 Paris, France",
    "contactLocation": {"latitude": 48.8635, "longitude": 2.3844},
    "status": "scheduled",
    "statusModifiedAt": "2026-01-04T08:00:00.000Z",
    "plannedDuration": 60,
    "dueAt": None,
    "reference": "BS-000123",
    "description": "The oven stays cold",
    "createdAt": "2026-01-03T08:00:00.000Z",
    "orderNumber": "PO-1",
    "personId": "3f2b8c1e-7a4d-4e09-9c55-1d2a6b7f8e90",
    "personName": "Ada Martin",
    "isConfirmed": False,
    "categoryId": None,
    "categoryName": None,
    "resourceId": 7,
    "resourceName": "Crew North",
    "vehicleId": 8,
    "vehicleRegistration": "AB-123-CD",
    "plannedStartAt": "2026-01-05T09:00:00.000Z",
    "plannedEndAt": "2026-01-05T10:00:00.000Z",
    "actualStartAt": None,
    "actualEndAt": None,
    "actualDuration": None,
    "internalComment": None,
    "resourcesComment": None,
    "contactComment": None,
    "result": None,
    "siteContactId": None,
    "siteContactIds": [],
    "isReferenceDuplicate": False,
    "conflicts": [{"kind": "absence", "id": 5}],
    "customFields": [{"definitionId": 9, "value": "ground"}],
}
STATUS_CHANGE = {"id": 31, "status": "scheduled", "createdAt": "2026-01-04T08:00:00.000Z", "comment": None}
CONSTRAINT_REQUEST = {"type": "jobMustCompleteBefore", "constraintAt": "2026-01-09T17:00:00Z"}
CONSTRAINT = {
    "id": 5,
    "createdAt": "2026-01-03T08:00:00.000Z",
    "type": "jobMustCompleteBefore",
    "status": "isNotViolated",
    "constraintAt": "2026-01-09T17:00:00.000Z",
    "entityId": None,
    "entityName": None,
}
