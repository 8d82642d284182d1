"""Into the outbox, in the caller's transaction."""

from datetime import datetime
from functools import partial
from typing import Any, NotRequired, TypedDict, Unpack

from django.db import connection, models, transaction
from django.utils import timezone

from core.inserts import Beside, insert
from core.mail.handover import hand_over
from core.models import Organization, OutboxMessage, User


class Mail(TypedDict):
    """`entity` is the row that it is about, `params` what else its function needs (JSON).

    `due_at` is when it is to be sent: now by default; the sweep sends what is due later.
    """

    kind: str
    organization: Organization
    recipient: User | None
    address: str
    language: str
    entity: models.Model
    params: NotRequired[dict]
    due_at: NotRequired[datetime | None]


def queue_email(**mail: Unpack[Mail]) -> int:
    """Write the message beside the change that it tells of; it is handed over once that is committed. Returns its id.

    Raises TransactionManagementError outside a transaction.
    """
    row = message(**mail)
    pk: Any = insert(row.model, row.values | {row.key: mail["entity"].pk})
    if mail.get("due_at") is None:
        hand_over_on_commit(pk)
    return pk


def message(**mail: Unpack[Mail]) -> Beside:
    """The same for an entity that is new, in its own statement: its id, which `hand_over_on_commit` takes."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an e-mail is queued in the transaction of its change")
    now, recipient = timezone.now(), mail["recipient"]
    values = {
        "kind": mail["kind"],
        "organization_id": mail["organization"].pk,
        "recipient_id": recipient and recipient.pk,
        "address": mail["address"],
        "language": mail["language"],
        "entity": mail["entity"]._meta.label_lower,
        "params": mail.get("params") or {},
        "due_at": mail.get("due_at") or now,
        "created_at": now,
    }
    # Without a history row: the change that it tells of has its own.
    return Beside(OutboxMessage, values, "entity_id")


def hand_over_on_commit(pk: int) -> None:
    transaction.on_commit(partial(hand_over, pk), robust=True)
