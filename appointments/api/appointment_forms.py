"""The bodies about appointments, holds and waitings, read property by property [seed; contract 40]."""

from dataclasses import dataclass
from typing import Any

from appointments.api.appointment_shapes import STATES
from appointments.api.errors import Errors
from appointments.api.fiche_shapes import NEW_FICHE
from appointments.api.fields import (
    ID,
    MAX_ID,
    MAX_ITEMS,
    Field,
    Invalid,
    Moment,
    Text,
    Truth,
    Whole,
    read_ids,
    read_whole,
)
from appointments.api.forms import Form
from appointments.services.holds import MOST as MOST_MINUTES
from core.api.documentation import obj
from scheduling.models.close import MAX_TEXT

NUMBERS = {number: state for state, number in STATES.items()}
# What a rule of the inside complains of → the wire's property.
PROPERTIES = {"calendar": "calendar_id", "calendars": "calendar_ids", "customer": "fiche.id", "hold": "hold_id"}


@dataclass(frozen=True)
class BookingForm(Form):
    def wire(self, name: str) -> str:
        return PROPERTIES.get(name) or super().wire(name)


class Ids(Field):
    """As they come, twice too; the services say which they take."""

    schema = {"type": "array", "items": ID, "maxItems": MAX_ITEMS}

    def value(self, data: Any, view) -> list[int]:
        return read_ids(data)

    def nothing(self) -> list[int]:
        super().nothing()
        return []


class Id(Field):
    """Of a row that a rule looks for; 0 is none, as old clients write it."""

    schema = {"type": "integer", "format": "int64", "minimum": 0, "maximum": MAX_ID}

    def value(self, data: Any, view) -> int | None:
        return read_whole(data) or None


class StateNumber(Field):
    schema = {"type": "integer", "enum": list(NUMBERS)}

    def value(self, data: Any, view) -> str:
        found = NUMBERS.get(read_whole(data))
        if found is None:
            raise Invalid(f"must be one of: {', '.join(map(str, NUMBERS))}")
        return found


class Fiche(Field):
    """With `id` the customer of that id, whose other attributes are changed; without, a new one [seed].

    Gives (id or None, values).
    """

    def __init__(self) -> None:
        super().__init__("customer")
        schema = NEW_FICHE.schema()
        # `group_id`: that of the address, or none.
        self.schema = obj({"id": Id.schema, "group_id": ID, **schema["properties"]}, [])

    def value(self, data: Any, view) -> tuple[int | None, dict]:
        if not isinstance(data, dict):
            raise Invalid("must be an object")
        given = NEW_FICHE.read(data, view)
        errors: Errors = {f".{path}": found for path, found in given.errors.items()}
        try:
            pk = Id(is_nullable=True).read(data.get("id"), view)
        except Invalid as error:
            raise Invalid(errors={".id": error.errors[""], **errors}) from None
        if errors:
            raise Invalid(errors=errors)
        return pk, given.values if view.is_staff or pk is None else without_notes(given.values)

    def tail(self, path: str) -> str:
        return NEW_FICHE.wire(path)


def without_notes(values: dict) -> dict:
    """Without what an account cannot read, and so would overwrite unseen."""
    return {name: value for name, value in values.items() if name != "comments"}


SERVICES = Ids("services")
REASON = Text(255)
BOOKING = BookingForm(
    {
        "fiche": Fiche(),
        "date": Moment("start"),
        "intervention_ids": SERVICES,
        "calendar_id": Id(is_nullable=True),
        "comments": Text(MAX_TEXT),
        "websource": Text(255),
        "from_web": Truth(),
        "hold_id": Id(is_nullable=True),
        "override_reason": REASON,
    },
    ("fiche", "date", "intervention_ids"),
)
CHANGES = BookingForm(
    {
        "date": Moment("start"),
        "calendar_id": Id(is_nullable=True),
        "comments": Text(MAX_TEXT),
        "state": StateNumber(),
        "deleted": Truth("is_deleted"),
        "override_reason": REASON,
        # These are as they were booked; to send them back as they are is no change.
        "intervention_ids": SERVICES,
        "fiche": Fiche(),
    }
)
HOLD = BookingForm(
    {
        "intervention_ids": SERVICES,
        "date": Moment("start"),
        "calendar_id": Id(is_nullable=True),
        "minutes": Whole(low=1, high=MOST_MINUTES),
    },
    ("intervention_ids", "date"),
)
WAITING = BookingForm(
    {
        "fiche": Fiche(),
        "intervention_ids": SERVICES,
        "from": Moment("start"),
        "to": Moment("end"),
        "calendar_ids": Ids(is_nullable=True),
    },
    ("fiche", "intervention_ids", "from", "to"),
)
