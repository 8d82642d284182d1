"""Appointments in OpenAPI."""

from appointments.api import appointment_examples as examples
from appointments.api.appointment_forms import BOOKING, CHANGES
from appointments.api.appointment_shapes import APPOINTMENT, LISTING
from appointments.api.documentation import GROUP, ONE, document, listing_parameters, operation, under
from appointments.models import Appointment
from core.api.documentation import CREATE, LIST, MERGE, RETIRE, SINGLE, array_of, in_query, obj, ref

SCHEMA = APPOINTMENT.schema(Appointment)
RECORDS = obj({"records": {**array_of(ref("Appointment")), "minItems": 1, "maxItems": 1}}, additionalProperties=False)
EXAMPLE, BOOKED = {"records": [examples.APPOINTMENT]}, {"records": [examples.BOOKED]}
PARAMETERS = listing_parameters("Appointments", LISTING)
INCLUDE_PAST = in_query("include_past", {"type": "boolean"}, "`1`: past ones too; else those that end after now.")
REASON = in_query("override_reason", {"type": "string"}, "Staff: why a rule is passed over; kept in the history.")
RULES = (
    "The first refusal that applies: 2 InvalidParameter, 13 EmailNotFound, 11 EmailAlreadyExists, 9 MintimeRdv, "
    "8 MaxRdvPeriod, 12 SameTimeRdv, 7 MintimeBetween, 6 MaxRdvNumber, NotAvailable (code null). Staff are bound by "
    "2, 11, 13 and NotAvailable alone. What is refused leaves nothing."
)
BOOK = (
    "With `fiche.id` that customer gets the other attributes, without it a new one is made. Without `calendar_id` one "
    "is chosen among the calendars that offer all the services and are free for the whole length. " + RULES
)
MOVE = (
    "Moves it in one step, by the same rules (too late: 10 MintimeAnnulation); `calendar_id: null` chooses anew. "
    "`state` and `deleted: false`, which restores, are for staff. Customer and services stay as they were booked."
)
APPOINTMENTS = document(
    {
        "list": operation(
            "listAppointments", "List appointments", LIST, ref("Appointment"), values=GROUP,
            parameters=("IncludePast", *PARAMETERS), example=examples.page(examples.APPOINTMENT),
        ),
        "retrieve": operation(
            "getAppointment", "Read an appointment", SINGLE, ref("AppointmentAnswer"), values=ONE,
            description="A cancelled one too.", example=EXAMPLE,
        ),
        "create": operation(
            "bookAppointment", "Book", CREATE, ref("AppointmentAnswer"), description=BOOK, values=GROUP,
            body=ref("AppointmentForm"), body_example={"appointment": examples.BOOKING},
            example=BOOKED,
        ),
        "update": operation(
            "changeAppointment", "Move or change an appointment", MERGE, ref("AppointmentAnswer"), description=MOVE,
            values=ONE, body=ref("AppointmentChanges"), example=BOOKED,
            body_example={"appointment": {"date": "2026-01-19 14:00:00"}},
        ),
        "destroy": operation(
            "cancelAppointment", "Cancel an appointment", RETIRE, ref("AppointmentAnswer"), values=ONE,
            description="Too late: 10 MintimeAnnulation.", parameters=("OverrideReason",),
            example={"records": [{**examples.APPOINTMENT, "deleted": True}]},
        ),
    },
    {
        "Appointment": SCHEMA,
        "AppointmentAnswer": RECORDS,
        "AppointmentForm": under("appointment", BOOKING.schema(is_new=True)),
        "AppointmentChanges": under("appointment", CHANGES.schema()),
    },
    {**PARAMETERS, "IncludePast": INCLUDE_PAST, "OverrideReason": REASON},
)  # fmt: skip
