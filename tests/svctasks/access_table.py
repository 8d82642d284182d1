"""Who may do what under /rest/v1: every endpoint by every kind of caller → status.

`{task}` and so on stand for ids of rows of the first organization, as test_api_access.py makes them.
"""

from typing import NamedTuple

from tests.svctasks.wire import RUNS, SCRIPTS, TASKS, WORKDAYS

# In this order: a program without a role; people by their role; another organization's program.
COLUMNS = ("program", "student", "basic staff", "advanced staff", "other organization")


class Endpoint(NamedTuple):
    """`answers` are in the order of COLUMNS."""

    method: str
    route: str
    path: str
    body: object
    answers: tuple[int, ...]
    scope: str = "write"

    @property
    def needed(self) -> str:
        return f"svctasks:{self.scope}"


LIST, READ, WRITTEN = (200, 403, 200, 200, 200), (200, 403, 200, 200, 404), (200, 403, 200, 200, 404)
# A task, and what only advanced staff write.
TASK = (LIST, WRITTEN, (204, 403, 204, 204, 404))
REFERENCE = ((200, 403, 403, 200, 200), (200, 403, 403, 200, 404), (204, 403, 403, 204, 404))
RANGE = {"from": "2026-11-01T08:00:00Z", "to": "2026-11-01T09:00:00Z"}


def six_verbs(name: str, path: str, row: str, new: dict, change: dict, writing: tuple = TASK) -> list[Endpoint]:
    """`row` is the world's name of one."""
    one, key = f"{path}/{{{row}}}", f"{{{row}}}"
    made, written, deleted = writing
    return [
        Endpoint("GET", f"svctasks-{name}", path, None, LIST, "read"),
        Endpoint("POST", f"svctasks-{name}", path, new, made),
        Endpoint("LOOKUP", f"svctasks-{name}", path, key, READ, "read"),
        Endpoint("POST", f"svctasks-{name}-lookup", f"{path}/lookup", key, READ, "read"),
        Endpoint("GET", f"svctasks-{name}-one", one, None, READ, "read"),
        Endpoint("PATCH", f"svctasks-{name}-one", one, change, written),
        Endpoint("DELETE", f"svctasks-{name}-one", one, None, deleted),
    ]


ONE = f"{TASKS}/{{task}}"
NEW_SCRIPT = {"code": "new", "name": "New", "scriptdata": {"handler": "purge_archived"}}
TABLE = [
    *six_verbs("tasks", TASKS, "task", {"name": "Calls"}, {"name": "Other"}),
    *six_verbs("scripts", SCRIPTS, "script", NEW_SCRIPT, {"name": "Other"}, REFERENCE),
    *six_verbs("workdays", WORKDAYS, "workday", {"date": "2026-12-25"}, {"isannual": 1}, REFERENCE),
    Endpoint("POST", "svctasks-preview", f"{TASKS}/preview", {}, LIST, "read"),
    Endpoint("POST", "svctasks-run", f"{ONE}/run", None, WRITTEN),
    Endpoint("GET", "svctasks-task-runs", f"{ONE}/runs", None, READ, "read"),
    Endpoint("GET", "svctasks-next", f"{ONE}/next", None, READ, "read"),
    Endpoint("POST", "svctasks-pause", f"{ONE}/pause", {"note": "Later"}, WRITTEN),
    Endpoint("POST", "svctasks-backfill", f"{ONE}/backfill", RANGE, WRITTEN),
    Endpoint("GET", "svctasks-run-one", f"{RUNS}/{{run}}", None, READ, "read"),
    Endpoint("POST", "svctasks-run-cancel", f"{RUNS}/{{run}}/cancel", None, WRITTEN),
]
