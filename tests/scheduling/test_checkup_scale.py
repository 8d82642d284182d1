"""Thousands of rows that the database knows nothing of yet, as after a restore: the doctor reads each of them once."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Role
from tests.core.examining import examine, healthy_organization, stand_alone
from tests.core.oauth_clients import make_person
from tests.factories import make_close
from tests.job_factories import make_contact, make_job_type, make_resource
from tests.scheduling.test_jobs_scale import FILL, TAKE

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
ROWS = 20_000
LARGE = {"scheduling_job", "scheduling_communityservice", "scheduling_busyinterval"}
VALUES = {"first": datetime(2026, 1, 5, tzinfo=UTC), "jobs": ROWS}
SERVICES = """
INSERT INTO scheduling_communityservice (created_at, updated_at, version, organization_id, close_id, duration,
       occupation, schedule_at, state, link_version, make_up_reason)
SELECT now(), now(), 1, %(organization)s, %(close)s, 3600, '', %(first)s + n * interval '1 hour', 'validated', 1, ''
  FROM generate_series(0, %(jobs)s - 1) AS n
"""
TAKE_SERVICES = """
INSERT INTO scheduling_busyinterval (organization_id, resource_id, seat, start, "end", kind, source_id, is_hard)
SELECT organization_id, %(student)s, 0, schedule_at, schedule_at + duration * interval '1 second', 'community_service',
       id, false
  FROM scheduling_communityservice
"""
# As where all rows were deleted before: the planner takes every table for one of a row or two.
FORGET = "UPDATE pg_class SET reltuples = 0, relpages = 1000 WHERE relname LIKE 'scheduling!_%%' ESCAPE '!'"
# A plan that is wrong would take hours.
IMPATIENT = "SET LOCAL statement_timeout = '1min'"


@pytest.fixture(autouse=True)
def filled(settings, tmp_path):
    """Jobs, services and the time that they take."""
    stand_alone(settings, tmp_path)
    place = healthy_organization()
    student = make_person("sam", place)
    close = make_close(place, student=student, closer=make_person("bruno", place, Role.BASIC_STAFF))
    crews = [make_resource(place) for _ in range(100)]
    ids = {"type": make_job_type(place), "contact": make_contact(place), "crew": crews[0], "close": close}
    ids |= {"organization": place, "student": make_resource(place, user=student, is_archived=True)}
    with connection.cursor() as cursor:
        for statement in (FILL, TAKE, SERVICES, TAKE_SERVICES, FORGET, IMPATIENT):
            cursor.execute(statement, VALUES | {name: row.pk for name, row in ids.items()})


def test_every_row_is_read_once_and_none_is_compared_with_all_others():
    with CaptureQueriesContext(connection) as queries:
        assert examine() == (0, [])
    read = [one["sql"] for one in queries if any(f'FROM "{table}"' in one["sql"] for table in LARGE)]
    assert [sql for sql in read if compares_all_with_all(plan_of(sql))] == []
    assert all(any(f'FROM "{table}"' in sql for sql in read) for table in LARGE)


def plan_of(sql: str) -> dict:
    """Of a SELECT, or of the one that a cursor is declared for."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql[sql.index("SELECT") :])
        ((plan,),) = cursor.fetchone()
    return plan["Plan"]


def compares_all_with_all(plan: dict) -> bool:
    """Whether the plan reads one whole table for each row of another."""
    return any(_is_whole_table(inner) for node in _nodes(plan) for inner in _repeated(node))


def _nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)


def _repeated(node: dict) -> list[dict]:
    """The parts that are run for each row of another part."""
    inner = [part for part in node.get("Plans", []) if part["Parent Relationship"] == "Inner"]
    subplans = [part for part in node.get("Plans", []) if part.get("Subplan Name", "").startswith("SubPlan")]
    return subplans + (inner if node["Node Type"] == "Nested Loop" else [])


def _is_whole_table(plan: dict) -> bool:
    return any(node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE for node in _nodes(plan))
