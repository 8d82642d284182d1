"""A hundred among very many interventions with anomalies: at most six queries, each by an index."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.interventions.visits import RS, Visits
from tests.scale import scaled

pytestmark = [pytest.mark.django_db, pytest.mark.postgres, pytest.mark.soak]
# Of fewer, PostgreSQL rather reads the whole table for a hundred rows.
INTERVENTIONS = max(60_000, scaled(200_000))
MOST_QUERIES = 6
FIRST = datetime(2020, 1, 6, tzinfo=UTC)
# One an hour, every hundredth planned, all others verified; each with an anomaly of its own, at one of 50 sites.
FILL = [
    """
INSERT INTO interventions_site (id, created_at, updated_at, version, organization_id, name, address, timezone,
       is_archived)
SELECT 1000000 + n, now(), now(), 1, %(town)s, 'School ' || n, '', '', false FROM generate_series(0, 49) AS n
""",
    """
INSERT INTO interventions_anomaly (id, created_at, updated_at, version, organization_id, kind, status, number, title,
       description, risk, site_id, location, comment, resolution_delay, observed_at, reporter, already_reported,
       outside_ids, resolved_comment)
SELECT 1000000 + n, now(), now(), 1, %(town)s, 'observation',
       CASE WHEN n %% 100 = 0 THEN 'planned' ELSE 'resolved' END, 1000000 + n, 'Door ' || n, '', 'low',
       1000000 + n %% 50, '', '', '', %(first)s, '', false, '{}', ''
  FROM generate_series(0, %(number)s - 1) AS n
""",
    """
INSERT INTO interventions_intervention (id, created_at, updated_at, version, organization_id, kind, status,
       creation_status, description, scheduled_start, scheduled_end, assigned_company_contact_id, decision_comment,
       cancellation_reason, is_automatic, outside_ids, pin_encrypted, pin_digest, link_version, calendar_sequence)
SELECT 1000000 + n, %(first)s, now(), 1, %(town)s, 'curative',
       CASE WHEN n %% 100 = 0 THEN 'planned' ELSE 'verified' END, 'confirmed', 'Door ' || n,
       %(first)s + n * interval '1 hour', %(first)s + (n + 1) * interval '1 hour', %(provider)s, '', '', false, '{}',
       '', '', 1, 1
  FROM generate_series(0, %(number)s - 1) AS n
""",
    """
INSERT INTO interventions_interventionanomaly (intervention_id, anomaly_id, is_holding, provider_action, comment,
       client_decision, client_decision_comment)
SELECT id, id, status = 'planned', 'none', '', 'none', '' FROM interventions_intervention WHERE id >= 1000000
""",
    """
INSERT INTO interventions_intervention_sites (intervention_id, site_id)
SELECT id, 1000000 + id %% 50 FROM interventions_intervention WHERE id >= 1000000
""",
]  # fmt: skip
TABLES = ("intervention", "anomaly", "interventionanomaly", "intervention_sites", "site")
BIG = ("interventions_intervention", "interventions_anomaly", "interventions_interventionanomaly")


@pytest.fixture
def visits():
    found = Visits()
    values = {"town": found.town.pk, "provider": found.provider.pk, "first": FIRST, "number": INTERVENTIONS}
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, values)
        for table in TABLES:
            cursor.execute(f"ANALYZE interventions_{table}")
    return found


def asked(visits, query: str) -> tuple[list[dict], list[str]]:
    """The items, and the queries that they cost but for the tokens' own and the count of all."""
    with CaptureQueriesContext(connection) as queries:
        response = visits.staff.get(f"{RS}?{query}")
    assert response.status_code == 200, response.content
    assert len(queries) <= MOST_QUERIES
    return response.json()["data"], [one["sql"] for one in queries if "interventions_" in one["sql"]]


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql)
        return "\n".join(line for (line,) in cursor.fetchall())


def check_indexed(sqls: list[str]) -> None:
    """No query of the page reads a table from its beginning to its end; the count of all has to."""
    plans = [plan_of(sql) for sql in sqls if "COUNT(*)" not in sql]
    assert [plan for plan in plans if any(f"Seq Scan on {table} " in plan for table in BIG)] == []


def test_a_page_of_a_hundred_comes_by_indexes_in_six_queries(visits):
    last = FIRST.timestamp() + 3600 * (INTERVENTIONS - 1)
    for query, first_start in {
        "pageSize=100": last,
        "pageSize=100&sort=scheduledStart": FIRST.timestamp(),
        "pageSize=100&sort=-id": last,
        "pageSize=100&status[]=2": FIRST.timestamp() + 3600 * (INTERVENTIONS - 100),
        "pageSize=100&scheduledFrom=2020-03-01T00:00:00Z&scheduledTo=2020-04-01T00:00:00Z": 1585695600,
    }.items():
        items, sqls = asked(visits, query)
        assert len(items) == 100
        assert datetime.fromisoformat(items[0]["scheduledStart"]).timestamp() == first_start, query
        assert all(len(item["siteIds"]) == 1 for item in items)
        assert sum(item["anomalyStats"]["corrective"]["resolved"] for item in items) in (99, 0)
        check_indexed(sqls)


def test_a_page_far_behind_reads_an_index_up_to_it(visits):
    page = INTERVENTIONS // 200
    items, sqls = asked(visits, f"pageSize=100&sort=scheduledStart&page={page}")
    assert items[0]["description"] == f"Door {(page - 1) * 100}"
    listing = next(sql for sql in sqls if "row_number()" in sql)
    assert "intervention_start" in plan_of(listing)


def test_the_overdue_ones_are_found_among_all_there_ever_were(visits):
    items, sqls = asked(visits, "pageSize=100&overdue=true")
    assert {item["status"] for item in items} == {2}
    check_indexed(sqls)
