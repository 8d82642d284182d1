"""Boxes for a day and a time: the browser's own, whose picker offers no day outside of what is allowed."""

from datetime import date, time

from django import forms

from core.admin.display import local_time


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs=None):
        super().__init__({"step": 60, **(attrs or {})}, format="%H:%M")

    def format_value(self, value):
        # Seconds that a program wrote are kept, so that saving the form changes nothing.
        whole = not isinstance(value, time) or not value.second
        return super().format_value(value) if whole else value.strftime("%H:%M:%S")


class MomentInput(forms.SplitDateTimeWidget):
    """A day and its time, side by side."""

    template_name = "admin/widgets/split_datetime.html"

    def __init__(self, attrs=None):
        forms.MultiWidget.__init__(self, [DayInput(), ClockInput()], attrs)


class ShownMoment(MomentInput):
    """For a row that is only read: the moment as lists show it, where Django has a shape of its own."""

    # The admin asks such a widget to draw the value.
    read_only = True

    def render(self, name, value, attrs=None, renderer=None):
        return local_time(value)


def limit_days(field: forms.Field, first: date, last: date) -> None:
    """Let the picker offer these days alone; the rule itself is the service's."""
    field.widget.widgets[0].attrs |= {"min": first.isoformat(), "max": last.isoformat()}
