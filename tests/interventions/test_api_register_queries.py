"""How many queries each call on reference data and anomalies costs, both tokens included, whatever there is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Role
from tests.core.test_queries import is_bookkeeping
from tests.factories import make_organization
from tests.intervention_factories import make_anomaly, make_company_contact, make_routine, make_site
from tests.interventions.wire import session_caller

pytestmark = pytest.mark.django_db
SIZES = (1, 30)
SEEN = {"title": "Door", "siteId": "{site}"}
OBSERVATIONS, ONE = "/anomalies/v2/rs/observations", "/anomalies/v2/rs/{anomaly}"
NARROWED = f"{OBSERVATIONS}?labels=true&overdue=false&siteIds[]={{site}}&sort=dueAt"
# name: method, path, body, queries. The first two read the bearer and the session.
CALLS = {
    "list sites": ("GET", "/sites/v1/rs?pageSize=100", None, 3),
    "list sites, a full page": ("GET", "/sites/v1/rs?pageSize=1", None, 4),
    "show site": ("GET", "/sites/v1/rs/{site}", None, 3),
    "create site": ("POST", "/sites/v1/rs", {"name": "New"}, 5),
    "update site": ("PATCH", "/sites/v1/rs/{site}", {"name": "Other"}, 6),
    "list company contacts": ("GET", "/company-contacts/v1/rs?pageSize=100", None, 3),
    "list routines": ("GET", "/routines/v1/rs/preventive?pageSize=100", None, 4),
    "show routine": ("GET", "/routines/v1/rs/{routine}", None, 4),
    "list anomalies": ("GET", f"{OBSERVATIONS}?pageSize=100", None, 3),
    "list anomalies, narrowed, labelled": ("GET", NARROWED, None, 3),
    "show anomaly": ("GET", ONE, None, 3),
    # The first one of an organization makes its counter.
    "report observation": ("POST", OBSERVATIONS, SEEN, 13),
    "replace anomaly": ("PUT", ONE, SEEN, 10),
    "resolve anomaly": ("PATCH", "/anomalies/v3/rs/{anomaly}/non-conformity", {"resolvedComment": "Done"}, 8),
}


def fill(value: object, ids: dict) -> object:
    if isinstance(value, dict):
        return {name: fill(item, ids) for name, item in value.items()}
    return ids.get(value[1:-1], value) if isinstance(value, str) else value


def cost(name: str, size: int) -> int:
    """The number of queries of the call, where the organization has `size` rows of each kind."""
    town = make_organization()
    for _ in range(size):
        site = make_site(town)
        rows = {"site": site, "routine": make_routine(town, site), "anomaly": make_anomaly(site)}
        make_company_contact(town)
    caller = session_caller(town, Role.ADVANCED_STAFF)
    ids = {key: row.pk for key, row in rows.items()}
    method, path, body, _ = CALLS[name]
    with CaptureQueriesContext(connection) as queries:
        response = caller.call(method, path.format(**ids), fill(body, ids))
    assert response.status_code < 300, response.content
    return sum(not is_bookkeeping(query["sql"]) for query in queries)


@pytest.mark.parametrize("name", CALLS)
def test_a_call_costs_what_the_table_says_whatever_the_size(name):
    assert {size: cost(name, size) for size in SIZES} == dict.fromkeys(SIZES, CALLS[name][-1])


@pytest.mark.parametrize("number", [1, 20])
def test_prescriptions_are_looked_up_at_once(number):
    town = make_organization()
    sites = [make_site(town) for _ in range(number)]
    caller = session_caller(town)
    rows = [{"title": "Point", "siteId": site.pk} for site in sites]
    with CaptureQueriesContext(connection) as queries:
        response = caller.post("/anomalies/v2/rs/reports/7/prescription", rows)
    assert response.json() == {"nbInsertion": number}
    looked_up = [
        query["sql"] for query in queries if query["sql"].startswith("SELECT") and not is_bookkeeping(query["sql"])
    ]
    assert len(looked_up) == 7
