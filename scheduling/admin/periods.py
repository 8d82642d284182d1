"""Periods of a day or of a week, as people write them: "Mon 09:00 - 12:00", one a line."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from scheduling.minutes import DAY, WEEK, check_periods

CLOCK = r"(\d{1,2})[:hH](\d{2})"
WORD = r"([^\W\d_]{2,})\.?"
DASH = r"\s*[-–—]\s*"
HOURS = re.compile(rf"{CLOCK}{DASH}{CLOCK}")
OF_WEEK = re.compile(rf"{WORD}(?:{DASH}{WORD})?\s+{HOURS.pattern}")
OVER_DAYS = re.compile(rf"{WORD}\s+{CLOCK}{DASH}{WORD}\s+{CLOCK}")


class PeriodsField(forms.CharField):
    """`end`: scheduling.minutes.DAY or WEEK. The model's own rules judge what was read."""

    widget = forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"})

    def __init__(self, *, end: int, **kwargs):
        super().__init__(required=False, strip=False, **{"help_text": HELP if end > DAY else DAY_HELP, **kwargs})
        self.end = end

    def prepare_value(self, value):
        return "\n".join(in_words(value, self.end)) if isinstance(value, list) else value

    def to_python(self, value) -> list[dict]:
        lines = [line.strip() for line in (value or "").splitlines()]
        found = [period for line in lines if line for period in _read(line, self.end)]
        return sorted(found, key=lambda period: period["start"])

    def has_changed(self, initial, data) -> bool:
        try:
            return (initial or []) != self.to_python(data)
        except ValidationError:
            return True


HELP = _("One a line, as “Mon 09:00 – 12:00”, “Mon – Fri 18:00 – 24:00” or “Fri 22:00 – Sat 06:00”.")
DAY_HELP = _("One a line, as “09:00 – 12:00”.")


def in_words(periods: list, end: int) -> list[str]:
    """A line for each; what is no period as it is."""
    try:
        check_periods("periods", periods, end)
    except ValidationError:
        return [str(one) for one in periods]
    return [_line(one["start"], one["stop"], end) for one in periods]


def _line(start: int, stop: int, end: int) -> str:
    # Midnight ends its day.
    first, last = start // DAY, (stop - 1) // DAY
    begins, ends = _clock(start - first * DAY), _clock(stop - last * DAY)
    if end == DAY:
        return f"{begins} – {ends}"
    return f"{WEEKDAYS_ABBR[first]} {begins} – {'' if first == last else f'{WEEKDAYS_ABBR[last]} '}{ends}"


def _clock(minute: int) -> str:
    return "{:02}:{:02}".format(*divmod(minute, 60))


def _read(line: str, end: int) -> list[dict]:
    """The periods of a line: of several days where it names a span of them."""
    if end == DAY and (found := HOURS.fullmatch(line)):
        return _periods(line, 0, found.groups()[:2], 0, found.groups()[2:])
    if end > DAY and (found := OF_WEEK.fullmatch(line)):
        first, last, *clocks = found.groups()
        days = _days(_day(line, first), _day(line, last or first))
        return [period for day in days for period in _periods(line, day, clocks[:2], day, clocks[2:])]
    if end > DAY and (found := OVER_DAYS.fullmatch(line)):
        first, *begins, last, hour, minute = found.groups()
        return _periods(line, _day(line, first), begins, _day(line, last), (hour, minute))
    return _unreadable(line)


def _days(first: int, last: int) -> list[int]:
    """From one day of the week to another, over its end where the latter comes earlier."""
    return [*range(first, last + 1)] if first <= last else [*range(first, 7), *range(last + 1)]


def _periods(line: str, first: int, begins, last: int, ends) -> list[dict]:
    """One; two where it goes on over the end of the week."""
    start, stop = (day * DAY + _minute(line, *map(int, clock)) for day, clock in ((first, begins), (last, ends)))
    parts = [(start, WEEK), (0, stop)] if last < first else [(start, stop)]
    if last >= first and start >= stop:
        raise ValidationError(_("“%(line)s” must end after it begins"), code="order", params={"line": line})
    return [{"start": one, "stop": end} for one, end in parts if one < end]


def _minute(line: str, hours: int, minutes: int) -> int:
    if minutes > 59 or hours * 60 + minutes > DAY:
        _unreadable(line)
    return hours * 60 + minutes


def _day(line: str, word: str) -> int:
    """The day that begins so, in English or in the reader's language."""
    names = [(number, str(name)) for number, name in WEEKDAYS.items()]
    with override("en"):
        names += [(number, str(name)) for number, name in WEEKDAYS.items()]
    found = {number for number, name in names if name.casefold().startswith(word.casefold())}
    return found.pop() if len(found) == 1 else _unreadable(line)


def _unreadable(line: str):
    raise ValidationError(_("“%(line)s” cannot be read"), code="unreadable", params={"line": line})
