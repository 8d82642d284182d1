"""When a calendar is open, as it is kept on its row, so that one read gives a calendar whole.

opening hours: `[{"day": 1…7 (Monday first), "start": "09:00", "end": "12:30", "services": [ids; none: all]}]`
exceptions: `[{"date": "2026-12-24", "ranges": [{"start", "end"}; none: closed]}]`, one a date. "24:00" ends a day.
"""

import re
from datetime import date, time
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from core.changes import refuse
from scheduling.intervals import LocalRange

CLOCK = re.compile(r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z")
MIDNIGHT = "24:00"
MOST_RANGES, MOST_EXCEPTIONS, MOST_SERVICES = 100, 1000, 500


def read_range(hours: dict) -> LocalRange:
    """Of a range that was checked."""
    return _range(hours["start"], hours["end"])


# Calendars open at the same times as a rule.
@lru_cache(maxsize=1000)
def _range(start: str, end: str) -> LocalRange:
    return LocalRange(time.fromisoformat(start), None if end == MIDNIGHT else time.fromisoformat(end))


def check_opening_hours(field: str, value: Any) -> None:
    """Raises ValidationError on `field.<number>.<part>`."""
    _check_list(field, value, MOST_RANGES)
    for number, hours in enumerate(value):
        place = f"{field}.{number}"
        _check_members(place, hours, {"day", "start", "end", "services"})
        if type(hours["day"]) is not int or not 1 <= hours["day"] <= 7:
            refuse(f"{place}.day", "day", _("must be a day of the week, from 1 (Monday) to 7"))
        _check_range(place, hours)
        _check_services(f"{place}.services", hours["services"])
    _check_overlaps(field, [(hours["day"], hours) for hours in value])


def check_exceptions(field: str, value: Any) -> None:
    """Raises ValidationError on `field.<number>.<part>`."""
    _check_list(field, value, MOST_EXCEPTIONS)
    for number, exception in enumerate(value):
        place = f"{field}.{number}"
        _check_members(place, exception, {"date", "ranges"})
        if not _is_date(exception["date"]):
            refuse(f"{place}.date", "date", _("must be a date, as 2026-12-24"))
        _check_list(f"{place}.ranges", exception["ranges"], MOST_RANGES)
        for position, hours in enumerate(exception["ranges"]):
            _check_members(f"{place}.ranges.{position}", hours, {"start", "end"})
            _check_range(f"{place}.ranges.{position}", hours)
        _check_overlaps(f"{place}.ranges", [(0, hours) for hours in exception["ranges"]])
    dates = [exception["date"] for exception in value]
    if len(set(dates)) != len(dates):
        refuse(field, "twice", _("each date may stand there once"))


def _check_list(place: str, value: Any, most: int) -> None:
    if not isinstance(value, list) or len(value) > most:
        refuse(place, "list", _("must be a list of at most %(most)d"), most=most)


def _check_members(place: str, value: Any, names: set[str]) -> None:
    if not isinstance(value, dict) or set(value) != names:
        refuse(place, "members", _("must have exactly: %(names)s"), names=", ".join(sorted(names)))


def _check_range(place: str, hours: dict) -> None:
    for name in ("start", "end"):
        text = hours[name]
        if not isinstance(text, str) or not (CLOCK.match(text) or (name == "end" and text == MIDNIGHT)):
            refuse(f"{place}.{name}", "clock", _("must be a time, as 09:00"))
    if hours["end"] <= hours["start"]:
        refuse(f"{place}.end", "order", _("must be after the start"))


def _check_services(place: str, value: Any) -> None:
    _check_list(place, value, MOST_SERVICES)
    if not all(type(pk) is int and 0 < pk < 2**63 for pk in value):
        refuse(place, "services", _("must be ids of services"))


def _check_overlaps(field: str, ranges: list[tuple[int, dict]]) -> None:
    """Ranges of one day with the same services may touch, not overlap."""
    seen: dict[tuple, list[dict]] = {}
    for day, hours in ranges:
        others = seen.setdefault((day, *sorted(hours.get("services", []))), [])
        if any(hours["start"] < other["end"] and other["start"] < hours["end"] for other in others):
            refuse(field, "overlap", _("%(start)s–%(end)s overlaps another range of its day"), **_ends(hours))
        others.append(hours)


def _ends(hours: dict) -> dict[str, str]:
    return {"start": hours["start"], "end": hours["end"]}


def _is_date(text: Any) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
