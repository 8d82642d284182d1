"""Recurrence rules (RFC 5545) by local days: which days a rule names, and when its hour comes on them. Pure."""

import re
from collections.abc import Iterator
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.zones import local_moment

# What each frequency understands here; the rest gives more than one a day, or days that nobody expects.
COMMON = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
PARTS = {
    "DAILY": COMMON | {"BYDAY", "BYMONTH"},
    "WEEKLY": COMMON | {"BYDAY", "BYMONTH"},
    "MONTHLY": COMMON | {"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": COMMON | {"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"},
}
DAYS = r"(MO|TU|WE|TH|FR|SA|SU)"
NUMBER = r"[+-]?([1-9]|[1-4]\d|5[0-3])"
PLACE = r"[+-]?([1-9]\d?|[12]\d\d|3[0-5]\d|36[0-6])"
# A rule is kept in one line and read at every run: numbers that nobody needs are refused.
FORMS = {
    "INTERVAL": r"[1-9]\d{0,2}",
    "COUNT": r"[1-9]\d{0,3}",
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "WKST": DAYS,
    # Numbered all or none: the library reads a mixture as neither.
    "BYDAY": rf"{DAYS}(,{DAYS})*|{NUMBER}{DAYS}(,{NUMBER}{DAYS})*",
    "BYMONTH": r"(0?[1-9]|1[0-2])(,(0?[1-9]|1[0-2]))*",
    "BYMONTHDAY": r"[+-]?([1-9]|[12]\d|3[01])(,[+-]?([1-9]|[12]\d|3[01]))*",
    "BYSETPOS": rf"{PLACE}(,{PLACE})*",
}
# A rule that names no day within this time of its start names none that matters.
HORIZON = timedelta(days=3653)
# The years of the horizon, and one that shows whether the last of them is a leap year.
ALIKE = 12


def tidied(rule: str) -> str:
    """As RFC 5545 writes it, and as it is stored."""
    return rule.strip().upper().removeprefix("RRULE:").strip(";")


def check_rule(text: str, start_at: datetime, zone: ZoneInfo) -> None:
    """Raise ValidationError (no field) unless it is a rule of at most one a day that names a day at all."""
    parts = _split(text)
    frequency = parts.get("FREQ", "")
    if frequency not in PARTS:
        raise ValidationError(_("must have FREQ: DAILY, WEEKLY, MONTHLY or YEARLY"), code="frequency")
    for name, value in parts.items():
        _check_part(frequency, name, value)
    if {"COUNT", "UNTIL"} <= set(parts):
        raise ValidationError(_("must not have both COUNT and UNTIL"), code="two_ends")
    if frequency == "DAILY" and "INTERVAL" in parts and set(parts) & {"BYDAY", "BYMONTH"}:
        raise ValidationError(_("must not have INTERVAL beside BYDAY or BYMONTH in a daily rule"), code="combination")
    if re.search(r"([6-9]|\d\d)[A-Z]", parts.get("BYDAY", "")) and (frequency == "MONTHLY" or "BYMONTH" in parts):
        raise ValidationError(_("must not number weekdays beyond five in a month"), code="combination")
    day = _first_day(parts, start_at.astimezone(zone).date())
    if day is None or next(between(text, start_at, zone, start_at, start_at + HORIZON), None) is None:
        raise ValidationError(_("names no day in the ten years after its start"), code="no_day")


def _first_day(parts: dict[str, str], start: date) -> date | None:
    """The first day that the rule names, whatever its end; None where it is not near.

    Looked for in the last years that dates have: there the library comes to its end soon, where after the start
    itself it looks for a 30 February in thousands of years.
    """
    shift = _years_to_the_end(start.year)
    first = datetime.combine(start.replace(year=start.year + shift), time(0))
    return next(_days(parts, first), None)


def _years_to_the_end(year: int) -> int:
    """By how many years to go on to the last ones in which ten years' days have the same weekdays."""
    wanted = _first_weekdays(year)
    ends = range(MAXYEAR - ALIKE + 1, year, -1)
    return next((last - year for last in ends if _first_weekdays(last) == wanted), 0)


def _first_weekdays(year: int) -> list[int]:
    return [date(year + number, 1, 1).weekday() for number in range(ALIKE)]


def _check_part(frequency: str, name: str, value: str) -> None:
    if name not in PARTS[frequency]:
        message = _("must not have %(part)s in a rule of FREQ=%(frequency)s")
        raise ValidationError(message, code="part", params={"part": name, "frequency": frequency})
    numbered = name == "BYDAY" and re.search(r"\d", value) and frequency in ("DAILY", "WEEKLY")
    known = name == "FREQ" or (re.fullmatch(FORMS[name], value) and not numbered)
    if not known or (name == "UNTIL" and _until(value) is None):
        raise ValidationError(_("cannot be read: its %(part)s"), code="value", params={"part": name})


def _split(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(";")]
    parts = {name: value for name, _equals, value in pairs}
    if len(parts) < len(pairs) or not all(equals and value for _name, equals, value in pairs):
        raise ValidationError(_("must be parts such as FREQ=WEEKLY;BYDAY=MO,TH, each once"), code="syntax")
    return parts


def between(text: str, start_at: datetime, zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """The occurrences in [first, last], in order, of a checked rule that starts at `start_at`.

    Each is on a local day that the rule names, at the local time of day of the start; COUNT counts from the start. A
    time that the clocks skip on a day comes right after the gap, one that they show twice, the first time.
    """
    local = start_at.astimezone(zone)
    parts = _split(text)
    until = _until(parts.get("UNTIL", ""))
    for day in _days(parts, datetime.combine(local.date(), time(0))):
        moment = start_at if day == local.date() else local_moment(day, local.time(), zone)
        if moment > last or _is_past(until, moment, datetime.combine(day, local.time())):
            return
        if moment >= first:
            yield moment.astimezone(UTC)


def _days(parts: dict[str, str], first: datetime) -> Iterator[date]:
    """From the first midnight on, without an end."""
    rule = ";".join(f"{name}={value}" for name, value in parts.items() if name != "UNTIL")
    return (midnight.date() for midnight in rrulestr(rule, dtstart=first))


def _is_past(until: datetime | date | None, moment: datetime, local: datetime) -> bool:
    """An end may be an instant, a local time or a local day, as RFC 5545 has it."""
    if until is None:
        return False
    if not isinstance(until, datetime):
        return local.date() > until
    return moment > until if until.tzinfo else local > until


def _until(text: str) -> datetime | date | None:
    """None where there is none, or it is no date."""
    try:
        if len(text) == 8:
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  (a day has no zone)
        moment = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if text.endswith("Z") else moment
