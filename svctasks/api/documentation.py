"""This dialect in OpenAPI: derived from the shapes, forms and listings, so that it cannot differ from them."""

from typing import Any

from core.api.documentation import (
    ADD,
    LIST,
    MERGE,
    REMOVE,
    SINGLE,
    VALUE,
    Documentation,
    Operation,
    array_of,
    in_query,
    ref,
)
from scheduling.models import Workday
from svctasks.api import examples, run_shapes
from svctasks.api.fields import ID_SCHEMA
from svctasks.api.forms import Form
from svctasks.api.lists import LARGEST, USUAL, Listing
from svctasks.api.query import MAX_INT
from svctasks.api.script_shapes import SCRIPT, SCRIPT_FORM, SCRIPTS, WORKDAY, WORKDAY_FORM, WORKDAYS
from svctasks.api.task_shapes import TASK, TASK_FORM, TASKS
from svctasks.models import ServiceScript, ServiceTask

TAG = "Service tasks"
ONE = {"id": ID_SCHEMA}
TRUTH = {"type": "string", "enum": ["0", "1", "false", "true"]}
PARAMETERS = {
    "ServiceOffset": in_query(
        "offset", {"type": "integer", "minimum": 0, "maximum": MAX_INT}, "How many to pass over."
    ),
    "ServiceLimit": in_query("limit", {"type": "integer", "minimum": 1, "maximum": LARGEST}, f"{USUAL} by default."),
    "ServiceMask": in_query("mask", {"type": "string"}, "What to show: `id,name,ext.lwt`."),
    "ServiceFlat": in_query("flat", TRUTH, 'Objects within the object become members of it: `"ext.ct"`.'),
    "ServiceCount": in_query("count", {"type": "integer", "minimum": 1, "maximum": 1000}, "5 by default."),
}
SHOWING = ("ServiceMask", "ServiceFlat")
LISTING = ("ServiceOffset", "ServiceLimit", *SHOWING)
GRAMMAR = (
    'A JSON object, field → a value, an array of values of which any will do, or bounds `{"ge": …, "lt": …}` (also '
    "`gt`, `le`)."
)
ORDER = 'A JSON array of `"name"`, `"-name"` or `{"name": "desc"}`.'
KEYS = array_of(ID_SCHEMA)


def listing_parameters(name: str, listing: Listing) -> dict[str, dict]:
    """The query parameters of one list that name its fields, as components."""
    fields = ", ".join(f"`{field}`" for field in listing.sieves)
    text = {"type": "string"}
    return {
        f"{name}Filter": in_query("filter", text, f"{GRAMMAR} Of {fields}."),
        f"{name}Order": in_query("order", text, f"{ORDER} Of {fields}."),
    }


def operation(id: str, summary: str, kind: str, answer: dict, **more: Any) -> Operation:
    refusals = tuple(sorted({500, *more.pop("refusals", ())}))
    return Operation(id, summary, kind, answer, refusals=refusals, **more)


def optional(schema: dict) -> dict:
    """The same object with no member required at any depth, as a mask or `flat` may show it."""
    members = {name: optional(one) if "properties" in one else one for name, one in schema["properties"].items()}
    return {"type": "object", "properties": members}


def document(
    operations: dict[str, Operation], schemas: dict[str, dict], parameters: dict[str, dict] | None = None
) -> Documentation:
    return Documentation(TAG, operations, schemas, {**PARAMETERS, **(parameters or {})})


def six_verbs(name: str, words: str, schema: dict, listing: Listing, form: Form, example: dict, about: str) -> dict:
    """Operations, schemas and parameters of a collection. `name` as in the operations' ids, `words` for people."""
    parameters = listing_parameters(f"{name}s", listing)
    body = {key: value for key, value in example.items() if key not in {"id", "ext"}}
    listed = {key: value for key, value in example.items() if key in listing.shape.members.keys() - listing.left_out}
    looked_up = {
        "parameters": (),
        "body": {"type": "string"},
        "body_example": example["id"],
        "example": [example["id"]],
    }
    one: dict = {"values": ONE, "example": example}
    return {
        "operations": {
            "list": operation(
                f"list{name}s", f"List {words}s", LIST, ref(f"{name}Shown"),
                parameters=(*parameters, *LISTING), example=[listed],
            ),
            "create": operation(
                f"create{name}", f"Create a {words}", ADD, ref(name),
                description=about, body=ref(f"{name}Form"), body_example=body, example=example,
            ),
            "look_up": operation(
                f"lookUp{name}", f"Find a {words} by its key", VALUE, KEYS,
                description="The method LOOKUP on the collection does the same.", method="LOOKUP", refusals=(404,),
                **looked_up,
            ),
            "retrieve": operation(
                f"get{name}", f"Read a {words}", SINGLE, ref(f"{name}Shown"), parameters=SHOWING, **one
            ),
            "update": operation(
                f"update{name}", f"Change a {words}", MERGE, ref(name),
                description="What is absent is kept; `opts`, `periods` and `sites` are replaced as a whole.",
                body=ref(f"{name}Changes"), body_example=body, **one,
            ),
            "destroy": operation(f"delete{name}", f"Delete a {words}", REMOVE, {}, values=ONE),
        },
        "schemas": {
            name: schema,
            f"{name}Shown": optional(schema),
            f"{name}Form": form.schema(is_new=True),
            f"{name}Changes": form.schema(),
        },
        "parameters": parameters,
    }  # fmt: skip


