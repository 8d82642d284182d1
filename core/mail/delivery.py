"""From the outbox to the mail server: claim, send outside any transaction, mark."""

import logging
import time
from dataclasses import astuple, dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from core.mail.content import Rendered, render_row
from core.mail.smtp import Mailer, build_message
from core.models import OutboxMessage

logger = logging.getLogger("dutyboard.mail")
State = OutboxMessage.State

# After each failed try; the one after the last is the last.
PAUSES = [
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
]
BATCH = 100

# Stored in English; the back office tells these few, which are our own, in the reader's language.
CANCELLED_BY_STAFF = gettext_noop("cancelled by staff")
NO_LONGER_DUE = gettext_noop("no longer due when it was to be sent")
WORKER_ENDED = gettext_noop("the worker ended during the last try")
OWN_ERRORS = {CANCELLED_BY_STAFF, NO_LONGER_DUE, WORKER_ENDED}


@dataclass
class Drained:
    """How many messages of a drain ended how; `retried` waits for its next try, `failed` is parked for staff.

    `captured` is a sandbox's, that nobody is sent.
    """

    sent: int = 0
    cancelled: int = 0
    retried: int = 0
    failed: int = 0
    captured: int = 0

    @property
    def total(self) -> int:
        return sum(astuple(self))

    def __add__(self, other: "Drained") -> "Drained":
        return Drained(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


COUNTED = {
    State.SENT: "sent",
    State.CANCELLED: "cancelled",
    State.QUEUED: "retried",
    State.FAILED: "failed",
    State.CAPTURED: "captured",
}


def due_messages() -> QuerySet[OutboxMessage]:
    """Waiting and due, or claimed by a worker that did not finish within its lease."""
    now = timezone.now()
    waiting = Q(state=State.QUEUED, due_at__lte=now)
    abandoned = Q(state=State.SENDING, lease_until__lt=now)
    return OutboxMessage.objects.filter(waiting | abandoned, due_at__lte=now)


def drain(limit: int | None = None, seconds: float | None = None) -> Drained:
    """Send what is due, oldest first, until nothing is, or the limit or the time is reached.

    Stops early when the mail server cannot be reached, so that the rest spend no try on it.
    """
    done, mailer = Drained(), Mailer()
    end = float("inf") if seconds is None else time.monotonic() + seconds
    _park_exhausted()
    try:
        while not mailer.is_down and (ids := _next_ids(done, limit)):
            _send_batch(ids, mailer, done, end)
            if time.monotonic() >= end:
                break
    finally:
        mailer.close()
    return done


def send(row_id: int, mailer: Mailer | None = None) -> OutboxMessage.State | None:
    """Send one message if it is due and nobody else has it: its new state, or None when it was not ours to send."""
    row = _claim(row_id)
    if row is None:
        return None
    own = mailer or Mailer()
    try:
        return _deliver(row, own)
    finally:
        if mailer is None:
            own.close()


def _next_ids(done: Drained, limit: int | None) -> list[int]:
    room = BATCH if limit is None else min(BATCH, limit - done.total)
    return list(due_messages().order_by("due_at", "id").values_list("pk", flat=True)[:room])


def _send_batch(ids: list[int], mailer: Mailer, done: Drained, end: float) -> None:
    for row_id in ids:
        state = send(row_id, mailer)
        if state:
            setattr(done, COUNTED[state], getattr(done, COUNTED[state]) + 1)
        if mailer.is_down or time.monotonic() >= end:
            return


def _claim(row_id: int) -> OutboxMessage | None:
    lease_until = timezone.now() + settings.OUTBOX_LEASE
    row = OutboxMessage.objects.filter(pk=row_id).select_related("organization", "recipient").first()
    if row is None:
        return None
    claimed = {"state": State.SENDING, "lease_until": lease_until, "attempts": row.attempts + 1}
    if not due_messages().filter(pk=row_id, attempts=row.attempts).update(**claimed):
        return None
    row.state, row.lease_until, row.attempts = State.SENDING, lease_until, row.attempts + 1
    return row


def _deliver(row: OutboxMessage, mailer: Mailer) -> OutboxMessage.State | None:
    try:
        rendered = render_row(row)
        if rendered is None:
            return _finish(row, state=State.CANCELLED, error=NO_LONGER_DUE)
        with translation.override(row.language):
            kept = rendered.for_reading()
        if row.organization.is_sandbox:
            return _keep(row, kept, state=State.CAPTURED)
        mailer.deliver(build_message(row, rendered.for_sending()))
    except Exception as error:
        return _put_off(row, error)
    return _keep(row, kept, state=State.SENT, sent_at=timezone.now())


def _keep(row: OutboxMessage, kept: Rendered, **end) -> OutboxMessage.State | None:
    """What it said, and that it is done with."""
    return _finish(
        row,
        subject=storable(kept.subject)[:255],
        text=storable(kept.text),
        address=kept.address or row.address,
        error="",
        **end,
    )


def _put_off(row: OutboxMessage, error: Exception) -> OutboxMessage.State | None:
    reason = storable(f"{type(error).__name__}: {error}")[:2000]
    if row.attempts > len(PAUSES):
        logger.error("message %s (%s) is parked after %s tries: %s", row.pk, row.kind, row.attempts, reason)
        return _finish(row, state=State.FAILED, error=reason)
    logger.warning("message %s (%s), try %s: %s", row.pk, row.kind, row.attempts, reason)
    return _finish(row, state=State.QUEUED, error=reason, due_at=timezone.now() + PAUSES[row.attempts - 1])


def _finish(row: OutboxMessage, **values) -> OutboxMessage.State | None:
    """End our claim; nothing is written when the lease ran out and another worker has the row now."""
    mine = OutboxMessage.objects.filter(pk=row.pk, state=State.SENDING, lease_until=row.lease_until)
    if mine.update(lease_until=None, **values):
        return values["state"]
    logger.warning("message %s outlived its lease", row.pk)
    return None


def _park_exhausted() -> None:
    """A message whose last try killed its worker is not tried for ever."""
    exhausted = due_messages().filter(state=State.SENDING, attempts__gt=len(PAUSES))
    exhausted.update(state=State.FAILED, lease_until=None, error=WORKER_ENDED)


def storable(text: str) -> str:
    """Without what PostgreSQL cannot hold: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
