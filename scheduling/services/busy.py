"""Who is busy when: the only writer of BusyInterval, for every kind of duty."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Busy
from core.inserts import Also
from core.statements import standing_cursor
from scheduling.intervals import Interval
from scheduling.models import BusyInterval
from scheduling.models.busy import sharing_time

# The first half of the advisory lock's key; the second is the resource.
LOCK_SPACE = 20
LOCK = "SELECT pg_advisory_xact_lock(%s::int, pk) FROM (SELECT unnest(%s::int[]) AS pk) AS resources"
# One statement for both databases. The ORM gives no key back under ON CONFLICT, and a plain INSERT under a storm
# deadlocks on the exclusion constraint (measured).
TAKE = """
INSERT INTO scheduling_busyinterval
       (organization_id, source_id, resource_id, seat, start, "end", kind, is_hard, expires_at)
SELECT {source}, wanted.*, {true}, {expires_at}
  FROM (SELECT %s{bigint} AS resource_id, %s{int} AS seat, %s{moment} AS start, %s{moment} AS "end", %s{text} AS kind)
       AS wanted{row}
 WHERE NOT EXISTS (
    SELECT 1 FROM scheduling_busyinterval AS taken
     WHERE taken.resource_id = wanted.resource_id AND taken.seat = wanted.seat AND taken.is_hard
       AND taken.start < wanted."end" AND taken."end" > wanted.start)
ON CONFLICT DO NOTHING RETURNING id
"""
TAKE_OF_USER = """
INSERT INTO scheduling_busyinterval (organization_id, resource_id, seat, start, "end", kind, source_id, is_hard)
SELECT organization_id, id, 0, %(start)s{moment}, %(end)s{moment}, %(kind)s{text}, %(source)s{bigint}, {false}
  FROM scheduling_resource WHERE organization_id = %(organization)s{bigint} AND user_id = %(user)s{bigint}
RETURNING id
"""
# psycopg sends small numbers as smallint, for which the constraint's index has no operators.
CASTS = {
    "postgresql": {
        "bigint": "::bigint",
        "int": "::int",
        "moment": "::timestamptz",
        "text": "::text",
        "true": "true",
        "false": "false",
    },
    "sqlite": {"bigint": "", "int": "", "moment": "", "text": "", "true": "1", "false": "0"},
}
OF_ROW = {"source": "%s{bigint}, %s{bigint}", "expires_at": "%s{moment}", "row": ""}
OF_NEW = {"source": "made.organization_id, made.id", "expires_at": "NULL::timestamptz", "row": ", made"}
TAKE_ALONE = {
    vendor: TAKE.format(**casts, **{name: text.format(**casts) for name, text in OF_ROW.items()})
    for vendor, casts in CASTS.items()
}
# Of a row that is written by the same statement, which PostgreSQL alone can.
SEAT = f"seat AS ({TAKE.format(**CASTS['postgresql'], **OF_NEW)})"


class Source(NamedTuple):
    """What takes the time: a BusyInterval.Kind and the id of its row."""

    kind: str
    pk: int


def lock_resources(resource_ids: Iterable[int]) -> None:
    """Until the end of the transaction, nobody else changes their time. Always all at once, in order."""
    if connection.vendor == "postgresql":
        standing_cursor().execute(LOCK, [LOCK_SPACE, [pk % 2**31 for pk in sorted(set(resource_ids))]])


def replace(
    source: Source, organization_id: int, resource_ids: Collection[int], interval: Interval | None, *, is_hard: bool
) -> None:
    """The source takes this time from these resources, and no other. Raises Busy where a hard time is taken already."""
    give_back(source)
    if interval is None:
        return
    if is_hard:
        for pk in sorted(resource_ids):
            _take_hard(source, organization_id, pk, interval)
    else:
        take_soft(source, organization_id, resource_ids, interval)


def give_back(source: Source) -> None:
    """The source takes nothing any more."""
    BusyInterval.objects.of(*source).delete()


def give_back_all(kind: str, pks: Collection[int]) -> dict[int, Interval]:
    """The same of many of one kind, each of which has one resource's time at most: what each had, by its id."""
    rows = BusyInterval.objects.filter(kind=kind, source_id__in=pks)
    freed = {pk: Interval(start, end) for pk, start, end in rows.values_list("source_id", "start", "end")}
    rows.delete()
    return freed


def shorten(source: Source, interval: Interval | None) -> None:
    """The source takes no more than this of what it has; None: nothing."""
    rows = BusyInterval.objects.of(*source)
    if interval is None:
        rows.delete()
    else:
        rows.filter(end__gt=interval.end).update(end=interval.end)


def take_soft(source: Source, organization_id: int, resource_ids: Collection[int], interval: Interval) -> None:
    rows = [
        BusyInterval(
            organization_id=organization_id,
            resource_id=pk,
            start=interval.start,
            end=interval.end,
            kind=source.kind,
            source_id=source.pk,
        )
        for pk in resource_ids
    ]
    BusyInterval.objects.bulk_create(rows)


def take_soft_of_user(source: Source, organization_id: int, user_id: int, interval: Interval) -> bool:
    """Of the resource that this person is there; False, and nothing is taken, where there is none yet.

    One statement, as it is part of every create of a community service.
    """
    return _insert(TAKE_OF_USER, source, organization_id, interval, user=user_id)


def take_seat(
    source: Source,
    organization_id: int,
    resource_id: int,
    seat: int,
    interval: Interval,
    expires_at: datetime | None = None,
) -> bool:
    """One seat of the resource, hard; False where something hard has it, be it for a moment that no lock saw."""
    parameters = [organization_id, source.pk, expires_at and _adapted(expires_at)]
    parameters += _wanted(source.kind, resource_id, seat, interval)
    if _is_written(TAKE_ALONE[connection.vendor], parameters):
        return True
    expired = BusyInterval.objects.filter(
        sharing_time(*interval), resource_id=resource_id, expires_at__lte=timezone.now()
    )
    return bool(expired.delete()[0]) and _is_written(TAKE_ALONE[connection.vendor], parameters)


def seat_beside(kind: str, organization_id: int, resource_id: int, seat: int, interval: Interval) -> Also:
    """The same for a row that is new, in its own statement; nothing is told where something has the seat."""

    def alone(pk: int) -> bool:
        return take_seat(Source(kind, pk), organization_id, resource_id, seat, interval)

    return Also(SEAT, _wanted(kind, resource_id, seat, interval), "(SELECT id FROM seat)", alone)


def _wanted(kind: str, resource_id: int, seat: int, interval: Interval) -> list:
    return [resource_id, seat, _adapted(interval.start), _adapted(interval.end), kind]


def _take_hard(source: Source, organization_id: int, resource_id: int, interval: Interval) -> None:
    if not take_seat(source, organization_id, resource_id, 0, interval):
        raise Busy(_("This time was taken at this very moment. Try again."))


def _insert(statement: str, source: Source, organization_id: int, interval: Interval, **more) -> bool:
    """Whether a row was written."""
    values: dict = {
        "organization": organization_id,
        "start": _adapted(interval.start),
        "end": _adapted(interval.end),
        "source": source.pk,
        "kind": source.kind,
    }
    return _is_written(statement.format(**CASTS[connection.vendor]), values | more)


def _is_written(statement: str, values: dict | list) -> bool:
    cursor = standing_cursor()
    cursor.execute(statement, values)
    return bool(cursor.fetchall())


def _adapted(instant: datetime):
    return connection.ops.adapt_datetimefield_value(instant)
