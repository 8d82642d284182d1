"""How what tells of a person goes, whether it grew old or the person asked: from rows, their history, messages."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from core.changes import apply_changes
from core.models import OutboxMessage
from core.people import PLACEHOLDER_EMAIL

State = OutboxMessage.State
UNSENT = (State.QUEUED, State.FAILED, State.SENDING)
# What of a message says whose it was, and what it becomes.
MESSAGE_BLANKS: dict[str, Any] = {
    "address": PLACEHOLDER_EMAIL,
    "recipient": None,
    "subject": "",
    "text": "",
    "params": {},
    "error": "",
}


def told(rows: QuerySet, blanks: Mapping[str, Any]) -> QuerySet:
    """Those that still say something there; of what a callable makes of them nothing is known beforehand."""
    fixed = {name: value for name, value in blanks.items() if not callable(value)}
    return rows.exclude(**fixed) if len(fixed) == len(blanks) else rows


def blank(row: Any, blanks: Mapping[str, Any]) -> bool:
    """With a record of it where the row has a history, so that nobody wonders who emptied it. Whether it said aught."""
    values = {name: value(row) if callable(value) else value for name, value in blanks.items()}
    if not apply_changes(row, values):
        return False
    row.save()
    return True


def forget_records(records: QuerySet, blanks: Mapping[str, Any]) -> int:
    """In the history, of which not every model keeps every column: how many records still told of somebody."""
    kept = {field.name for field in records.model._meta.concrete_fields}
    values = {name: value for name, value in blanks.items() if name in kept and not callable(value)}
    return told(records, values).update(**values) if values else 0


def messages_about(model: Any, pks: Collection[int]) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(entity=model._meta.label_lower, entity_id__in=pks)


def forget_messages(messages: QuerySet[OutboxMessage]) -> int:
    """What was not sent never is; how many still told of somebody. One that is being sent writes nothing afterwards."""
    telling = messages.filter(Q(state__in=UNSENT) | ~Q(**MESSAGE_BLANKS))
    state = Case(When(state__in=UNSENT, then=Value(State.CANCELLED)), default=F("state"))
    return telling.update(state=state, lease_until=None, **MESSAGE_BLANKS)


def settled(messages: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
    """Without those that are yet to be sent to somebody else, and are written when they are sent."""
    return messages.exclude(state__in=UNSENT)
