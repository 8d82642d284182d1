"""The group and its booking rules [annex 40; contract 40]: an organization and its BookingSettings as one object."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model

from appointments.api import conditions as by
from appointments.api.columns import Or, PythonColumn
from appointments.api.fields import Field, Invalid, Text, Truth, Whole, Word, read_whole
from appointments.api.forms import Form
from appointments.api.lists import Listing
from appointments.models import BookingSettings
from appointments.models.texts import MOST_MINUTES
from core.api.documentation import array_of
from core.api.rows import Column, Row

MINUTES = ("min_notice", "booking_horizon", "min_time_between", "min_cancel_notice")
COUNTS = ("max_upcoming", "max_multirdvs", "max_moves")
LENGTHS = {
    "urlname": 64,
    "preposition": 255,
    "phone": 20,
    "fax": 20,
    "address": 255,
    "zipcode": 16,
    "city": 64,
    "country": 255,
}
REMINDER = {"type": "integer", "minimum": 0, "maximum": MOST_MINUTES}


class ReminderColumn(PythonColumn):
    """0 for none, a number for one, else the list."""

    def python(self, values: Iterator):
        minutes = next(values) or [0]
        return minutes[0] if len(minutes) == 1 else minutes

    def schema(self, model: type[Model]) -> dict:
        return {"anyOf": [REMINDER, array_of(REMINDER)]}


class Reminder(Field):
    """Minutes before the start, or a list of such; 0 is none."""

    schema = {"anyOf": [REMINDER, array_of(REMINDER)]}

    def value(self, data: Any, view) -> list[int]:
        try:
            minutes = [read_whole(one) for one in (data if isinstance(data, list) else [data])]
        except Invalid:
            raise Invalid("must be a number of minutes, or a list of such") from None
        return sorted((one for one in minutes if one), reverse=True)


def decided(name: str) -> Or:
    """A column of the settings, with what no decision means."""
    return Or(f"booking_settings__{name}", BookingSettings._meta.get_field(name).get_default())


def all_decided(*names: str) -> dict[str, Any]:
    return {name: decided(name) for name in names}


GROUP = Row(
    id=Column("id"),
    name=Column("name"),
    **all_decided(*LENGTHS),
    timezone=Column("time_zone"),
    **all_decided(*MINUTES, *COUNTS, "confirm_required", "assignment", "check_mx"),
    holidays=decided("holidays_country"),
    sendmail=decided("sendmail"),
    mailreminder=ReminderColumn("booking_settings__reminders"),
)
GROUPS = Listing(
    GROUP,
    {
        "id": by.key("pk"),
        "name": by.texts("name"),
        "timezone": by.texts("time_zone"),
        "city": by.texts("booking_settings__city"),
        "country": by.texts("booking_settings__country"),
    },
    searched=("name", "booking_settings__city"),
)
GROUP_FORM = Form(
    {
        "name": Text(120, is_required=True),
        **{name: Text(length) for name, length in LENGTHS.items()},
        "timezone": Text(64, "time_zone", is_required=True),
        **{name: Whole(low=0, high=MOST_MINUTES, is_nullable=True) for name in MINUTES},
        **{name: Whole(low=1, high=1000, is_nullable=True) for name in COUNTS},
        "confirm_required": Truth(),
        "assignment": Word({word: word for word in BookingSettings.Assignment.values}),
        "check_mx": Truth(),
        "holidays": Text(2, "holidays_country"),
        "sendmail": Truth(),
        "mailreminder": Reminder("reminders"),
    }
)
