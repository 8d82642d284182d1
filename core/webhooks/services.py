"""Every change of a webhook, for every door."""

import re
from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from core import events, outbound
from core.changes import apply_changes, check_all, refuse
from core.crypto import encrypt
from core.errors import StateConflict
from core.locks import atomic
from core.models import Organization, Webhook, WebhookDelivery
from core.webhooks import deliveries

# How long both secrets sign after a rotation.
ROTATION = timedelta(hours=24)
MOST_WEBHOOKS = 20
State = WebhookDelivery.State


@atomic
def create_webhook(organization: Organization, values: dict) -> tuple[Webhook, str]:
    """values: url, types, is_enabled. With the secret, shown this once. Raises ValidationError by field."""
    webhook = Webhook(organization=organization, **values)
    # One is made at a time, so that all are counted; what refers to the organization does not wait.
    Organization.objects.locked(organization.pk, no_key=True)
    if Webhook.objects.filter(organization=organization).count() >= MOST_WEBHOOKS:
        refuse("url", "too_many", _("%(most)d webhooks are the most"), most=MOST_WEBHOOKS)
    check_webhook(webhook)
    secret = _give_secret(webhook)
    webhook.save()
    return webhook, secret


@atomic
def update_webhook(pk: int, values: dict, versions: Collection[int] | None = None) -> Webhook:
    """Switched on again, it starts afresh: what failed before counts no more."""
    # Whoever writes events to it holds it until he commits, and is not waited for.
    webhook = Webhook.objects.locked(pk, versions, no_key=True)
    changed = apply_changes(webhook, values)
    if not changed:
        return webhook
    check_webhook(webhook)
    if "is_enabled" in changed or "url" in changed:
        webhook.failing_since, webhook.resting_until, webhook.off_reason = None, None, ""
    webhook.save()
    return webhook


@atomic
def rotate_secret(pk: int, versions: Collection[int] | None = None) -> tuple[Webhook, str]:
    """Another secret; the former one signs beside it for a day."""
    webhook = Webhook.objects.locked(pk, versions, no_key=True)
    webhook.former_secret, webhook.former_until = webhook.secret, timezone.now() + ROTATION
    secret = _give_secret(webhook)
    webhook.save()
    return webhook, secret


@atomic
def delete_webhook(pk: int, versions: Collection[int] | None = None) -> None:
    """With its deliveries."""
    Webhook.objects.locked(pk, versions).delete()


@atomic
def replay(delivery: WebhookDelivery) -> WebhookDelivery:
    """Send once more, now: the row itself, or a copy of one that arrived. Raises StateConflict."""
    # The webhook first, as whoever deletes it has it before its deliveries.
    Webhook.objects.locked(delivery.webhook_id, no_key=True)
    row = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("webhook").get(pk=delivery.pk)
    check_replay(row)
    if row.state == State.DELIVERED:
        row = WebhookDelivery(webhook=row.webhook, event_id=row.event_id, is_replay=True)
    now = timezone.now()
    row.state, row.attempts, row.due_at, row.until, row.error = State.QUEUED, 0, now, now + deliveries.TRIED_FOR, ""
    row.save()
    Webhook.objects.filter(pk=row.webhook_id).update(resting_until=None)
    deliveries.hand_over_on_commit(row.pk)
    return row


def check_replay(delivery: WebhookDelivery) -> None:
    """Raises StateConflict."""
    if not delivery.webhook.is_enabled:
        raise StateConflict(_("This webhook is off"), [])
    if delivery.state == State.SENDING:
        raise StateConflict(_("It is being sent at this very moment"), [])


def check_webhook(webhook: Webhook) -> None:
    check_all(
        lambda: webhook.clean_fields(exclude={"secret", "organization", "types", "url"}),
        lambda: _check_types(webhook),
        lambda: _check_url(webhook),
    )


def _check_types(webhook: Webhook) -> None:
    known = {kind.name for kind in events.types()} | {deliveries.ALL}
    if not isinstance(webhook.types, list) or not webhook.types:
        refuse("types", "required", _("must name at least one type of events"))
    unknown = [str(name) for name in webhook.types if name not in known]
    if unknown:
        refuse("types", "unknown", _("%(name)s is no type of events"), name=unknown[0][:60])


def _check_url(webhook: Webhook) -> None:
    """Its form; what it resolves to is judged at each connection. Without TLS to hosts of the house alone."""
    target = outbound.check_url("url", webhook.url, outbound.ANY_HOST)
    if outbound.is_of_own_network(target.host):
        return
    if not re.search("[.:]", target.host):
        refuse(
            "url", "own_network", _("%(host)s is no public host, and not in OUTBOUND_PRIVATE_HOSTS"), host=target.host
        )
    if not target.is_tls:
        refuse("url", "tls", _("must begin with https://"))


def _give_secret(webhook: Webhook) -> str:
    key, shown = outbound.new_secret()
    webhook.secret = encrypt(key)
    return shown
