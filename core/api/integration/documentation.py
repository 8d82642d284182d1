"""Webhooks and the feed of events in OpenAPI [contract 60]."""

from core.api.documentation import (
    ADD,
    CREATE,
    LIST,
    MERGE,
    QUEUE,
    REMOVE,
    SINGLE,
    Documentation,
    Operation,
    in_query,
    obj,
    ref,
)
from core.api.integration import examples
from core.api.integration.base import DEFAULT_LIMIT, MOST
from core.api.integration.shapes import DELIVERY, MOMENT, TEXT, WEBHOOK, WHOLE

EVENT = obj(
    {
        "id": TEXT,
        "type": TEXT,
        "createdAt": MOMENT,
        "organizationId": WHOLE,
        "data": obj({"entity": TEXT, "entityId": {"type": ["integer", "string"]}, "href": TEXT}),
    }
)
PROPERTIES: dict[str, dict] = {"url": TEXT, "types": {"type": "array", "items": TEXT}, "isEnabled": {"type": "boolean"}}
PARAMETERS = {
    "FeedAfter": in_query("after", TEXT, "The `nextCursor` of the page before."),
    "FeedLimit": in_query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT}, ""),
}
PAGE = ("FeedAfter", "FeedLimit")


def page(items: dict) -> dict:
    return obj({"items": {"type": "array", "items": items}, "nextCursor": {"type": ["string", "null"]}})


def paged(item: dict) -> dict:
    return {"items": [item], "nextCursor": None}


WEBHOOKS = Documentation(
    tag="Webhooks and events",
    schemas={
        "Webhook": WEBHOOK,
        "WebhookDelivery": DELIVERY,
        "WebhookBody": obj(PROPERTIES, ["url", "types"]),
        "WebhookChanges": obj(PROPERTIES, []),
        "WebhookAndSecret": obj({**WEBHOOK["properties"], "secret": TEXT}, additionalProperties=False),
    },
    parameters=PARAMETERS,
    page=page,
    operations={
        "list": Operation(
            "listWebhooks",
            "The organization's webhooks",
            LIST,
            ref("Webhook"),
            parameters=PAGE,
            example=paged(examples.WEBHOOK),
        ),
        "retrieve": Operation("webhook", "One webhook", SINGLE, ref("Webhook"), example=examples.WEBHOOK),
        "create": Operation(
            "createWebhook",
            "Make a webhook; its secret is shown this once",
            CREATE,
            ref("WebhookAndSecret"),
            body=ref("WebhookBody"),
            body_example=examples.REQUEST,
            example={**examples.WEBHOOK, "secret": examples.SECRET},
        ),
        "update": Operation(
            "changeWebhook",
            "Change a webhook",
            MERGE,
            ref("Webhook"),
            body=ref("WebhookChanges"),
            body_example={"isEnabled": True},
            example=examples.WEBHOOK,
        ),
        "destroy": Operation("deleteWebhook", "Delete a webhook with its deliveries", REMOVE, {}),
        "rotate": Operation(
            "rotateWebhookSecret",
            "Another secret; the former one signs beside it for a day",
            ADD,
            ref("WebhookAndSecret"),
            refusals=(412,),
            example={**examples.WEBHOOK, "formerSecretUntil": examples.TOMORROW, "secret": examples.SECRET},
        ),
        "deliveries": Operation(
            "listWebhookDeliveries",
            "What was sent, and what came of it",
            LIST,
            ref("WebhookDelivery"),
            parameters=PAGE,
            example=paged(examples.DELIVERY),
        ),
        "replay": Operation(
            "replayWebhookDelivery", "Send once more", QUEUE, ref("WebhookDelivery"), example=examples.REPLAY
        ),
    },
)
EVENTS = Documentation(
    tag="Webhooks and events",
    schemas={"Event": EVENT},
    parameters=PARAMETERS,
    page=page,
    operations={
        "list": Operation(
            "listEvents",
            "What happened, in an order that never changes",
            LIST,
            ref("Event"),
            parameters=PAGE,
            refusals=(410,),
            example={"items": [examples.EVENT], "nextCursor": "ZXZlbnRzIDE6MTI"},
            description="Keep `nextCursor` and ask again with it as `after`: each event comes once, none is left out.",
        )
    },
)
