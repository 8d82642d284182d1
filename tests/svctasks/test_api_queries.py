"""How many queries each call on service tasks costs, bearer included, whatever the organization holds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Organization
from scheduling.models import Workday
from svctasks.models import SkipReason
from tests import api
from tests.core.test_queries import is_bookkeeping
from tests.factories import make_organization
from tests.svctask_factories import HOUR, START, make_run, make_script, make_site, make_skips, make_task
from tests.svctasks.conftest import SCOPES
from tests.svctasks.wire import RUNS, SCRIPTS, TASKS, WORKDAYS

pytestmark = pytest.mark.django_db
SIZES = (2, 12)
FILTER = (
    'filter={"isenabled":0,"svcscriptcode":["calls",""],"ext.ct":{"ge":"2020-01-01T00:00:00Z"}}&order=["-sitemode"]'
)
# name: method, path, body, queries; `{…}` stands for an id of the world.
CALLS = {
    "list": ("GET", f"{TASKS}?limit=1000", None, 2),
    "list, narrowed, ordered, flat": ("GET", f"{TASKS}?{FILTER}&flat=1", None, 2),
    "list of scripts": ("GET", f"{SCRIPTS}?mask=id,opts", None, 2),
    "list of days": ("GET", WORKDAYS, None, 2),
    "runs": ("GET", f"{TASKS}/{{task}}/runs?limit=1000", None, 3),
    "show": ("GET", f"{TASKS}/{{task}}", None, 2),
    "show a run": ("GET", f"{RUNS}/{{run}}", None, 2),
    "next": ("GET", f"{TASKS}/{{task}}/next?count=1000", None, 2),
    "look up": ("LOOKUP", TASKS, "{task}", 2),
    "change": ("PATCH", f"{TASKS}/{{task}}", {"name": "Other"}, 6),
    "create": ("POST", TASKS, {"name": "New", "svcscriptcode": "calls"}, 7),
}


def world_of(size: int) -> tuple[Organization, dict]:
    town = make_organization()
    script = make_script(town, "calls")
    make_site()
    for number in range(size):
        task = make_task(town, script)
        Workday.objects.create(organization=town, day=START.date() + 24 * number * HOUR)
        run = make_run(task, START)
        for turn in range(1, size):
            make_run(task, START + 2 * turn * HOUR)
            make_skips(task, SkipReason.OVERLAP, START + (2 * turn + 1) * HOUR)
    return town, {"task": str(task.public_id), "run": str(run.public_id)}


def cost(caller: api.Caller, method: str, path: str, body: object) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = caller.call(method, path, body)
    assert response.status_code == 200, response.content
    return sum(not is_bookkeeping(query["sql"]) for query in queries)


def costs(size: int) -> dict[str, int]:
    town, ids = world_of(size)
    caller = api.program(town, roles=[], scopes=SCOPES)
    return {
        name: cost(caller, method, filled(path, ids), body.format(**ids) if isinstance(body, str) else body)
        for name, (method, path, body, _) in CALLS.items()
    }


def filled(path: str, ids: dict) -> str:
    """The braces of JSON are no names."""
    for name, text in ids.items():
        path = path.replace(f"{{{name}}}", text)
    return path


def test_a_call_costs_what_the_table_says_whatever_the_size():
    expected = {name: call[-1] for name, call in CALLS.items()}
    found = {size: costs(size) for size in SIZES}
    assert found == dict.fromkeys(SIZES, expected)
