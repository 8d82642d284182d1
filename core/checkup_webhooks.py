"""The doctor's checks of webhooks and of the feed of events."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from core.doctor import Finding, Level, error, of_rows, of_unreadable, register, warning
from core.feed import preceded
from core.health import OUTBOX_LIMIT
from core.models import Event, Webhook, WebhookDelivery
from core.webhooks import sending

# One failed try is no illness yet.
FAILING_LONG = timedelta(hours=1)
State = WebhookDelivery.State


def check_webhooks() -> Iterator[Finding]:
    now = timezone.now()
    yield from _in_trouble(now)
    parked = WebhookDelivery.objects.filter(state=State.FAILED, webhook__is_enabled=True)
    mend = "See the answers in the admin (Deliveries), then send again there; they go with their events after 30 days."
    yield from of_rows(Level.WARNING, parked, "a delivery failed for good", mend)
    yield from _overdue(now)


def _in_trouble(now: datetime) -> Iterator[Finding]:
    failing = Webhook.objects.filter(is_enabled=True, failing_since__lt=now - FAILING_LONG)
    mend = "See what its receiver answers in the admin (Webhooks); after 5 days it is switched off."
    yield from of_rows(Level.WARNING, failing, "nothing arrives at a webhook", mend)
    given_up = Webhook.objects.filter(is_enabled=False).exclude(off_reason="")
    mend = "Mend its receiver and switch it on in the admin (Webhooks), or delete it; the feed has what it missed."
    yield from of_rows(Level.WARNING, given_up, "a webhook was switched off, as nothing arrived there for 5 days", mend)


def _overdue(now: datetime) -> Iterator[Finding]:
    """Of a webhook that fails each try moves the rest on: without such nobody tries."""
    rested = Q(webhook__resting_until=None) | Q(webhook__resting_until__lt=now - OUTBOX_LIMIT)
    oldest = sending.due().filter(rested, due_at__lt=now - OUTBOX_LIMIT).order_by("due_at").first()
    if oldest is not None:
        minutes = int((now - oldest.due_at).total_seconds() // 60)
        mend = "Start a worker of the queue “webhooks” and beat (without REDIS_URL: the server)."
        yield error(f"a delivery to a webhook has been due for {minutes} min", mend)


def check_webhook_secrets() -> Iterator[Finding]:
    mend = "Add the earlier key behind the present one in ENCRYPTION_KEY, or make new secrets in the admin (Webhooks)."
    what = "ENCRYPTION_KEY does not decrypt a webhook's secret"
    yield from of_unreadable(Webhook.objects.all(), "secret", what, mend)


def check_feed() -> Iterator[Finding]:
    """PostgreSQL: an event waits for its place as long as something older may still commit."""
    now = timezone.now()
    held = Event.objects.filter(preceded(), position=None, created_at__lt=now - OUTBOX_LIMIT)
    oldest = held.order_by("created_at").first()
    if oldest is not None:
        minutes = int((now - oldest.created_at).total_seconds() // 60)
        mend = (
            "End the oldest transaction in this database that writes: see pg_stat_activity (xact_start, backend_xid)."
        )
        yield warning(
            f"the feed of events has stood still for {minutes} min: a transaction that wrote events is open", mend
        )


register("webhooks", check_webhooks)
register("webhook_secrets", check_webhook_secrets)
register("events", check_feed)
