"""What staff and operators do with the outbox."""

from datetime import datetime, timedelta

from django.db.models import Min, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.errors import StateConflict
from core.locks import atomic
from core.mail.content import Rendered, render_row
from core.mail.delivery import CANCELLED_BY_STAFF, due_messages
from core.mail.queue import hand_over_on_commit
from core.models import OutboxMessage

State = OutboxMessage.State
BATCH = 1000
WAITING: list[str] = [State.QUEUED, State.FAILED]
# What went out, or was captured: what it said is kept.
KEPT: list[str] = [State.SENT, State.CAPTURED]
# What no worker has and none sent.
UNCLAIMED: list[str] = [*WAITING, State.CANCELLED]


def preview(row: OutboxMessage) -> Rendered | None:
    """What was sent (its text alone is kept), or what would be sent now; None when it is no longer due.

    A placeholder stands for a signed link. Raises RenderError.
    """
    if row.state in KEPT:
        return Rendered(subject=row.subject, text=row.text, html="")
    rendered = render_row(row)
    with translation.override(row.language):
        return rendered and rendered.for_reading()


@atomic
def resend(row: OutboxMessage) -> OutboxMessage:
    """Send once more, now, with all tries before it: the row itself, or a copy of one that went out.

    Raises StateConflict while a worker has it.
    """
    if row.state in KEPT:
        return _copy(row)
    again = {"state": State.QUEUED, "attempts": 0, "due_at": timezone.now(), "error": ""}
    if not OutboxMessage.objects.filter(pk=row.pk, state__in=UNCLAIMED).update(**again):
        raise _being_sent()
    _audit(row)
    hand_over_on_commit(row.pk)
    return row


def check_resend(row: OutboxMessage) -> None:
    """Raises StateConflict where `resend` would, as the row was read."""
    if row.state not in {*UNCLAIMED, *KEPT}:
        raise _being_sent()


def _being_sent() -> StateConflict:
    return StateConflict(_("is being sent"), UNCLAIMED)


@atomic
def cancel(row: OutboxMessage) -> None:
    """Never send it. Raises StateConflict when it is being sent, went out or was cancelled."""
    rows = OutboxMessage.objects.filter(pk=row.pk, state__in=WAITING)
    if not rows.update(state=State.CANCELLED, error=CANCELLED_BY_STAFF):
        raise _not_waiting()
    _audit(row)


def check_cancel(row: OutboxMessage) -> None:
    """Raises StateConflict where `cancel` would, as the row was read."""
    if row.state not in WAITING:
        raise _not_waiting()


def _not_waiting() -> StateConflict:
    return StateConflict(_("is not waiting to be sent"), WAITING)


def _audit(row: OutboxMessage) -> None:
    """A conditional update leaves no history row; saving what it wrote does."""
    row.refresh_from_db()
    row.save(update_fields=["state"])


def oldest_due_age() -> timedelta:
    """For how long the oldest unsent message has been due; zero when none is."""
    now = timezone.now()
    oldest = due_messages().aggregate(oldest=Min("due_at"))["oldest"]
    return max(now - oldest, timedelta(0)) if oldest else timedelta(0)


def prune_outbox(organization_id: int, before: datetime, *, dry_run: bool = False) -> int:
    """Delete (or count) what was sent, captured or cancelled and written before this; failed messages stay."""
    settled = OutboxMessage.objects.filter(state__in=[*KEPT, State.CANCELLED], organization=organization_id)
    old = settled.filter(created_at__lt=before)
    return old.count() if dry_run else _delete_silently(old)


def _delete_silently(rows: QuerySet) -> int:
    """In batches, and without a history row each: that a message grew old is nobody's deed."""
    deleted = 0
    while pks := list(rows.values_list("pk", flat=True)[:BATCH]):
        # Judged once more: one that was cancelled may have been sent again meanwhile.
        deleted += rows.filter(pk__in=pks)._raw_delete(rows.db)
    return deleted


def _copy(row: OutboxMessage) -> OutboxMessage:
    # A mail program drops a second message with the same Message-ID, so a wanted one gets its own.
    copied = ("organization", "recipient", "kind", "address", "language", "entity", "entity_id", "params")
    copy = OutboxMessage.objects.create(due_at=timezone.now(), **{name: getattr(row, name) for name in copied})
    hand_over_on_commit(copy.pk)
    return copy
