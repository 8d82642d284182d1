"""Local times, across the nights when clocks change. Pure."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo


def local_moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the local clock first shows this time on this day.

    A time that the clock skips gives the first moment after the gap; one that comes twice, the first, unless its fold
    is 1.
    """
    local = datetime.combine(day, clock, zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    return _end_of_gap(local, zone)


def is_skipped(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock there never shows this (naive) time."""
    return local_moment(local.date(), local.time(), zone).astimezone(zone).replace(tzinfo=None) != local


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    # Read with the offset after the change the time lands before it, read with the one before it lands after.
    start = local.replace(fold=1, microsecond=0).astimezone(UTC)
    low, high = 0, 48 * 3600
    offset = start.astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if (start + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return start + timedelta(seconds=high)


def is_doubled(local: datetime) -> bool:
    """Whether the clock shows this time, of an instant in its zone, twice."""
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first != second


def clock_text(instant: datetime, zone: tzinfo) -> str:
    """2026-06-01 11:00, there."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def hours_and_minutes(seconds: int) -> str:
    """A length for people: 14400 → "4 h", 5400 → "1 h 30 min"."""
    hours, minutes = divmod(round(seconds / 60), 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join(parts + ([f"{minutes} min"] if minutes or not hours else []))


def wire_moment(value: datetime | None) -> str | None:
    """2017-11-27T06:00:00.000Z"""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
