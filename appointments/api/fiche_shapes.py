"""The wire's fiche, how it is listed, and what its body takes [annex 40]."""

from typing import Any

from appointments.api import conditions as by
from appointments.api.columns import Day, LocalMoment
from appointments.api.fields import MAX_ID, Text, Truth, Whole
from appointments.api.fields import Day as DayField
from appointments.api.forms import Form
from appointments.api.lists import Listing
from core.api.rows import Column, Row
from scheduling.models.close import MAX_TEXT

NAMES = {"lastname": 64, "firstname": 64, "firstphone": 25, "secondphone": 25, "email": 255}

AS_THEY_ARE: dict[str, Any] = {name: Column(name) for name in NAMES}

FICHE = Row(
    id=Column("id"),
    group_id=Column("organization_id"),
    **AS_THEY_ARE,
    birthdate=Day("birthdate"),
    comments=Column("comments"),
    from_web=Column("from_web"),
    rappel_email=Column("wants_email_reminders"),
    rappel_sms=Column("wants_sms_reminders"),
    externid=Column("external_id"),
    deleted=Column("is_deleted"),
    created_at=LocalMoment("created_at"),
    updated_at=LocalMoment("updated_at"),
)
FICHES = Listing(
    FICHE,
    {
        "id": by.key("pk"),
        **{name: by.texts(name) for name in (*NAMES, "comments")},
        "birthdate": by.day("birthdate"),
        "from_web": by.yes_no("from_web"),
        "rappel_email": by.yes_no("wants_email_reminders"),
        "rappel_sms": by.yes_no("wants_sms_reminders"),
        "externid": by.key("external_id"),
        "deleted": by.yes_no("is_deleted"),
        "created_at": by.moment("created_at"),
        "updated_at": by.moment("updated_at"),
    },
    ("lastname", "firstname"),
    tuple(NAMES),
    needs_zone=True,
)
FICHE_FORM = Form(
    {
        **{name: Text(length) for name, length in NAMES.items()},
        "birthdate": DayField(is_nullable=True),
        "comments": Text(MAX_TEXT),
        "from_web": Truth(),
        "rappel_email": Truth("wants_email_reminders"),
        "rappel_sms": Truth("wants_sms_reminders"),
        "externid": Whole("external_id", low=-MAX_ID, high=MAX_ID, is_nullable=True),
        "deleted": Truth("is_deleted"),
    }
)
# `deleted` restores; it is nothing to begin with.
NEW_FICHE = Form({name: one for name, one in FICHE_FORM.fields.items() if name != "deleted"})
