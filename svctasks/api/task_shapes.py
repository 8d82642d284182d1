"""A service task as the wire has it: shown, listed, taken [contract 50; seed]."""

from collections.abc import Sequence

from core.api.columns import made
from core.api.documentation import array_of, obj
from core.api.rows import Column, Row
from svctasks.api import columns
from svctasks.api.fields import (
    INTBOOL,
    TEXT,
    Id,
    Moment,
    Options,
    Periods,
    ScriptCode,
    Sites,
    Text,
    Truth,
    Whole,
    Word,
)
from svctasks.api.forms import Form
from svctasks.api.lists import Listing
from svctasks.api.words import CLOCKS, SCHEDULES, SITE_MODES, wire_word
from svctasks.models import ServiceTask
from svctasks.models.task import LONGEST_INTERVAL

MINUTE = {"type": "integer", "minimum": 0}
PERIODS = array_of(obj({"timestart": MINUTE, "timestop": MINUTE}, additionalProperties=False))
OPTS = obj({"title": TEXT, "comment": TEXT})
TASK_OPTS = obj(
    {
        **OPTS["properties"],
        "clock": {"type": "string", "enum": list(CLOCKS)},
        **{name: {"type": "integer"} for name in ("misfiresec", "retry", "pauseafter")},
        "system": INTBOOL,
        "pausenote": TEXT,
    },
    ["title", "comment"],
)
MOST_TRIES, MOST_FAILURES = 100, 1000
UTC = str(ServiceTask.Clock.UTC)


def wire_periods(periods: list[dict]) -> list[dict]:
    return [{"timestart": one["start"], "timestop": one["stop"]} for one in periods]


def wire_opts(options: dict) -> dict:
    """title and comment are always there, and come first."""
    return {"title": options.get("title") or "", "comment": options.get("comment") or "", **_others(options)}


def _others(options: dict) -> dict:
    return {name: value for name, value in options.items() if name not in Options.TEXTS}


def task_opts(options: dict, clock: str, misfire: int | None, *rest) -> dict:
    """What is as it is by default is left out, as the seed knows none of it."""
    retries, pause_after, is_system, pause_note = rest
    own = {
        "clock": wire_word(CLOCKS, clock) if clock != UTC else None,
        "misfiresec": misfire,
        "retry": retries or None,
        "pauseafter": pause_after or None,
        "system": 1 if is_system else None,
        "pausenote": pause_note or None,
    }
    return {**wire_opts(options), **{name: value for name, value in own.items() if value is not None}}


def joined(sites: Sequence[str]) -> str:
    return ", ".join(sites)


# In the seed's order.
TASK = Row(
    id=columns.key(),
    name=Column("name"),
    isenabled=columns.truth("is_enabled"),
    svcscriptcode=columns.code("script__code"),
    sitemode=columns.word("site_mode", SITE_MODES),
    sites=made("sites", joined, TEXT),
    isregular=columns.truth("is_regular"),
    overlap=columns.truth("overlap"),
    intervalsec=Column("interval_seconds"),
    dtstart=columns.moment("starts_at"),
    dtstop=columns.moment("stops_at"),
    schedule=columns.word("schedule", SCHEDULES),
    periods=made("periods", wire_periods, PERIODS),
    opts=made(
        *("options", task_opts, TASK_OPTS),
        *("clock", "misfire_seconds", "retries", "pause_after", "is_system", "pause_note"),
    ),
    ext=Row(ct=columns.stamp("created_at"), lwt=columns.stamp("updated_at")),
)
SIEVES = {
    "id": columns.by_key(),
    "name": columns.by_text("name"),
    "isenabled": columns.by_truth("is_enabled"),
    "svcscriptcode": columns.by_code("script__code"),
    "sitemode": columns.by_word("site_mode", SITE_MODES),
    "isregular": columns.by_truth("is_regular"),
    "overlap": columns.by_truth("overlap"),
    "intervalsec": columns.by_number("interval_seconds"),
    "dtstart": columns.by_moment("starts_at"),
    "dtstop": columns.by_moment("stops_at"),
    "schedule": columns.by_word("schedule", SCHEDULES),
    "ext.lwt": columns.by_stamp("updated_at"),
    "ext.ct": columns.by_stamp("created_at"),
}
UNLISTED = ("sites", "periods", "opts")
TASKS = Listing(Row({name: one for name, one in TASK.members.items() if name not in UNLISTED}), SIEVES)

BLANK = {"clock": UTC, "misfire_seconds": None, "retries": 0, "pause_after": None}
TASK_FORM = Form(
    {
        "id": Id("public_id"),
        "name": Text("name", 250, is_filled=True),
        "isenabled": Truth("is_enabled"),
        "svcscriptcode": ScriptCode("script"),
        "sitemode": Word("site_mode", SITE_MODES),
        "sites": Sites("sites"),
        "isregular": Truth("is_regular"),
        "overlap": Truth("overlap"),
        "intervalsec": Whole("interval_seconds", 0, LONGEST_INTERVAL),
        "dtstart": Moment("starts_at"),
        "dtstop": Moment("stops_at"),
        "schedule": Word("schedule", SCHEDULES),
        "periods": Periods("periods"),
        "opts": Options(
            {
                "clock": Word("clock", CLOCKS),
                "misfiresec": Whole("misfire_seconds", 0, LONGEST_INTERVAL, is_nullable=True),
                "retry": Whole("retries", 0, MOST_TRIES),
                "pauseafter": Whole("pause_after", 0, MOST_FAILURES, is_nullable=True),
            },
            lambda: dict(BLANK),
            kept_in="options",
            ignored=frozenset({"system", "pausenote"}),
        ),
    },
    ("name",),
    {"pause_note": "note"},
)
