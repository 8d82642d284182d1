"""The demo's webhook. It is off: what its pages show was never sent, and nothing ever is [core.demo]."""

from datetime import datetime, timedelta

from django.utils import timezone

from core.models import Event, Organization, Webhook, WebhookDelivery
from core.webhooks.deliveries import ALL, TRIED_FOR
from core.webhooks.services import create_webhook

ADDRESS = "https://hooks.example.org/dutyboard"
AGO, APART = timedelta(days=2), timedelta(hours=3)
State = WebhookDelivery.State
AT_ONCE = {"state": State.DELIVERED, "attempts": 1, "answer_status": 204}
AT_THE_THIRD_TRY = {**AT_ONCE, "attempts": 3}
BROKEN = {"answer_status": 503, "answer_body": "Service Unavailable", "error": "The answer was 503"}
FAILED = {**BROKEN, "state": State.FAILED, "attempts": 12}
# None waits: what is due at a webhook that is off is cancelled.
CANCELLED = {**BROKEN, "state": State.CANCELLED, "attempts": 2}
SHOWN: tuple[dict, ...] = (AT_ONCE, AT_ONCE, FAILED, AT_THE_THIRD_TRY, AT_ONCE, AT_ONCE, CANCELLED)
ARRIVED_AFTER = {1: timedelta(milliseconds=412), 3: timedelta(seconds=36)}


def fill(organization: Organization) -> None:
    """Deliveries of the demo's first events, as of the last two days: a delivery fails after a day of tries."""
    if Webhook.objects.filter(organization=organization).exists():
        return
    webhook, _ = create_webhook(organization, {"url": ADDRESS, "types": [ALL], "is_enabled": False})
    events = Event.objects.filter(organization=organization).order_by("pk")[: len(SHOWN)]
    start = timezone.now() - AGO
    for number, (event, shown) in enumerate(zip(events, SHOWN, strict=False)):
        _deliver(webhook, event, start + number * APART, shown)


def _deliver(webhook: Webhook, event: Event, moment: datetime, shown: dict) -> None:
    Event.objects.filter(pk=event.pk).update(created_at=moment)
    arrived = moment + ARRIVED_AFTER[shown["attempts"]] if shown["state"] == State.DELIVERED else None
    times = {"due_at": moment, "created_at": moment, "until": moment + TRIED_FOR, "delivered_at": arrived}
    WebhookDelivery.objects.create(webhook=webhook, event=event, **times, **shown)
