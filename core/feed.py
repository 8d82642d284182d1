"""The feed of events: an order that never changes, and for whoever reads by position each event once [contract 60].

PostgreSQL numbers transactions, and tells which of those that wrote events still run. Events of older transactions than
these take the next positions, in the order of their transactions; what commits later comes behind them. What was
committed after that look waits for the next one.
"""

from datetime import datetime
from itertools import takewhile
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, F, Field, Func, Q, QuerySet, Value
from django.utils.translation import gettext as _

from core.errors import StateConflict
from core.locks import atomic
from core.models import Event, EventFeed, Organization

MOST_PLACED = 5000
BATCH = 1000


class Gone(StateConflict):
    """What stood behind this position was deleted for its age, or the feed never came so far: a backup was restored."""

    def __init__(self) -> None:
        super().__init__(_("Events behind this cursor are gone: begin again without it"), [])


class NextTransaction(Func):
    """PostgreSQL's number for the next transaction: what was restored may have a number of the future."""

    template = "pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    output_field: Field = BigIntegerField()


class Seen(Func):
    """Of a transaction and a snapshot of PostgreSQL: whether the one had ended when the other was taken."""

    template, arg_joiner = "pg_visible_in_snapshot(%(expressions)s::pg_snapshot)", "::text::xid8, "
    output_field: Field = BooleanField()


# Whoever has inserted an event holds this lock until his transaction ends. Of the number, locks have the lower 32 bits.
# The snapshot is from before the look at the locks.
WRITERS = """
WITH held AS MATERIALIZED (SELECT * FROM pg_locks)
SELECT pg_current_snapshot()::text, pg_snapshot_xmax(pg_current_snapshot())::text::bigint, ARRAY(
SELECT number.transactionid::text::bigint
  FROM held AS writer JOIN held AS number USING (virtualtransaction)
 WHERE writer.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND writer.relation = 'core_event'::regclass AND writer.mode = 'RowExclusiveLock'
   AND writer.pid IS DISTINCT FROM pg_backend_pid()
   AND number.locktype = 'transactionid' AND number.mode = 'ExclusiveLock')
"""


def preceded() -> Q:
    """Of the events that have no position: those before which one of an older transaction may still be committed."""
    return _behind(_look()[1]) if connection.vendor == "postgresql" else Q(pk__in=[])


def _behind(first: int | None) -> Q:
    return Q(pk__in=[]) if first is None else Q(transaction__gte=first, transaction__lt=NextTransaction())


def _look() -> tuple[str, int | None]:
    """A snapshot, and then the number of the oldest other transaction that has written events and still runs."""
    with connection.cursor() as cursor:
        cursor.execute(WRITERS)
        snapshot, near, numbers = cursor.fetchone()
    return snapshot, min((_whole(number, near) for number in numbers), default=None)


def _whole(number: int, near: int) -> int:
    """The whole of a number of which we have 32 bits, and another that is not far from it."""
    return near + (number - near + 2**31) % 2**32 - 2**31


def read(organization: Organization, after: int, limit: int, kinds: list[str]) -> tuple[list[Event], int]:
    """The events of these types behind the position `after` (0: from the first), in the feed's order, and the position
    from which to go on: behind all that was looked at. Raises Gone.
    """
    place(organization)
    feeds = EventFeed.objects.filter(organization=organization)
    # Before the events: what gets a later position is for the next page.
    last = feeds.values_list("last_position", flat=True).first() or 0
    rows = Event.objects.filter(organization=organization, position__gt=after, kind__in=kinds)
    found = list(rows.order_by("position")[:limit])
    # After them: nothing of the page was deleted while it was read.
    if after > last or (after and feeds.filter(purged_position__gt=after).exists()):
        raise Gone
    return found, _reached(found, limit, last)


def _reached(found: list[Event], limit: int, looked_to: int) -> int:
    """A page that is not full ends where its reader has seen all, be it of types that he may not read."""
    end = found[-1].position or 0 if found else 0
    return end if len(found) == limit else max(end, looked_to)


@atomic
def place(organization: Organization) -> int:
    """Give the events that nothing older can precede any more their positions; how many."""
    waiting = Event.objects.filter(organization=organization, position=None)
    if not waiting.exists():
        return 0
    feed = _locked(organization)
    events = _settled(waiting.order_by("transaction", "id").only("pk"))
    for position, event in enumerate(events, start=feed.last_position + 1):
        event.position = position
    Event.objects.bulk_update(events, ["position"], batch_size=BATCH)
    EventFeed.objects.filter(pk=feed.pk).update(last_position=F("last_position") + len(events))
    return len(events)


def _settled(waiting: QuerySet[Event]) -> list[Event]:
    """Up to the first that came after the snapshot: the same may be so of an older one, which is not committed yet."""
    if connection.vendor != "postgresql":
        return list(waiting[:MOST_PLACED])
    snapshot, first = _look()
    was_there = Q(Seen(F("transaction"), Value(snapshot))) | Q(transaction__gte=NextTransaction())
    rows: Any = waiting.exclude(_behind(first)).annotate(was_there=was_there)
    return list(takewhile(lambda event: event.was_there, rows[:MOST_PLACED]))


def _locked(organization: Organization) -> EventFeed:
    """One at a time gives positions."""
    EventFeed.objects.get_or_create(organization=organization)
    return EventFeed.objects.select_for_update().get(organization=organization)


def purge(organization: Organization, before: datetime, *, dry_run: bool = False) -> int:
    """Delete (or count) what is older, with its deliveries, oldest first; how many events."""
    if dry_run:
        return Event.objects.filter(organization=organization, created_at__lt=before).count()
    # All that wait: where nobody reads the feed, one turn a day would never come to their end.
    while place(organization) == MOST_PLACED:
        continue
    placed = Event.objects.filter(organization=organization, position__isnull=False)
    young = placed.filter(created_at__gte=before).order_by("position").values_list("position", flat=True).first()
    return _deleted(organization, placed.filter(position__lt=young) if young else placed)


def _deleted(organization: Organization, old: QuerySet[Event]) -> int:
    deleted = 0
    while batch := dict(old.order_by("position").values_list("pk", "position")[:BATCH]):
        _delete_batch(organization, batch)
        deleted += len(batch)
    return deleted


@atomic
def _delete_batch(organization: Organization, batch: dict[int, Any]) -> None:
    feed = _locked(organization)
    feed.purged_position = max(feed.purged_position, *batch.values())
    feed.save(update_fields=["purged_position"])
    Event.objects.filter(pk__in=batch).delete()
