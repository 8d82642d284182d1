"""A waiting customer as the wire has it."""

from appointments.api import conditions as by
from appointments.api.appointment_shapes import on, plain
from appointments.api.columns import LocalMoment
from appointments.api.fields import ID
from appointments.api.lists import Listing
from core.api.columns import made
from core.api.documentation import array_of
from core.api.rows import Column, Row

SHAPE = Row(
    {
        "id": Column("id"),
        "group_id": Column("organization_id"),
        "fiche_id": Column("customer_id"),
        "intervention_ids": plain("services", array_of(ID)),
        "from": LocalMoment("start"),
        "to": LocalMoment("end"),
        # Completed for a whole page at once.
        "calendar_ids": made("id", lambda pk: [], array_of(ID)),
        "notices": Column("notices"),
        "told_at": LocalMoment("told_at"),
        "created_at": LocalMoment("created_at"),
        "updated_at": LocalMoment("updated_at"),
        "deleted": Column("is_deleted"),
    }
)
LISTING = Listing(
    SHAPE,
    {
        "id": by.key("pk"),
        "fiche_id": by.key("customer_id"),
        "from": by.moment("start"),
        "to": by.moment("end"),
        "notices": by.number("notices"),
        "told_at": by.moment("told_at"),
        "created_at": by.moment("created_at"),
        "updated_at": by.moment("updated_at"),
        "deleted": by.yes_no("is_deleted"),
    },
    filters={"fiche_id": on("customer_id")},
    needs_zone=True,
)
