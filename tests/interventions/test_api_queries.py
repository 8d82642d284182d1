"""How many queries each call on interventions costs, bearer and session included, whatever the organization holds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interventions.models import InterventionStatus
from tests.core.test_queries import is_bookkeeping
from tests.intervention_factories import make_site
from tests.interventions.visits import CURATIVE, MB, NEXT_DATES, RS, Visits, statement

pytestmark = pytest.mark.django_db
S = InterventionStatus
SIZES = (1, 8)
LINKS = "/interventions-anomalies/v1/rs"
# name: method, path, body, queries; `{…}` stands for an id of the world.
CALLS = {
    "list": ("GET", f"{RS}?pageSize=100", None, 5),
    "list, narrowed, sorted, labelled": (
        *("GET", f"{RS}?status[]=4&siteIds[]={{site}}&q=lift&overdue=false&sort=scheduledEnd&labels=true", None),
        5,
    ),
    "list, a full page": ("GET", f"{RS}?pageSize=1", None, 6),
    "links": (*("GET", f"{LINKS}?interventionId={{visit}}"), None, 3),
    "show": ("GET", f"{RS}/{{visit}}", None, 7),
    "change": ("PATCH", f"{CURATIVE}/{{planned}}", {"description": "Ring twice"}, 11),
    "move": ("PATCH", f"{CURATIVE}/{{planned}}", NEXT_DATES, 11),
    "e-mail": ("POST", f"{RS}/{{planned}}/emails/informations", {"email": "ada@example.org"}, 6),
}


def world_of(size: int) -> tuple[Visits, dict]:
    """So many executed visits, each at a site of its own, with two anomalies, all mended by the same provider."""
    visits = Visits()
    for _ in range(size):
        visits.site = make_site(visits.town)
        visit = visits.in_state(S.EXECUTED, visits.anomaly(), visits.anomaly())
    planned = visits.in_state(S.PLANNED)
    return visits, {"visit": visit.pk, "planned": planned.pk, "site": visits.site.pk}


def sent(caller, method: str, path: str, body: dict | None) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = caller.call(method, path, body)
    assert response.status_code < 300, response.content
    sqls = [query["sql"] for query in queries if not is_bookkeeping(query["sql"])]
    # PostgreSQL alone has a lock to take.
    return sum("pg_advisory" not in sql for sql in sqls)


def costs(size: int) -> dict[str, int]:
    visits, ids = world_of(size)
    return {
        name: sent(visits.staff, method, path.format(**ids), body) for name, (method, path, body, _) in CALLS.items()
    }


def test_a_call_costs_what_the_table_says_whatever_the_size():
    expected = {name: call[-1] for name, call in CALLS.items()}
    assert {size: costs(size) for size in SIZES} == dict.fromkeys(SIZES, expected)


@pytest.mark.parametrize(("action", "most"), [("create", 30), ("execute", 25), ("verify", 25)])
def test_what_a_write_of_one_anomaly_costs_does_not_depend_on_what_else_there_is(action, most):
    assert len({cost_of(action, size) for size in SIZES}) == 1
    assert cost_of(action, 1) <= most


def cost_of(action: str, size: int) -> int:
    visits, _ = world_of(size)
    if action == "create":
        return sent(visits.staff, "POST", CURATIVE, visits.body())
    if action == "execute":
        return sent(visits.provider_of(visits.in_state(S.IN_PROGRESS)), "PATCH", f"{MB}/execute", statement())
    return sent(visits.staff, "PATCH", f"{RS}/{visits.in_state(S.EXECUTED).pk}/verify", {"decision": 1})
