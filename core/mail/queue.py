"""Into the outbox, in the caller's transaction."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from core.mail.handover import hand_over
from core.models import Organization, OutboxMessage, User
from core.statements import insert


def queue_email(
    *,
    kind: str,
    organization: Organization,
    recipient: User | None,
    address: str,
    language: str,
    entity: models.Model,
    params: dict | None = None,
    due_at: datetime | None = None,
) -> int:
    """Write the message beside the change that it tells of; it is handed over once that is committed. Returns its id.

    `entity` is the row that it is about, `params` what else its function needs (JSON), `due_at` when it is to be sent
    (now by default: the sweep sends what is due later). Raises
    TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an e-mail is queued in the transaction of its change")
    now = timezone.now()
    values = {
        "kind": kind,
        "organization_id": organization.pk,
        "recipient_id": recipient and recipient.pk,
        "address": address,
        "language": language,
        "entity": entity._meta.label_lower,
        "entity_id": entity.pk,
        "params": params or {},
        "due_at": due_at or now,
        "created_at": now,
    }
    # Without a history row: the change that it tells of has its own.
    pk: Any = insert(OutboxMessage, values)
    if due_at is None:
        hand_over_on_commit(pk)
    return pk


def hand_over_on_commit(pk: int) -> None:
    transaction.on_commit(partial(hand_over, pk), robust=True)
