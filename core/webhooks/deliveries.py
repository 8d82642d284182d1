"""Written with an event, handed over once that is committed; nothing depends on the handing over."""

import threading
from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction

from core import handover
from core.models import Event, Webhook, WebhookDelivery

# Set for the embedded thread, where there is no broker.
wake = threading.Event()
TASK = "core.tasks.deliver_event"
ALL = "*"
# So long it is tried, with growing pauses [contract 60].
TRIED_FOR = timedelta(hours=24)


def wanting(event: Event) -> Iterable[int]:
    """The webhooks of its organization that want such events."""
    rows = Webhook.objects.filter(organization_id=event.organization_id, is_enabled=True).order_by()
    return [pk for pk, types in rows.values_list("pk", "types") if {ALL, event.kind}.intersection(types)]


def write(webhook_id: int, event: Event) -> int:
    """A delivery, due at once."""
    until = event.created_at + TRIED_FOR
    return WebhookDelivery.objects.create(webhook_id=webhook_id, event=event, until=until).pk


def hand_over_on_commit(pk: int) -> None:
    transaction.on_commit(partial(hand_over, pk), robust=True)


def hand_over(pk: int) -> None:
    if settings.REDIS_URL:
        handover.hand_over(TASK, pk, queue="webhooks")
    else:
        wake.set()
