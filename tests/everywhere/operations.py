"""One table of all routes and methods of all dialects, gathered from the tables of who may do what.

A route that stands in none of them fails test_the_table.py.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.appointments.access_table import TABLE as APPOINTMENTS
from tests.back_office import PASSWORD
from tests.intervention_factories import png
from tests.interventions.access_table import TABLE as REGISTER
from tests.interventions.access_table_visits import TABLE as VISITS
from tests.scheduling.access_table import TABLE as COMMUNITY
from tests.scheduling.jobs_access_table import TABLE as JOBS
from tests.svctasks.access_table import TABLE as SVCTASKS
from tests.webhooks.access_table import TABLE as INTEGRATION

PNG = png()


class Operation(NamedTuple):
    """`path` and `body` name rows of the dialect's world as `{name}`; bytes are an image. What `is_by_address` asks
    for no credential but the token in it.
    """

    dialect: str
    method: str
    route: str
    path: str
    body: Any = None
    is_by_address: bool = False

    @property
    def names(self) -> list[str]:
        """Of the rows in the path; an address as a whole is none, nor is the organization that it may name."""
        path = self.path.partition("?")[0]
        return [name for name in re.findall(r"{(\w+)}", path) if name not in {"image", "upload", "group"}]

    @property
    def writes(self) -> bool:
        return self.method not in {"GET", "LOOKUP"}

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def of(dialect: str, rows: list, place: Callable[[str], str] = str) -> list[Operation]:
    return [Operation(dialect, row[0], row[1], place(row[2]), row[3]) for row in rows]


def in_group(path: str) -> str:
    return path if path.startswith("/") else f"/api/v1/groups/{{group}}/{path}".rstrip("/")


LOG_IN = {"login": "{login}", "password": PASSWORD}
# What those tables leave to tests of its own.
OTHERS = [
    Operation("interventions", "POST", "interventions-sessions", "/interventions/v2/sessions", LOG_IN),
    Operation(
        *("interventions", "PUT", "interventions-upload", "/interventions/v2/uploads/{upload}", PNG),
        is_by_address=True,
    ),
    Operation(
        *("appointments", "GET", "appointments-feed-file"),
        "/api/v1/groups/{group}/calendars/{calendar}/feed.ics?token={feed_token}",
        is_by_address=True,
    ),
]
TABLE = [
    *of("community", COMMUNITY, "/v2/{}".format),
    *of("jobs", JOBS, "/v1/{}".format),
    *of("appointments", APPOINTMENTS, in_group),
    *of("interventions", [*REGISTER, *VISITS]),
    *of("svctasks", SVCTASKS),
    *of("common", [(one.method, one.route, one.path, one.body) for one in INTEGRATION]),
    *OTHERS,
]
# What names a kind of row in a path → whose GET shows it.
SHOWN_AS = {
    **{f"{state}_job": "job" for state in ("scheduled", "sent", "started", "suspended")},
    **dict.fromkeys(("preventive", "executed", "ended", "begun"), "visit"),
}
# Lists, counts, slots and files: no single row with a version [contract 00].
NO_SINGLE_ROW = {
    *("community-services", "community-graph", "community-graph-on", "community-graph-by"),
    *("community-services-of-close", "community-closes", "community-closes-of-user"),
    *(f"jobs-{name}" for name in ("jobTypes", "contacts", "contactGroups", "persons", "resources", "vehicles")),
    *("jobs-customFieldDefinitions", "jobs-jobs", "jobs-status-history", "jobs-status-history-by-words"),
    *("jobs-constraints", "jobs-recurrences", "jobs-occurrences"),
    *(f"appointments-{name}" for name in ("groups", "calendars", "calendarsets", "interventions", "interventionsets")),
    *(f"appointments-{name}" for name in ("fiches", "vevents", "appointments", "slots", "explain", "waitings")),
    "appointments-feed-file",
    *(f"interventions-{name}" for name in ("sites", "company-contacts", "routines", "observations", "interventions")),
    *("interventions-links", "interventions-report", "interventions-signature-image"),
    *(f"svctasks-{name}" for name in ("tasks", "scripts", "workdays", "task-runs", "next")),
    *(f"integration-{name}" for name in ("webhooks", "deliveries", "events")),
}
# POSTs that keep no answer [contract 00]; /oauth/* and /auth/tokens are no dialect's.
NO_KEY = {
    "interventions-sessions",
    "svctasks-preview",
    *(f"svctasks-{name}-lookup" for name in ("tasks", "scripts", "workdays")),
}
# Writes of what has no version: many jobs at once, a session, an image that is put once.
NO_VERSION = {"jobs-jobs", "interventions-sessions", "interventions-upload"}
# Those that are told the version where they are made, as no GET shows them alone.
SHOWN_NOWHERE = {"appointments-feeds", "appointments-feeds-one", "appointments-hold"}
POSTS = [one for one in TABLE if one.method == "POST" and one.route not in NO_KEY]
SINGLE = [one for one in TABLE if one.method == "GET" and one.route not in NO_SINGLE_ROW]
VERSIONED = [one for one in TABLE if one.method in {"PATCH", "PUT", "DELETE"} and one.route not in NO_VERSION]


def shown_by(operation: Operation) -> Operation | None:
    """The GET of the row that the operation writes: the one that its path names first, or the session's own."""
    names = operation.names or ["group"]
    name = "begun" if operation.route == "interventions-execute" else names[0]
    kind = SHOWN_AS.get(name, name)
    for one in SINGLE:
        if one.dialect == operation.dialect and one.path.endswith(f"{{{kind}}}"):
            return one._replace(path=one.path.replace(f"{{{kind}}}", f"{{{name}}}"))
    return None


def fill(value: Any, ids: dict[str, Any]) -> Any:
    """A text that is the name of a row alone becomes its id."""
    if isinstance(value, dict):
        return {name: fill(item, ids) for name, item in value.items()}
    if isinstance(value, list):
        return [fill(item, ids) for item in value]
    if isinstance(value, str) and value[:1] == "{" and value[-1:] == "}":
        return ids[value[1:-1]]
    return value


def body_of(operation: Operation, ids: dict[str, Any]) -> bytes:
    if isinstance(operation.body, bytes):
        return operation.body
    return b"" if operation.body is None else json.dumps(fill(operation.body, ids)).encode()
