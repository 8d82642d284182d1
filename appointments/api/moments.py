"""Instants on the wire: `YYYY-MM-DD HH:MM:SS` where the group is, out and in; ISO 8601 with an offset in as well."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from appointments.rules import FIRST, LAST

LOCAL = re.compile(r"\A\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\Z", re.ASCII)
ISO = re.compile(r"\A\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.0{1,6})?(?:Z|[+-]\d{2}:?\d{2})\Z", re.ASCII)
DAY = re.compile(r"\A\d{4}-\d{2}-\d{2}\Z", re.ASCII)
NO_MOMENT = "must be a date and time as 2026-01-18 10:30:00, or ISO 8601 with an offset, in whole seconds"


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """→ UTC. A local time that comes twice is its first coming. Raises ValueError, with a text for people."""
    try:
        moment = _read(text, zone)
    except (ValueError, OverflowError):
        raise ValueError(NO_MOMENT) from None
    if moment is None:
        raise ValueError("does not exist: the clocks skip it")
    if not FIRST <= moment <= LAST:
        raise ValueError("is too far away")
    return moment


def _read(text: str, zone: ZoneInfo) -> datetime | None:
    """None for a local time that the clocks skip."""
    if LOCAL.match(text):
        local = datetime.fromisoformat(text).replace(tzinfo=zone)
        moment = local.astimezone(UTC)
        return moment if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None) else None
    if not ISO.match(text):
        raise ValueError
    return datetime.fromisoformat(text.replace(" ", "T", 1)).astimezone(UTC)


def is_second_pass(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the local clock shows what it has shown already: no text of this dialect names such a moment."""
    return bool(moment.astimezone(zone).fold)


def wire_moment(moment: datetime | None, zone: ZoneInfo) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(" ", "seconds")


def read_date(text: str) -> date:
    """Raises ValueError, with a text for people."""
    try:
        if not DAY.match(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a date as 1980-12-31") from None
