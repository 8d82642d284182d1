"""Instants on the wire: RFC 3339, out in UTC, without a fraction but for the two digits of `ext` [contract 50]."""

import re
from datetime import UTC, datetime, timedelta

SECOND, STAMP = timedelta(seconds=1), timedelta(milliseconds=10)
MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d+))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
# A day less at both ends than there is, so that every zone's clock can show it.
FIRST_YEAR, LAST_YEAR = 2, 9998
NO_MOMENT = "must be a date and time as 2019-02-20T08:00:00Z"


def read_moment(text: str, step: timedelta = SECOND) -> datetime:
    """Digits past the step are cut. Raises ValueError, with a text for people."""
    match = MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(NO_MOMENT)
    day, clock, fraction, offset = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{offset.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(NO_MOMENT) from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"must lie in the years {FIRST_YEAR:04} to {LAST_YEAR}")
    return cut(moment.replace(microsecond=int(f"{fraction or 0:0<6}"[:6])), step)


def cut(moment: datetime, step: timedelta) -> datetime:
    micros = step // timedelta(microseconds=1)
    return moment.replace(microsecond=0 if step >= SECOND else moment.microsecond // micros * micros)


def wire_moment(moment: datetime | None) -> str | None:
    """2019-02-20T08:00:00Z"""
    return None if moment is None else f"{_seconds(moment)}Z"


def wire_stamp(moment: datetime) -> str:
    """2019-08-26T12:09:03.34Z"""
    return f"{_seconds(moment)}.{moment.microsecond // 10_000:02}Z"


def _seconds(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
