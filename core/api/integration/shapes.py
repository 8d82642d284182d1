from core.api.documentation import obj
from core.models import Webhook, WebhookDelivery
from core.webhooks.envelope import event_id
from core.zones import wire_moment

TEXT, WHOLE, MOMENT = {"type": "string"}, {"type": "integer"}, {"type": ["string", "null"], "format": "date-time"}
WEBHOOK = obj(
    {
        "id": WHOLE,
        "organizationId": WHOLE,
        "url": {"type": "string", "format": "uri"},
        "types": {"type": "array", "items": TEXT},
        "isEnabled": {"type": "boolean"},
        "offReason": TEXT,
        "failingSince": MOMENT,
        "formerSecretUntil": MOMENT,
        "createdAt": MOMENT,
        "updatedAt": MOMENT,
    },
    additionalProperties=False,
)
DELIVERY = obj(
    {
        "id": WHOLE,
        "eventId": TEXT,
        "type": TEXT,
        "state": {"enum": [str(word) for word in WebhookDelivery.State.values]},
        "attempts": WHOLE,
        "dueAt": MOMENT,
        "deliveredAt": MOMENT,
        "answerStatus": {"type": ["integer", "null"]},
        "answerBody": TEXT,
        "error": TEXT,
    },
    additionalProperties=False,
)


def shown_webhook(row: Webhook) -> dict:
    return {
        "id": row.pk,
        "organizationId": row.organization_id,
        "url": row.url,
        "types": row.types,
        "isEnabled": row.is_enabled,
        "offReason": row.off_reason,
        "failingSince": wire_moment(row.failing_since),
        "formerSecretUntil": wire_moment(row.former_until),
        "createdAt": wire_moment(row.created_at),
        "updatedAt": wire_moment(row.updated_at),
    }


def shown_delivery(row: WebhookDelivery) -> dict:
    return {
        "id": row.pk,
        "eventId": event_id(row.event),
        "type": row.event.kind,
        "state": row.state,
        "attempts": row.attempts,
        "dueAt": wire_moment(row.due_at),
        "deliveredAt": wire_moment(row.delivered_at),
        "answerStatus": row.answer_status or None,
        "answerBody": row.answer_body,
        "error": row.error,
    }
