"""How many queries each call costs, recorded in tests/queries.json, so that a change shows in the diff.

RECORD_QUERIES=1 writes the file anew (the savepoints of the test's own transaction are not counted).
"""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Role
from scheduling.models import Resource
from tests import api
from tests.factories import make_close, make_community_service, make_organization

pytestmark = pytest.mark.django_db
RECORD = Path(__file__).resolve().parents[1] / "queries.json"
# What the contract of the project allows at most.
MOST = {"list": 4, "create": 12}
SIZES = (1, 30, 100)
TOMORROW = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%d 12:00 UTC")
# name: method, path, body
CALLS = {
    "list community services": ("GET", "/v2/community_services?page[size]=100", None),
    "list community services, filtered": (
        *("GET", "/v2/community_services?page[size]=100&filter[state]=schedule&range[created_at]=2017-01-01,"),
        None,
    ),
    "list community services of a close": ("GET", "/v2/closes/{close}/community_services?page[size]=100", None),
    "list closes": ("GET", "/v2/closes?page[size]=100", None),
    "list closes of a person": ("GET", "/v2/users/{user}/closes?page[size]=100", None),
    "show community service": ("GET", "/v2/community_services/{service}", None),
    "show close": ("GET", "/v2/closes/{close}", None),
    "graph": ("GET", "/v2/community_services/graph", None),
    "create community service": ("POST", "/v2/community_services", {"community_service": {"duration": 7200}}),
    "create community service, dated, in a close": (
        *("POST", "/v2/community_services"),
        {"community_service": {"duration": 60, "close_id": "{close}", "tiger_id": "{tiger}", "schedule_at": TOMORROW}},
    ),
    # A student's time is kept by a resource, made with the first of them.
    "first dated community service of a student": (
        *("POST", "/v2/community_services"),
        {
            "community_service": {
                "duration": 60,
                "close_id": "{new_close}",
                "tiger_id": "{tiger}",
                "schedule_at": TOMORROW,
            }
        },
    ),
    "create close": (
        *("POST", "/v2/closes"),
        {"close": {"user_id": "{user}", "closer_id": "{tiger}", "kind": "other", "reason": "Late"}},
    ),
    "update community service": (
        *("PATCH", "/v2/community_services/{service}"),
        {"community_service": {"occupation": "Mop"}},
    ),
    "validate community service": ("PUT", "/v2/community_services/{service}/validate", None),
    "unclose": ("PUT", "/v2/closes/{close}/unclose", None),
    "delete community service": ("DELETE", "/v2/community_services/{service}", None),
}


def fill(value: object, ids: dict) -> object:
    if isinstance(value, dict):
        return {name: fill(item, ids) for name, item in value.items()}
    return value.format(**ids) if isinstance(value, str) else value


def cost(name: str, size: int) -> int:
    """The number of queries of the call, where each list has `size` rows."""
    organization = make_organization()
    close = make_close(organization)
    for _ in range(size):
        service = make_community_service(close)
        make_close(organization, student=close.user, closer=close.closer)
    Resource.objects.create(organization=organization, user=close.user, name="Sam", is_archived=True)
    new_close = make_close(organization, closer=close.closer)
    staff = api.program(organization, roles=[Role.ADVANCED_STAFF])
    ids = {
        "new_close": new_close.pk,
        "close": close.pk,
        "service": service.pk,
        "user": close.user_id,
        "tiger": close.closer_id,
    }
    method, path, body = CALLS[name]
    with CaptureQueriesContext(connection) as queries:
        response = staff.call(method, path.format(**ids), fill(body, ids))
    assert response.status_code < 300, response.content
    return sum(not is_bookkeeping(query["sql"]) for query in queries)


def is_bookkeeping(sql: str) -> bool:
    """Or the look for webhooks, which PostgreSQL has in the statement that writes the event."""
    is_look = connection.vendor == "sqlite" and 'FROM "core_webhook"' in sql
    return is_look or sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT"))


def recorded() -> dict[str, int]:
    return json.loads(RECORD.read_text()) if RECORD.exists() else {}


def record(name: str, number: int) -> None:
    counts = {**recorded(), name: number}
    kept = {call: counts[call] for call in CALLS if call in counts}
    RECORD.write_text(json.dumps(kept, indent=2) + "\n")


@pytest.mark.parametrize("name", CALLS)
def test_a_call_costs_the_recorded_number_of_queries_whatever_the_size(name):
    costs = {cost(name, size) for size in SIZES}
    assert len(costs) == 1, f"the cost grows with the size: {sorted(costs)}"
    (number,) = costs
    if os.environ.get("RECORD_QUERIES") == "1":
        record(name, number)
    assert number == recorded().get(name), "RECORD_QUERIES=1 records the new number"
    assert number <= MOST.get(name.split()[0], number)


def test_the_record_names_the_calls_that_are_measured():
    assert list(recorded()) == list(CALLS)
