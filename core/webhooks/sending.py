"""From a delivery's row to its receiver: claim, send outside any transaction, mark [contract 60]."""

import logging
import time
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import outbound
from core.crypto import InvalidToken, decrypt
from core.locks import atomic
from core.mail.delivery import storable
from core.models import Organization, Webhook, WebhookDelivery
from core.webhooks import emails
from core.webhooks.envelope import envelope, event_id

logger = logging.getLogger("dutyboard.webhooks")
State = WebhookDelivery.State

# After each failed try; the last one again and again, until the delivery's time is over.
PAUSES = [
    *(timedelta(seconds=number) for number in (5, 30)),
    *(timedelta(minutes=number) for number in (2, 10, 30)),
    *(timedelta(hours=number) for number in (1, 2, 4)),
]
# So long nothing else is tried at a webhook that just failed: one that hangs costs ten seconds, not as many as it has
# deliveries.
REST = timedelta(seconds=30)
# A webhook of which nothing arrived for so long is switched off.
FAILING_TOO_LONG = timedelta(days=5)
# Where nothing was tried for so long, nothing was failing either: what fails next begins anew.
UNTRIED = timedelta(days=2)
BATCH = 100
LONGEST_ANSWER = 2000
SWITCHED_OFF = gettext_noop("Nothing arrived there for 5 days")


def due() -> QuerySet[WebhookDelivery]:
    """Waiting and due, or claimed by a worker that did not finish within its lease."""
    now = timezone.now()
    abandoned = Q(state=State.SENDING, lease_until__lt=now)
    rested = Q(webhook__resting_until=None) | Q(webhook__resting_until__lte=now)
    return WebhookDelivery.objects.filter(rested, Q(state=State.QUEUED) | abandoned, due_at__lte=now)


def drain(organization: Organization | None = None, seconds: float = 20.0) -> int:
    """Send what is due, oldest first, of one organization or of all; how many deliveries were tried."""
    end, tried = time.monotonic() + seconds, 0
    while pks := _next(organization):
        for pk in pks:
            tried += send(pk) is not None
            if time.monotonic() >= end:
                return tried
    return tried


def _next(organization: Organization | None) -> list[int]:
    rows = due().filter(webhook__organization=organization) if organization else due()
    return list(rows.order_by("due_at", "id").values_list("pk", flat=True)[:BATCH])


def send(pk: int) -> WebhookDelivery.State | None:
    """Try one delivery if it is due and nobody else has it: its new state, or None when it was not ours."""
    delivery = _claim(pk)
    if delivery is None:
        return None
    if not delivery.webhook.is_enabled or not delivery.webhook.organization.is_active:
        return _finish(delivery, state=State.CANCELLED)
    try:
        answer = _posted(delivery)
    except Exception as error:
        return _failed(delivery, _why(error), 0, "")
    if not answer.is_success:
        return _failed(delivery, _("The answer was %(status)d") % {"status": answer.status}, answer.status, answer.text)
    return _arrived(delivery, answer.status, answer.text)


def _posted(delivery: WebhookDelivery) -> outbound.Answer:
    """The event's id is the message's in each try and when it is sent again, so that a receiver knows it."""
    event, secrets = delivery.event, secrets_of(delivery.webhook)
    return outbound.post_json(
        delivery.webhook.url, envelope(event), key=event_id(event), secrets=secrets, hosts=outbound.ANY_HOST
    )


def _why(error: Exception) -> str:
    if isinstance(error, outbound.CallFailed):
        return str(error)
    logger.exception("a webhook could not be called")
    if isinstance(error, InvalidToken):
        return _("Its secret cannot be decrypted with the present keys")
    return _("Something went wrong on this side; the server's log has it")


def secrets_of(webhook: Webhook) -> list[bytes]:
    """The one that signs, and during a rotation the former one beside it."""
    found = [decrypt(bytes(webhook.secret))]
    if webhook.former_secret and webhook.former_until and webhook.former_until > timezone.now():
        # One that no key reads any more was replaced for that.
        with suppress(InvalidToken):
            found.append(decrypt(bytes(webhook.former_secret)))
    return found


def _claim(pk: int) -> WebhookDelivery | None:
    row = due().select_related("webhook__organization", "event").filter(pk=pk).first()
    if row is None:
        return None
    lease_until = timezone.now() + settings.OUTBOX_LEASE
    claimed = {"state": State.SENDING, "lease_until": lease_until, "attempts": row.attempts + 1}
    # By columns of its own: PostgreSQL would not look again at a joined row, and two would claim it.
    same = WebhookDelivery.objects.filter(pk=pk, state=row.state, attempts=row.attempts, lease_until=row.lease_until)
    if not same.update(**claimed):
        return None
    row.state, row.lease_until, row.attempts = State.SENDING, lease_until, row.attempts + 1
    return row


def _arrived(delivery: WebhookDelivery, status: int, body: str) -> WebhookDelivery.State | None:
    failing = Webhook.objects.filter(pk=delivery.webhook_id, failing_since__isnull=False)
    failing.update(failing_since=None, resting_until=None)
    told = {"answer_status": status, "answer_body": storable(body)[:LONGEST_ANSWER], "error": ""}
    return _finish(delivery, state=State.DELIVERED, delivered_at=timezone.now(), **told)


def _failed(delivery: WebhookDelivery, why: str, status: int, body: str) -> WebhookDelivery.State | None:
    now = timezone.now()
    kept = storable(body)[:LONGEST_ANSWER]
    told = {"answer_status": status, "answer_body": kept, "error": storable(why)[:LONGEST_ANSWER]}
    _note_failure(delivery.webhook_id, now)
    if now >= delivery.until:
        return _finish(delivery, state=State.FAILED, **told)
    pause = PAUSES[min(delivery.attempts, len(PAUSES)) - 1]
    return _finish(delivery, state=State.QUEUED, due_at=min(now + pause, delivery.until), **told)


@atomic
def _note_failure(pk: int, now: datetime) -> None:
    """It rests; one of which nothing arrived for days is switched off, and its keepers are told."""
    rows = Webhook.objects.select_for_update(of=("self",), no_key=True).select_related("organization")
    webhook = rows.filter(pk=pk, is_enabled=True).first()
    if webhook is None:
        return
    is_going_on = webhook.resting_until and webhook.resting_until > now - UNTRIED
    since = webhook.failing_since if is_going_on and webhook.failing_since else now
    Webhook.objects.filter(pk=pk).update(failing_since=since, resting_until=now + REST)
    if since <= now - FAILING_TOO_LONG:
        webhook.changed(is_enabled=False, off_reason=SWITCHED_OFF, failing_since=since).save()
        emails.queue_switched_off(webhook)


def _finish(delivery: WebhookDelivery, **values) -> WebhookDelivery.State | None:
    mine = WebhookDelivery.objects.filter(pk=delivery.pk, state=State.SENDING, lease_until=delivery.lease_until)
    if mine.update(lease_until=None, **values):
        return values["state"]
    logger.warning("webhook delivery %s outlived its lease", delivery.pk)
    return None
