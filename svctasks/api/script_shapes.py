"""Service scripts and special working days as the wire has them [contract 50; annex 50]."""

from datetime import date

from core.api.columns import made
from core.api.documentation import obj
from core.api.rows import Column, Row
from svctasks.api import columns
from svctasks.api.fields import (
    INTBOOL,
    OBJECT,
    TEXT,
    Anything,
    Day,
    Id,
    Options,
    Periods,
    Text,
    Together,
    Truth,
    Whole,
    Word,
)
from svctasks.api.forms import Form
from svctasks.api.lists import Listing
from svctasks.api.task_shapes import OPTS, PERIODS, wire_opts, wire_periods
from svctasks.api.words import DAY_KINDS, WEEKDAYS
from svctasks.models.script import DEFAULT_TIMEOUT, LONGEST_TIMEOUT

EXT = Row(ct=columns.stamp("created_at"), lwt=columns.stamp("updated_at"))
STAMPS = {"ext.lwt": columns.by_stamp("updated_at"), "ext.ct": columns.by_stamp("created_at")}
SCRIPT_OPTS = obj({**OPTS["properties"], "system": INTBOOL}, ["title", "comment"])
TAKEN = "__all__"


def script_opts(options: dict, is_system: bool) -> dict:
    return {**wire_opts(options), **({"system": 1} if is_system else {})}


SCRIPT = Row(
    id=columns.key(),
    code=Column("code"),
    name=Column("name"),
    scriptdata=Row(
        handler=Column("handler"),
        params=made("params", dict, OBJECT),
        timeoutsec=Column("timeout_seconds"),
    ),
    opts=made("options", script_opts, SCRIPT_OPTS, "is_system"),
    ext=EXT,
)
SCRIPTS = Listing(
    SCRIPT,
    {
        "id": columns.by_key(),
        "code": columns.by_text("code"),
        "name": columns.by_text("name"),
        "scriptdata.handler": columns.by_text("handler"),
        "scriptdata.timeoutsec": columns.by_number("timeout_seconds"),
        **STAMPS,
    },
    left_out=frozenset({"opts"}),
    open=("opts",),
)
SCRIPT_FORM = Form(
    {
        "id": Id("public_id"),
        "code": Text("code", 120, is_filled=True),
        "name": Text("name", 250, is_filled=True),
        "scriptdata": Together(
            {
                "handler": Text("handler", 120, is_filled=True),
                "params": Anything("params"),
                "timeoutsec": Whole("timeout_seconds", 1, LONGEST_TIMEOUT),
            },
            lambda: {"params": {}, "timeout_seconds": DEFAULT_TIMEOUT},
            required=("handler",),
        ),
        "opts": Options({}, kept_in="options", ignored=frozenset({"system"})),
    },
    ("code", "name", "scriptdata"),
    {TAKEN: "code"},
)


def wire_day(day: date, is_annual: bool) -> str:
    return f"0000-{day:%m-%d}" if is_annual else day.isoformat()


WORKDAY = Row(
    id=columns.key(),
    date=made("day", wire_day, TEXT, "is_annual"),
    isannual=columns.truth("is_annual"),
    isworkday=columns.word("kind", DAY_KINDS),
    asdow=columns.word("like", WEEKDAYS),
    periods=made("periods", wire_periods, PERIODS),
    opts=made("options", wire_opts, OPTS),
    ext=EXT,
)
WORKDAYS = Listing(
    WORKDAY,
    {
        "id": columns.by_key(),
        "date": columns.by_day("day", "is_annual"),
        "isannual": columns.by_truth("is_annual"),
        "isworkday": columns.by_word("kind", DAY_KINDS),
        "asdow": columns.by_word("like", WEEKDAYS),
        **STAMPS,
    },
    left_out=frozenset({"periods", "opts"}),
    open=("opts",),
)
WORKDAY_FORM = Form(
    {
        "id": Id("public_id"),
        "date": Day("day"),
        "isannual": Truth("is_annual"),
        "isworkday": Word("kind", DAY_KINDS),
        "asdow": Word("like", WEEKDAYS),
        "periods": Periods("periods"),
        "opts": Options({}, kept_in="options"),
    },
    ("date",),
    {TAKEN: "date"},
)
