"""Runs, rows of skips and moments to come as the wire has them [contract 50]."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Right

from core.api.documentation import obj
from core.api.rows import Column, Row
from svctasks.api import columns
from svctasks.api.columns import MOMENT, STAMPED
from svctasks.api.fields import ID_SCHEMA, INTBOOL, TEXT, Moment, Text, Truth
from svctasks.api.forms import Form
from svctasks.api.lists import Listing
from svctasks.api.moments import wire_moment
from svctasks.due import Coming
from svctasks.models import RunState, ServiceRun, ServiceTask, SkipReason

STATES, REASONS = ({str(word): str(word) for word in choices.values} for choices in (RunState, SkipReason))
SKIPPED = str(RunState.SKIPPED)
RUN_KEYS = (*("id", "svctaskid", "state", "due", "started", "finished", "site", "result", "error", "progress", "log"),)
SKIP_KEYS = ("id", "svctaskid", "state", "reason", "from", "to", "count", "site")
COUNT = {"type": ["integer", "null"], "minimum": 0}
# Characters of each log in a list: its end. One run has all that is kept.
LISTED_LOG = 1000


class RunRow(Row):
    """A run, or a row of moments in a row that were skipped alike: each has its own members."""

    def python(self, values: Iterator) -> Any:
        row = super().python(values)
        return {name: row[name] for name in (SKIP_KEYS if row["state"] == SKIPPED else RUN_KEYS)}


RUN = RunRow(
    {"from": columns.moment("due_at")},
    id=columns.key(),
    svctaskid=columns.key("task__public_id"),
    state=Column("state"),
    due=columns.moment("due_at"),
    started=columns.moment("started_at"),
    finished=columns.moment("finished_at"),
    site=Column("site"),
    result=Column("result"),
    error=Column("error"),
    progress=Row(done=Column("progress_done"), total=Column("progress_total"), text=Column("progress_text")),
    log=Column("log"),
    reason=Column("reason"),
    to=columns.moment("last_due_at"),
    count=Column("count"),
)
RUNS = Listing(
    RunRow({**RUN.members, "log": Column("log_end")}),
    {
        "id": columns.by_key(),
        "state": columns.by_word("state", STATES),
        "due": columns.by_moment("due_at"),
        "started": columns.by_moment("started_at"),
        "finished": columns.by_moment("finished_at"),
        "site": columns.by_text("site"),
        "reason": columns.by_text("reason"),
    },
    ("-due_at", "-id"),
)
PROGRESS = obj({"done": COUNT, "total": COUNT, "text": TEXT}, additionalProperties=False)
RUN_SCHEMA = obj(
    {
        **dict.fromkeys(("id", "svctaskid"), ID_SCHEMA),
        "state": {"type": "string", "enum": [state for state in STATES if state != SKIPPED]},
        **dict.fromkeys(("due", "started", "finished"), MOMENT),
        "site": TEXT,
        "result": {},
        "error": TEXT,
        "progress": PROGRESS,
        "log": TEXT,
    },
    additionalProperties=False,
)
SKIP_SCHEMA = obj(
    {
        **dict.fromkeys(("id", "svctaskid"), ID_SCHEMA),
        "state": {"const": SKIPPED},
        "reason": {"type": "string", "enum": list(REASONS)},
        **dict.fromkeys(("from", "to"), MOMENT),
        "count": {"type": "integer", "minimum": 1},
        "site": TEXT,
    },
    additionalProperties=False,
)
COMING_SCHEMA = obj({"due": STAMPED, "local": STAMPED, "skipped": INTBOOL, "doubled": INTBOOL})
NOTE_FORM = Form({"note": Text("note", 500)})
BACKFILL_FORM = Form(
    {"from": Moment("from"), "to": Moment("to"), "dryrun": Truth("dryrun")},
    ("from", "to"),
)


def wire_coming(moment: Coming) -> dict:
    return {
        "due": wire_moment(moment.due),
        "local": moment.local.isoformat(timespec="seconds"),
        "skipped": int(moment.is_skipped),
        "doubled": int(moment.is_doubled),
    }


def listed_runs(task: ServiceTask) -> QuerySet[ServiceRun]:
    """A thousand whole logs would be sixteen million characters."""
    return ServiceRun.objects.filter(task=task).annotate(log_end=Right("log", LISTED_LOG))
