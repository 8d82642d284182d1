"""A hundred thousand jobs in the table: each documented way to ask for some finds them by an index."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Role
from tests.back_office import browser
from tests.factories import make_member, make_organization
from tests.job_factories import make_contact, make_job_type, make_resource
from tests.scheduling.jobs_calls import jobs_program

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
JOBS = 100_000
FIRST = datetime(2026, 1, 5, tzinfo=UTC)
# One a minute; every tenth begun, all planned, on one of a hundred crews.
FILL = """
INSERT INTO scheduling_job (created_at, updated_at, version, uid, organization_id, type_id, contact_id, reference,
       order_number, description, planned_duration, custom_values, internal_comment, contact_comment, status,
       status_modified_at, resources_comment, result, resource_id, planned_start_at, planned_end_at, actual_start_at,
       calendar_sequence)
SELECT %(first)s + n * interval '1 minute', now(), 1, gen_random_uuid(), %(organization)s, %(type)s, %(contact)s,
       'BS-' || lpad(n::text, 6, '0'), '', '', 60, '{}', '', '',
       CASE WHEN n %% 10 = 0 THEN 'started' ELSE 'scheduled' END, %(first)s + n * interval '1 minute', '', '',
       %(crew)s + n %% 100, %(first)s + n * interval '1 minute', %(first)s + (n + 60) * interval '1 minute',
       CASE WHEN n %% 10 = 0 THEN %(first)s + n * interval '1 minute' END, 0
  FROM generate_series(0, %(jobs)s - 1) AS n
"""
TAKE = """
INSERT INTO scheduling_busyinterval (organization_id, resource_id, seat, start, "end", kind, source_id, is_hard)
SELECT organization_id, resource_id, 0, planned_start_at, planned_end_at, 'job', id, false FROM scheduling_job
"""


# All but the last two thousand are done; these are planned around today, one every ten minutes.
AGE = """
UPDATE scheduling_job SET status = CASE WHEN n < %(jobs)s - 2000 THEN 'completed_ok' ELSE status END,
       planned_start_at = now() + (n - %(jobs)s + 1000) * interval '10 minutes',
       planned_end_at = now() + (n - %(jobs)s + 1006) * interval '10 minutes'
  FROM (SELECT id AS job, substr(reference, 4)::int AS n FROM scheduling_job) AS numbered WHERE id = job
"""


@pytest.fixture
def place():
    return make_organization()


@pytest.fixture
def caller(place):
    """Of the customer that has them all."""
    kind, contact = make_job_type(place), make_contact(place)
    crews = [make_resource(place) for _ in range(100)]
    values = {"organization": place.pk, "type": kind.pk, "contact": contact.pk, "crew": crews[0].pk}
    with connection.cursor() as cursor:
        # What other tests rolled back still makes the tables larger, and other plans cheaper.
        cursor.execute("TRUNCATE scheduling_job, scheduling_busyinterval CASCADE")
        cursor.execute(FILL, {**values, "first": FIRST, "jobs": JOBS})
        cursor.execute(TAKE)
    analyze()
    return jobs_program(place)


def analyze() -> None:
    with connection.cursor() as cursor:
        for table in ("job", "busyinterval", "jobtype", "contact", "resource"):
            cursor.execute(f"ANALYZE scheduling_{table}")


def asked(caller, query: str) -> tuple[dict, list[str]]:
    """The page, and what the database was asked for it beside the token and the customer."""
    with CaptureQueriesContext(connection) as queries:
        response = caller.get(f"/v1/jobs?{query}")
    assert response.status_code == 200, response.content
    assert len(queries) <= 4
    return response.json(), [one["sql"] for one in queries if "scheduling_" in one["sql"]]


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql)
        return "\n".join(line for (line,) in cursor.fetchall())


def at(minutes: int) -> str:
    return f"{FIRST + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def check_indexed(sqls: list[str], *names: str) -> None:
    plans = "\n".join(plan_of(sql) for sql in sqls)
    assert "Seq Scan on scheduling_job " not in plans, plans
    assert "Seq Scan on scheduling_busyinterval" not in plans, plans
    assert [name for name in names if name not in plans] == [], plans


def test_a_hundred_of_them_come_by_an_index_in_four_queries_and_so_does_a_deep_page(caller):
    for name, index in (
        ("createdAt", "job_created"),
        ("plannedAt", "job_planned"),
        ("startedAt", "job_started"),
        ("statusModifiedAt", "job_status_modified"),
    ):
        page, sqls = asked(caller, f"{name}From={at(50_000)}&{name}To={at(50_200)}")
        assert page["pageItemCount"] == (20 if name == "startedAt" else 100)
        check_indexed(sqls, index, "busy_")
    page, sqls = asked(caller, "reference=BS-050000&reference=BS-000007")
    assert [item["reference"] for item in page["items"]] == ["BS-000007", "BS-050000"]
    check_indexed(sqls, "job_reference")
    check_deep_page(caller)


def check_deep_page(caller) -> None:
    """A cursor far behind: the index leads to it, and no row before it is read."""
    span = f"createdAtFrom={at(0)}&createdAtTo={at(JOBS)}"
    page, _ = asked(caller, f"{span}&pageSize=1000")
    for _ in range(29):
        page, _ = asked(caller, f"{span}&pageSize=1000&cursor={page['nextCursor']}")
    page, sqls = asked(caller, f"{span}&cursor={page['nextCursor']}")
    assert page["items"][0]["reference"] == "BS-030000"
    listing = next(sql for sql in sqls if "LIMIT 101" in sql)
    check_indexed([listing], "job_created")
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + listing)
        (found,) = cursor.fetchone()
    assert removed_rows(found[0]["Plan"]) < 100, "it starts where the page starts"


def removed_rows(plan: dict) -> int:
    return plan.get("Rows Removed by Filter", 0) + sum(removed_rows(part) for part in plan.get("Plans", []))


@pytest.mark.usefixtures("caller")
def test_the_dashboard_and_the_lists_of_staff_read_what_is_open_and_not_all_that_ever_was(place):
    with connection.cursor() as cursor:
        cursor.execute(AGE, {"jobs": JOBS})
    analyze()
    staff = browser(make_member(place, Role.ADMINISTRATOR))
    for path in ("/admin/", *(f"/admin/scheduling/job/?quick={name}" for name in ("today", "conflicts", "to_plan"))):
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(path).status_code == 200
        check_indexed([one["sql"] for one in queries if 'FROM "scheduling_job"' in one["sql"]])
