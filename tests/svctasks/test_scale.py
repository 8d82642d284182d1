"""Many tasks: what the dispatcher asks when nothing is due does not grow with how many are defined."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from svctasks.dispatcher import round_of_dispatch
from svctasks.models import ServiceRun, ServiceTask
from svctasks.services import running, sites
from svctasks.services.dispatching import dispatch_due
from tests.factories import make_organization
from tests.scale import scaled
from tests.svctask_factories import make_script

pytestmark = pytest.mark.django_db
TASKS, RUNS = scaled(100_000), scaled(100_000)
HOUR = timedelta(hours=1)


@pytest.fixture
def town():
    return make_organization()


@pytest.fixture
def many(town):
    """All are due later."""
    script, now = make_script(town), timezone.now()
    later = {"counted_until": now, "wake_at": now + HOUR, "interval_seconds": 3600, "is_regular": True}
    tasks = (
        ServiceTask(organization=town, script=script, name=f"Task {number}", is_enabled=True, **later)
        for number in range(TASKS)
    )
    return ServiceTask.objects.bulk_create(tasks, batch_size=500)


def plan(statement: str) -> str:
    word = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
        cursor.execute(f"{word} {statement}")
        return " ".join(str(cell) for row in cursor.fetchall() for cell in row)


def statements(function) -> list[str]:
    with CaptureQueriesContext(connection) as caught:
        function()
    return [one["sql"] for one in caught.captured_queries]


def test_a_look_when_nothing_is_due_is_one_indexed_query(many):
    sites.declare(["main"])
    dispatch_due()
    asked = statements(dispatch_due)
    # The other reads when a dispatcher looked last: one row.
    [look] = [sql for sql in asked if "svctasks_servicetask" in sql]
    assert len(asked) == 2
    assert "service_task_wake" in plan(look)


SCANNED = "SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables WHERE relname = ANY(%s)"


def read_without_an_index() -> int:
    """How many rows of tasks and runs, in this transaction."""
    tables = [model._meta.db_table for model in (ServiceTask, ServiceRun)]
    with connection.cursor() as cursor:
        cursor.execute(SCANNED, [tables])
        return cursor.fetchone()[0]


@pytest.mark.postgres
def test_rounds_that_find_nothing_read_no_table_through_however_often_they_come(history):
    """A prepared statement that came some times is planned for whatever value may come."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    before = read_without_an_index()
    for _round in range(20):
        round_of_dispatch()
    assert read_without_an_index() == before


def test_what_is_due_is_found_by_the_same_index(many):
    ServiceTask.objects.filter(pk__in=[task.pk for task in many[:3]]).update(wake_at=timezone.now() - HOUR)
    asked = statements(dispatch_due)
    taken = next(sql for sql in asked if "svctasks_servicetask" in sql and "core_organization" in sql)
    assert "service_task_wake" in plan(taken)


@pytest.fixture
def history(many, town):
    """A long ledger, of which nothing is active."""
    now = timezone.now()
    ended = {"organization": town, "site": "main", "state": "succeeded", "finished_at": now}
    rows = (ServiceRun(task=many[number % 50], due_at=now - number * HOUR, **ended) for number in range(RUNS))
    ServiceRun.objects.bulk_create(rows, batch_size=500)
    return many


def test_what_waits_and_what_is_lost_is_found_by_the_index_of_what_is_active(history):
    for function in (lambda: running.waiting_at(["main"], 4), running.recover_lost):
        asked = [sql for sql in statements(function) if "svctasks_servicerun" in sql]
        assert "service_run_active" in plan(asked[0])


def test_a_tasks_latest_rows_are_found_by_its_own_index(history):
    [asked] = statements(lambda: list(history[0].runs.all()[:10]))
    assert "service_run_of_task" in plan(asked)
