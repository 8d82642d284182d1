"""Opening hours and days that differ, edited as rows of times; empty rows wait below each. Works without JavaScript.

A value is the model's own list (appointments.models.opening); between page and form it travels as JSON.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from appointments.models.opening import MIDNIGHT, MOST_EXCEPTIONS, MOST_RANGES
from core.ids import id_in

# Empty rows that wait to be filled in.
SPARE_RANGES, SPARE_DAYS, RANGES_OF_A_DAY = 2, 3, 2


class RowsWidget(forms.Widget):
    """`name` alone may hold the whole value as JSON: so a form comes back merged after somebody else's save."""

    def format_value(self, value):
        return value

    def render(self, name, value, attrs=None, renderer=None):
        # Forms look for templates in the apps alone.
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def value_from_datadict(self, data, files, name) -> list:
        whole = _parsed(data.get(name)) if name in data else None
        return self.read(data, name) if whole is None or not all(map(self.has_shape, whole)) else whole

    def value_omitted_from_data(self, data, files, name) -> bool:
        return False

    def read(self, data, name: str) -> list:
        raise NotImplementedError

    @staticmethod
    def has_shape(one: Any) -> bool:
        """Whether it is what `read` gives one by one; the model's own rules judge what it says."""
        raise NotImplementedError

    class Media:
        css = {"all": ["appointments/calendar.css"]}


def _parsed(text: Any) -> list | None:
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return None
    return found if isinstance(found, list) else None


def is_range(one: Any, *others: str) -> bool:
    names = {"start", "end", *others}
    return isinstance(one, dict) and set(one) == names and all(isinstance(one[name], str) for name in ("start", "end"))


def range_of(data, place: str) -> dict | None:
    """The times at this place of the form; None for an empty row. Midnight ends a day as 24:00."""
    start, end = (data.get(f"{place}-{part}", "").strip()[:5] for part in ("start", "end"))
    if not start and not end:
        return None
    return {"start": start, "end": MIDNIGHT if end == "00:00" else end}


def shown_range(place: str, hours: dict | None = None, **more) -> dict:
    """One row for the template."""
    hours = hours or {"start": "", "end": ""}
    end = "00:00" if hours["end"] == MIDNIGHT else hours["end"]
    return {"place": place, "start": hours["start"], "end": end, **more}


class WeekWidget(RowsWidget):
    """`services`: (id, name) of those that hours may be limited to."""

    template_name = "admin/appointments/opening_hours.html"
    services: Sequence[tuple[int, str]] = ()

    @staticmethod
    def has_shape(one: Any) -> bool:
        is_hours = is_range(one, "day", "services") and isinstance(one["services"], list)
        return is_hours and all(type(number) is int for number in (one["day"], *one["services"]))

    def read(self, data, name: str) -> list[dict]:
        return [hours for day in range(1, 8) for hours in self._read_day(data, name, day)]

    def _read_day(self, data, name: str, day: int) -> Iterator[dict]:
        for number in range(MOST_RANGES):
            place = f"{name}-{day}-{number}"
            if f"{place}-start" not in data:
                return
            if hours := range_of(data, place):
                chosen = data.getlist(f"{place}-services") if hasattr(data, "getlist") else []
                services = sorted(int(text) for text in chosen if _is_id(text))
                yield {"day": day, **hours, "services": services}

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        hours = _parsed(value) or []
        context["days"] = [self._day(name, day, [one for one in hours if one.get("day") == day]) for day in range(1, 8)]
        return context

    def _day(self, name: str, day: int, ranges: list[dict]) -> dict:
        filled = [self._row(name, day, number, one) for number, one in enumerate(ranges)]
        spare = [self._row(name, day, len(ranges) + number) for number in range(SPARE_RANGES)]
        return {"title": WEEKDAYS[day - 1], "ranges": [*filled, *spare]}

    def _row(self, name: str, day: int, number: int, hours: dict | None = None) -> dict:
        limited = set(hours["services"]) if hours else set()
        offered = [{"pk": pk, "name": text, "is_chosen": pk in limited} for pk, text in self.services]
        return shown_range(f"{name}-{day}-{number}", hours, services=offered, is_limited=bool(limited))


class DaysWidget(RowsWidget):
    """Days that differ: a date with no times is closed."""

    template_name = "admin/appointments/exceptions.html"

    @staticmethod
    def has_shape(one: Any) -> bool:
        is_day = isinstance(one, dict) and set(one) == {"date", "ranges"} and isinstance(one["date"], str)
        return is_day and isinstance(one["ranges"], list) and all(map(is_range, one["ranges"]))

    def read(self, data, name: str) -> list[dict]:
        found = []
        for number in range(MOST_EXCEPTIONS + SPARE_DAYS):
            if f"{name}-{number}-date" not in data:
                break
            ranges = (range_of(data, f"{name}-{number}-{position}") for position in range(MOST_RANGES))
            day = data.get(f"{name}-{number}-date", "").strip()
            kept = [hours for hours in ranges if hours]
            if day or kept:
                found.append({"date": day, "ranges": kept})
        return sorted(found, key=lambda one: one["date"])

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        days = _parsed(value) or []
        empty = {"date": "", "ranges": []}
        rows = [*days, *([empty] * SPARE_DAYS)]
        context["days"] = [self._day(f"{name}-{number}", one) for number, one in enumerate(rows)]
        return context

    def _day(self, place: str, one: dict) -> dict:
        spare = [None] * max(RANGES_OF_A_DAY - len(one["ranges"]), 1)
        ranges = enumerate([*one["ranges"], *spare])
        return {
            "place": place,
            "date": one["date"],
            "ranges": [shown_range(f"{place}-{number}", hours) for number, hours in ranges],
            "is_closed": bool(one["date"]) and not one["ranges"],
        }


class RowsField(forms.Field):
    """A JSON list that is edited by a RowsWidget; the model's own rules judge it."""

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value):
        return value if isinstance(value, str) else json.dumps(value or [])

    def to_python(self, value) -> list:
        return value or []

    def has_changed(self, initial, data) -> bool:
        return (initial or []) != self.to_python(data)


class WeekField(RowsField):
    widget = WeekWidget

    def has_changed(self, initial, data) -> bool:
        return _in_order(initial or []) != _in_order(self.to_python(data))


class DaysField(RowsField):
    widget = DaysWidget

    def has_changed(self, initial, data) -> bool:
        return sorted(initial or [], key=_date) != sorted(self.to_python(data), key=_date)


def _is_id(text: str) -> bool:
    return id_in(text) is not None


def _date(one: dict) -> str:
    return one["date"]


def _in_order(hours: list[dict]) -> list[tuple]:
    return sorted((one["day"], one["start"], one["end"], *sorted(one["services"])) for one in hours)


def place_of(path: str, values: list[dict]) -> str:
    """Which row an error of "opening_hours.3.start" or "exceptions.0.ranges.1.end" speaks of, in words."""
    number = path.split(".")[1]
    if not number.isdigit() or int(number) >= len(values):
        return ""
    one = values[int(number)]
    if "date" in one:
        return one["date"] or _("no date")
    return f"{WEEKDAYS[one['day'] - 1]} {one['start']}–{one['end']}"