TASK_SIX = six_verbs(
    *("Svctask", "service task", TASK.schema(ServiceTask), TASKS, TASK_FORM, examples.TASK),
    "An `id` may be given. A task that is enabled runs its script at dtstart + n × intervalsec, at its sites, within "
    "its schedule; a single one (`isregular` 0) once.",
)
SCRIPT_SIX = six_verbs(
    *("Svcscript", "service script", SCRIPT.schema(ServiceScript), SCRIPTS, SCRIPT_FORM, examples.SCRIPT),
    "`handler` is one of those that `manage.py list_service_scripts` names. Where it sends something, the answer holds "
    "`scriptdata.secret`, with which it signs: it is shown this once.",
)
WORKDAY_SIX = six_verbs(
    *("Workday", "special working day", WORKDAY.schema(Workday), WORKDAYS, WORKDAY_FORM, examples.WORKDAY),
    "`isworkday`: 0 off, 1 like the weekday `asdow` (Monday is 1), 2 with `periods` in minutes of the day.",
)
SECRET = {"type": "string", "description": "In the answer that gives it alone."}


def with_secret(schema: dict) -> dict:
    data = schema["properties"]["scriptdata"]
    told = {**data, "properties": {**data["properties"], "secret": SECRET}}
    return {**schema, "properties": {**schema["properties"], "scriptdata": told}}


SCRIPT_SIX["schemas"]["Svcscript"] = with_secret(SCRIPT_SIX["schemas"]["Svcscript"])
RUN_SHOWN = {"type": "object", "description": "A Run or a Skips; with a mask, or flat, some of its members."}
ANY_RUN = {"anyOf": [ref("Run"), ref("Skips")]}
RUN_SCHEMAS = {
    "Run": run_shapes.RUN_SCHEMA,
    "Skips": run_shapes.SKIP_SCHEMA,
    "RunShown": RUN_SHOWN,
    "Coming": run_shapes.COMING_SCHEMA,
}
RUN_PARAMETERS = listing_parameters("Runs", run_shapes.RUNS)
MOMENTS: dict = {"parameters": ("ServiceCount",), "example": [examples.COMING]}
ON_ONE = {
    "run": operation(
        "runSvctask", "Run a service task now", ADD, ref("Run"),
        description="Whatever its schedule, a disabled one too. One at each of its sites; the first is answered.",
        values=ONE, example=examples.ASKED_RUN,
    ),
    "runs": operation(
        "listSvctaskRuns", "List what became of its due moments", LIST, ref("RunShown"),
        description="The newest first; moments in a row that were skipped alike are one row. Of each log its last "
        f"{run_shapes.LISTED_LOG} characters; a run read by itself has more.",
        parameters=(*RUN_PARAMETERS, *LISTING), values=ONE, example=[examples.RUN, examples.SKIPS],
    ),
    "next_moments": operation(
        "listSvctaskMoments", "List the moments to come", LIST, ref("Coming"),
        description="Of a disabled one, if it were enabled now. `skipped`: the local clock never shows the time that "
        "was meant; `doubled`: it shows this one twice.",
        values=ONE, **MOMENTS,
    ),
    "preview": operation(
        "previewSvctask", "List the moments to come of a task that is not stored", LIST, ref("Coming"),
        body=ref("SvctaskChanges"), body_example=examples.UNSAVED, **MOMENTS,
    ),
    "pause": operation(
        "pauseSvctask", "Switch a service task off, and say why", ADD, ref("Svctask"),
        body=run_shapes.NOTE_FORM.schema(), body_example={"note": "The dialer is being moved"}, values=ONE,
        refusals=(412,), example=examples.PAUSED,
    ),
    "backfill": operation(
        "backfillSvctask", "Run the moments of the past that were not run", LIST,
        {"anyOf": [ref("Run"), ref("Coming")]},
        description="With `dryrun` 1: which they are. At most 1000.",
        body=run_shapes.BACKFILL_FORM.schema(is_new=True), body_example=examples.BACKFILL, values=ONE,
        parameters=("IdempotencyKey",), example=[examples.ASKED_RUN],
    ),
}  # fmt: skip
TASKS_DOCUMENTED = document(
    {**TASK_SIX["operations"], **ON_ONE},
    {**TASK_SIX["schemas"], **RUN_SCHEMAS},
    {**TASK_SIX["parameters"], **RUN_PARAMETERS},
)
SCRIPTS_DOCUMENTED, WORKDAYS_DOCUMENTED = document(**SCRIPT_SIX), document(**WORKDAY_SIX)
RUNS_DOCUMENTED = document(
    {
        "retrieve": operation(
            *("getRun", "Read a run", SINGLE, ref("RunShown")), parameters=SHOWING, values=ONE, example=examples.RUN
        ),
        "cancel": operation(
            *("cancelRun", "Cancel a run", ADD, ANY_RUN),
            description="One that waits ends at once; one that runs is asked to, and ends when it next reports.",
            values=ONE,
            example=examples.RUN,
        ),
    },
    RUN_SCHEMAS,
)
