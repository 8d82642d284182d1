"""How many queries each call on jobs costs, authentication included, whatever the customer holds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.models import Job
from scheduling.services import busy
from tests.core.test_queries import is_bookkeeping
from tests.job_factories import make_definition, make_job_type, make_vehicle
from tests.scheduling.jobs_world import NINE, TEN, World

pytestmark = pytest.mark.django_db

EVER = "createdAtFrom=2000-01-01T00:00:00Z&createdAtTo=2100-01-01T00:00:00Z"
NEW = {"typeId": "{type}", "contactId": "{contact}"}
SIZES = (1, 10)
PLAN = {"resourceId": "{ann}", "vehicleId": "{van}", "plannedStartAt": TEN}
# name: method, path, body, queries; `{…}` stands for an id of the world.
CALLS = {
    "list": ("GET", f"jobs?{EVER}&pageSize=100", None, 4),
    "list, filtered and sorted": (
        *("GET", f"jobs?plannedAtFrom={NINE}&plannedAtTo={TEN}&status=scheduled&sortBy=plannedStartAt", None),
        4,
    ),
    "list with a total": ("GET", f"jobs?{EVER}&includeTotal=true", None, 5),
    "show": ("GET", "jobs/{job}", None, 4),
    "history": ("GET", "jobs/{job}/statusHistory", None, 3),
    "create": ("POST", "jobs", NEW, 11),
    "create, with a reference of the type": ("POST", "jobs", {**NEW, "typeId": "{numbered}"}, 13),
    "update": ("PATCH", "jobs/{job}", {"description": "Ring twice"}, 7),
    "schedule": ("PUT", "jobs/{job}/schedule", PLAN, 13),
    "start": ("PUT", "jobs/{job}/start", {}, 8),
    "cancel": ("PUT", "jobs/{job}/cancel", {}, 10),
}


def world_of(size: int) -> tuple[World, dict]:
    """So many planned jobs at once, each with a custom value, and all in conflict."""
    world = World()
    van, day = make_vehicle(world.organization), datetime(2026, 11, 23, 9, tzinfo=UTC)
    world.type.custom_field_definitions.set([make_definition(world.organization) for _ in range(3)])
    (definition, *_) = world.type.custom_field_definitions.all()
    for _ in range(size):
        job = world.job_in("scheduled", custom_values={str(definition.pk): "x"})
        Job.objects.filter(pk=job.pk).update(vehicle=van)
        source = busy.Source("job", job.pk)
        interval = (day, day + timedelta(hours=1))
        busy.take_soft(source, world.organization.pk, [world.ann.pk, van.pk], busy.Interval(*interval))
    numbered = make_job_type(world.organization, auto_reference_prefix="BS")
    world.create(typeId=numbered.pk)
    rows = {
        "type": world.type,
        "contact": world.contact,
        "ann": world.ann,
        "van": van,
        "job": job,
        "numbered": numbered,
    }
    return world, {name: row.pk for name, row in rows.items()}


def fill(body: dict | None, ids: dict) -> dict | None:
    return body and {name: ids.get(str(value)[1:-1], value) for name, value in body.items()}


def cost(name: str, size: int) -> int:
    world, ids = world_of(size)
    method, path, body, _ = CALLS[name]
    with CaptureQueriesContext(connection) as queries:
        response = world.api.call(method, "/v1/" + path.format(**ids), fill(body, ids))
    assert response.status_code < 300, response.content
    sent = [query["sql"] for query in queries if not is_bookkeeping(query["sql"])]
    # PostgreSQL alone has a lock to take.
    return sum("pg_advisory" not in sql for sql in sent)


@pytest.mark.parametrize("name", CALLS)
def test_a_call_costs_what_the_table_says_whatever_the_size(name):
    assert {size: cost(name, size) for size in SIZES} == dict.fromkeys(SIZES, CALLS[name][-1])
