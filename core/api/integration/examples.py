"""What the OpenAPI document shows of webhooks and events; each is checked against its schema by a test."""

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  (an example)
TOMORROW = "2026-01-06T09:00:00.000Z"
REQUEST = {"url": "https://hooks.example.org/dutyboard", "types": ["appointment.booked", "appointment.cancelled"]}
WEBHOOK = {
    "id": 3,
    "organizationId": 1,
    **REQUEST,
    "isEnabled": True,
    "offReason": "",
    "failingSince": None,
    "formerSecretUntil": None,
    "createdAt": "2026-01-05T09:00:00.000Z",
    "updatedAt": "2026-01-05T09:00:00.000Z",
}
EVENT_ID = "evt_0d9cbf4e7a6b4f0e8f6d2f4a1c3b5d7e"
EVENT = {
    "id": EVENT_ID,
    "type": "appointment.booked",
    "createdAt": "2026-01-05T09:00:00.000Z",
    "organizationId": 1,
    "data": {
        "entity": "appointment",
        "entityId": 51,
        "href": "https://duty.example.org/api/v1/groups/1/appointments/51",
    },
}
DELIVERY = {
    "id": 812,
    "eventId": EVENT_ID,
    "type": "appointment.booked",
    "state": "delivered",
    "attempts": 1,
    "dueAt": "2026-01-05T09:00:00.000Z",
    "deliveredAt": "2026-01-05T09:00:00.412Z",
    "answerStatus": 204,
    "answerBody": "",
    "error": "",
}
# Of one that arrived: another, which waits.
REPLAY = {**DELIVERY, "id": 813, "state": "queued", "attempts": 0, "deliveredAt": None, "answerStatus": None}
