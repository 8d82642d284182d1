"""Into the outbox, in the caller's transaction."""

from functools import partial

from django.db import models, transaction
from django.utils import timezone

from core.mail.handover import hand_over
from core.models import Organization, OutboxMessage, User


def queue_email(
    *,
    kind: str,
    organization: Organization,
    recipient: User | None,
    address: str,
    language: str,
    entity: models.Model,
    params: dict | None = None,
) -> OutboxMessage:
    """Write the message beside the change that it tells of; it is handed over once that is committed.

    `entity` is the row that it is about, `params` what else its function needs (JSON). Raises
    TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an e-mail is queued in the transaction of its change")
    row = OutboxMessage(
        kind=kind,
        organization=organization,
        recipient=recipient,
        address=address,
        language=language,
        entity=entity._meta.label_lower,
        entity_id=entity.pk,
        params=params or {},
        due_at=timezone.now(),
    )
    # In bulk, so that no history row is written: the change that it tells of has its own.
    OutboxMessage.objects.bulk_create([row])
    hand_over_on_commit(row)
    return row


def hand_over_on_commit(row: OutboxMessage) -> None:
    transaction.on_commit(partial(hand_over, row.pk), robust=True)
