"""Lengths of time as people write and read them: "1 h 30 min"."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

MINUTE, HOUR, DAY, WEEK = 60, 3600, 24 * 3600, 7 * 24 * 3600
# By how a word begins, the longer beginnings first; in the languages of the back office.
UNITS = (("sem", WEEK), ("w", WEEK), ("d", DAY), ("j", DAY), ("h", HOUR), ("m", MINUTE), ("s", 1))
PART = re.compile(r"(\d{1,12})\s*([^\W\d_]+)\.?")
HELP = gettext_lazy("As “15 min”, “1 h 30 min”, “1 day” or “2 weeks”.")


def in_words(seconds: int) -> str:
    """90000 → "1 day 1 hour"."""
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    parts = (
        (days, ngettext("%(number)d day", "%(number)d days", days)),
        (hours, ngettext("%(number)d hour", "%(number)d hours", hours)),
        (minutes, ngettext("%(number)d minute", "%(number)d minutes", minutes)),
        (rest, ngettext("%(number)d second", "%(number)d seconds", rest)),
    )
    return " ".join(text % {"number": number} for number, text in parts if number) or _("0 seconds")


def every(seconds: int) -> str:
    """How often, as a list says it."""
    once = {1: _("every second"), MINUTE: _("every minute"), HOUR: _("every hour")}
    once |= {DAY: _("every day"), WEEK: _("every week")}
    return once.get(seconds) or _("every %(interval)s") % {"interval": in_words(seconds)}


def took(seconds: float) -> str:
    """How long a run lasted."""
    return _("%(seconds).1f s") % {"seconds": seconds} if seconds < MINUTE else in_words(round(seconds))


class IntervalField(forms.CharField):
    """A number of seconds. `empty`: what an empty field stands for."""

    def __init__(self, *, empty: int | None, **kwargs):
        widget = forms.TextInput(attrs={"class": "vTextField"})
        super().__init__(required=False, widget=widget, **{"help_text": HELP, **kwargs})
        self.empty = empty

    def prepare_value(self, value):
        if not isinstance(value, int):
            return value
        return "" if value == self.empty else in_words(value)

    def to_python(self, value) -> int | None:
        text = (value or "").strip().casefold()
        if not text:
            return self.empty
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else _seconds(text)

    def has_changed(self, initial, data) -> bool:
        try:
            return initial != self.to_python(data)
        except ValidationError:
            return True


def _seconds(text: str) -> int:
    known = [(int(number), _unit(word)) for number, word in PART.findall(text)]
    if not known or PART.sub("", text).strip(" ,") or not all(unit for _number, unit in known):
        raise ValidationError(_("must be a length of time, as “1 h 30 min”"), code="interval")
    return sum(number * unit for number, unit in known)


def _unit(word: str) -> int:
    """How many seconds one has; 0 for what is no unit."""
    return next((seconds for start, seconds in UNITS if word.startswith(start)), 0)
