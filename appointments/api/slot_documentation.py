"""Slots in OpenAPI."""

from appointments.api import appointment_examples as examples
from appointments.api.columns import MOMENT
from appointments.api.documentation import COUNT, GROUP, document, operation
from appointments.api.fields import ID, MAX_ID
from appointments.rules import FAILURES
from core.api.documentation import VALUE, array_of, in_query, obj, ref

TEXT, TRUTH = {"type": "string"}, {"type": "boolean"}
WANTED = "At least 1; one after another, the length is the sum. Twice is twice."
NO_PREFERENCE = {"anyOf": [{**ID, "minimum": 0}, {"const": ""}]}
ASKED = {
    "Interventions": in_query("intervention_ids[]", {**array_of(ID), "minItems": 1}, f"{WANTED} `[21,23]` is read too.")
    | {"required": True},
    "SlotCalendar": in_query("calendar_id", NO_PREFERENCE, "That one alone; 0 or empty: no preference."),
    "SlotCalendars": in_query("calendar_ids[]", array_of(ID), "One of these."),
    "SlotCalendarsets": in_query("calendarset_ids[]", array_of(ID), "Calendars of one of these sets."),
}
WINDOW = {
    "SlotStart": in_query("start", MOMENT, "Included; now by default."),
    "SlotEnd": in_query("end", MOMENT, "Not included; at most 92 days after the start."),
    "SlotDays": in_query(
        "nDays", {"type": "integer", "minimum": 1, "maximum": 92}, "In place of `end`; 7 where neither is given."
    ),
    "SlotQuantity": in_query(
        "cal_qty", {"type": "integer", "minimum": 1, "maximum": 1000}, "Starts that at least so many calendars have."
    ),
    "SlotCapacity": in_query(
        "min_capacity", {"type": "integer", "minimum": 1, "maximum": 1000}, "Calendars with at least so many places."
    ),
}
EXPLAINING = {
    "ExplainedStart": in_query("start", MOMENT, "The start to explain.") | {"required": True},
    "ExplainedFiche": in_query("fiche_id", {**ID, "maximum": MAX_ID}, "For this customer: the own appointments count."),
}
SLOT = obj({"start": MOMENT, "capacity": COUNT, "calendar_ids": array_of(ID)}, additionalProperties=False)
SLOT_LIST = obj(
    {
        "group_id": ID,
        "intervention_ids": array_of(ID),
        "calendar_id": {**ID, "type": ["integer", "null"]},
        "calendar_ids": array_of({"type": "integer"}),
        "firstSlot": {**MOMENT, "type": ["string", "null"]},
        "availabletimeslots": array_of(SLOT),
    },
    additionalProperties=False,
)
RULE = obj(
    {
        "code": {"type": "string", "enum": list(FAILURES)},
        "number": {"type": ["integer", "null"]},
        "passed": TRUTH,
        "text": TEXT,
        "values": {"type": "object", "additionalProperties": {"type": ["integer", "null"]}},
    },
    additionalProperties=False,
)
TAKER = obj({"kind": TEXT, "start": MOMENT, "end": MOMENT}, additionalProperties=False)
EXPLAINED = obj(
    {
        "start": MOMENT,
        "bookable": TRUTH,
        "calendars": array_of(
            obj(
                {"calendar_id": ID, "rules": array_of(RULE), "taken": array_of(TAKER)},
                ["calendar_id", "rules"],
                additionalProperties=False,
            )
        ),
    },
    additionalProperties=False,
)
SLOTS = document(
    {
        "list": operation(
            "listFreeSlots", "List free slots", VALUE, ref("FreeSlots"), values=GROUP, example=examples.SLOTS,
            parameters=(*ASKED, *WINDOW),
            description="Every start listed can be booked at this moment by the same credential, and no other at its "
            "step. `capacity`: the most places free in any one of the calendars.",
        )
    },
    {"FreeSlots": SLOT_LIST},
    {**ASKED, **WINDOW},
)  # fmt: skip
EXPLAIN = document(
    {
        "explain": operation(
            "explainSlot", "Why a start can or cannot be booked", VALUE, ref("ExplainedSlot"), values=GROUP,
            parameters=(*ASKED, *EXPLAINING), example=examples.EXPLAINED,
            description="Each rule of each calendar, by the function that books. Staff see what takes the time too.",
        )
    },
    {"ExplainedSlot": EXPLAINED},
    {**ASKED, **EXPLAINING},
)  # fmt: skip
