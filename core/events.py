"""What the product tells other systems of: the one table of event types, and the writing of events [contract 60]."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import Promise

from core.inserts import Also
from core.models import Event
from core.statements import standing_cursor
from core.webhooks import deliveries


@dataclass(frozen=True)
class EventType:
    """`name`: `<entity>.<what>`; `title` for people."""

    name: str
    title: str | Promise

    @property
    def entity(self) -> str:
        return self.name.partition(".")[0]


_types: dict[str, EventType] = {}


def event_type(name: str, title: str | Promise) -> EventType:
    """Register a type; apps do so in their `events.py`."""
    if name in _types:
        raise ValueError(f"two event types are named {name!r}")
    _types[name] = EventType(name, title)
    return _types[name]


def types() -> list[EventType]:
    """In the order of their names."""
    return [_types[name] for name in sorted(_types)]


def named(name: str) -> EventType | None:
    """None for one of another version."""
    return _types.get(name)


def record(kind: EventType, row: Any, entity_id: object = None) -> None:
    """Write an event beside the change of this row that it tells of, and a delivery to each webhook that wants such.

    `entity_id`: how the row's own API names it, where that is not its key. Raises TransactionManagementError outside
    a transaction.
    """
    _check_transaction()
    write = _write_at_once if connection.vendor == "postgresql" else _write_in_turn
    hand_over(write(kind.name, row.organization_id, str(entity_id or row.pk)))


def hand_over(pks: list[int]) -> None:
    """These deliveries, once they are committed."""
    for pk in pks:
        deliveries.hand_over_on_commit(pk)


def _check_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event is written in the transaction of its change")


def beside(kind: EventType, row: Any) -> Also:
    """The same for a row that is new, in its own statement: the ids of the deliveries, which `hand_over` takes."""
    _check_transaction()

    def alone(pk: int) -> list[int]:
        return _write_in_turn(kind.name, row.organization_id, str(pk))

    return Also(BESIDE, [kind.name], "ARRAY(SELECT id FROM delivery)", alone)


# One statement, as it stands in every change of the product; the transaction's number orders the feed (core.feed).
# The webhooks stay until it is committed: else one that is deleted meanwhile would undo the change.
WRITE = """
event AS (
  INSERT INTO core_event (uuid, kind, organization_id, entity_id, created_at, transaction)
  SELECT gen_random_uuid(), %s::text, {values}, pg_current_xact_id()::text::bigint {row}
  RETURNING id, organization_id, kind, created_at
), delivery AS (
  INSERT INTO core_webhookdelivery
         (webhook_id, event_id, state, attempts, due_at, until, created_at, answer_status, answer_body, error,
          is_replay)
  SELECT webhook.id, event.id, 'queued', 0, event.created_at, event.created_at + {tried_for}, event.created_at, 0, '',
         '', false
    FROM event JOIN core_webhook webhook ON webhook.organization_id = event.organization_id
   WHERE webhook.is_enabled AND webhook.types ?| ARRAY['*', event.kind]
     FOR KEY SHARE OF webhook
  RETURNING id
)"""
TRIED_FOR = f"interval '{deliveries.TRIED_FOR.total_seconds():.0f} seconds'"
GIVEN = WRITE.format(values="%s::bigint, %s::text, %s::timestamptz", row="", tried_for=TRIED_FOR)
# Of this file's constants alone; values go apart.
AT_ONCE = f"WITH {GIVEN} SELECT id FROM delivery"  # noqa: S608
BESIDE = WRITE.format(
    values="made.organization_id, made.id::text, made.created_at", row="FROM made", tried_for=TRIED_FOR
)


def _write_at_once(kind: str, organization_id: int, entity_id: str) -> list[int]:
    cursor = standing_cursor()
    cursor.execute(AT_ONCE, [kind, organization_id, entity_id, timezone.now()])
    return [pk for (pk,) in cursor.fetchall()]


def _write_in_turn(kind: str, organization_id: int, entity_id: str) -> list[int]:
    event = Event.objects.create(organization_id=organization_id, kind=kind, entity_id=entity_id)
    return [deliveries.write(pk, event) for pk in deliveries.wanting(event)]
