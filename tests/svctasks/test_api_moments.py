"""Moments of the past that are made up for, and those to come [contract 50]."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from svctasks.models import ServiceRun, ServiceTask, SkipReason
from tests import api
from tests.svctask_factories import START, make_run, make_script, make_site, make_skips, make_task
from tests.svctasks.wire import TASKS, done, error

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def task(town):
    make_site("north")
    return make_task(town)


@pytest.fixture
def path(task):
    return f"{TASKS}/{task.public_id}"


# -- back-fill ----------------------------------------------------------------------------------------------


def test_a_dry_back_fill_tells_what_was_not_run_and_a_real_one_runs_it(task, path, app):
    make_run(task, START)
    make_skips(task, SkipReason.OUTSIDE_SCHEDULE, START + HOUR, 6)
    body = {"from": "2026-11-01T08:00:00Z", "to": "2026-11-01T11:00:00Z"}
    dry = done(app.post(f"{path}/backfill", {**body, "dryrun": 1}))
    assert dry == [
        {
            "due": f"2026-11-01T{hour:02}:00:00Z",
            "local": f"2026-11-01T{hour + 1:02}:00:00+01:00",
            "skipped": 0,
            "doubled": 0,
        }
        for hour in (9, 10, 11)
    ]
    before = ServiceRun.objects.count()
    runs = done(app.post(f"{path}/backfill", body))
    assert [run["site"] for run in runs] == ["north"] * 3
    # The row of skips is of no site, so it stands in no run's way.
    assert [(run["due"], run["state"]) for run in runs] == [(one["due"], "waiting") for one in dry]
    assert ServiceRun.objects.count() == before + 3
    assert done(app.post(f"{path}/backfill", body)) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "from"),
        ({"from": None, "to": "2026-11-01T11:00:00Z"}, "from"),
        ({"from": "2026-11-01T11:00:00Z"}, "to"),
        ({"from": "2026-11-01T11:00:00Z", "to": "2026-11-01T10:00:00Z"}, "to"),
        ({"from": "2026-11-01T11:00:00Z", "to": "2026-11-03T10:00:00Z"}, "to"),
        ({"from": "x", "to": "2026-11-01T10:00:00Z"}, "from"),
        ({"from": "2026-11-01T11:00:00Z", "to": "2026-11-01T12:00:00Z", "dryrun": 2}, "dryrun"),
    ],
)
def test_a_back_fill_of_no_past_is_refused(path, app, body, field):
    error(app.post(f"{path}/backfill", body), 400, 1413, field)
    assert ServiceRun.objects.count() == 0


def test_a_back_fill_of_too_much_or_of_a_single_task_is_refused(town, app):
    make_site()
    each_minute = make_task(town, interval_seconds=60)
    body = {"from": "2026-11-01T08:00:00Z", "to": "2026-11-02T08:00:00Z", "dryrun": True}
    error(app.post(f"{TASKS}/{each_minute.public_id}/backfill", body), 400, 1413, "from")
    single = make_task(town, is_regular=False)
    error(app.post(f"{TASKS}/{single.public_id}/backfill", body), 400, 1413, "from")


# -- to come ------------------------------------------------------------------------------------------------


def test_the_next_moments_are_five_unless_a_count_says_else(path, app):
    assert [one["due"][11:13] for one in done(app.get(f"{path}/next"))] == ["13", "14", "15", "16", "17"]
    assert len(done(app.get(f"{path}/next?count=1000"))) == 1000
    for count in ("0", "1001", "-1", "x", ""):
        error(app.get(f"{path}/next?count={count}"), 400, 1413, "count")


def previewed(town, now: datetime, count: int) -> list[dict]:
    """Of a task of each day at half past two, local time."""
    body = {"isregular": 1, "intervalsec": 86400, "opts": {"clock": "local"}, "dtstart": "2027-03-01T01:30:00Z"}
    with time_machine.travel(now, tick=False):
        caller = api.program(town, roles=[], scopes=["svctasks:read"])
        return done(caller.post(f"{TASKS}/preview?count={count}", body))


def test_a_preview_tells_the_skipped_and_the_doubled_hours_of_a_body_that_is_not_stored(town):
    assert previewed(town, datetime(2027, 3, 26, 12, tzinfo=UTC), 3) == [
        {"due": "2027-03-27T01:30:00Z", "local": "2027-03-27T02:30:00+01:00", "skipped": 0, "doubled": 0},
        {"due": "2027-03-28T01:00:00Z", "local": "2027-03-28T03:00:00+02:00", "skipped": 1, "doubled": 0},
        {"due": "2027-03-29T00:30:00Z", "local": "2027-03-29T02:30:00+02:00", "skipped": 0, "doubled": 0},
    ]
    assert previewed(town, datetime(2027, 10, 30, 12, tzinfo=UTC), 1) == [
        {"due": "2027-10-31T00:30:00Z", "local": "2027-10-31T02:30:00+02:00", "skipped": 0, "doubled": 1}
    ]
    assert ServiceTask.objects.count() == 0


def test_a_preview_is_judged_as_a_task_is_but_needs_no_name_and_no_script(app):
    assert len(done(app.post(f"{TASKS}/preview", {"isregular": 1, "intervalsec": 60, "isenabled": 1}))) == 5
    assert len(done(app.post(f"{TASKS}/preview", {}))) == 1
    error(app.post(f"{TASKS}/preview", {"isregular": 1}), 400, 1413, "intervalsec")
    error(app.post(f"{TASKS}/preview", {"name": 1}), 400, 1413, "name")
    error(app.post(f"{TASKS}/preview?count=0", {}), 400, 1413, "count")


def test_a_preview_keeps_no_answer(app):
    answers = [app.post(f"{TASKS}/preview", {}, Idempotency_Key="k") for _ in range(2)]
    assert not any(answer.has_header("Idempotent-Replayed") for answer in answers)


def test_an_enabled_task_without_a_start_is_due_one_interval_after_it_was_made(town, app):
    make_script(town, "calls")
    body = {"name": "Calls", "isenabled": 1, "svcscriptcode": "calls", "isregular": 1, "intervalsec": 3600}
    with time_machine.travel(NOW):
        made = done(app.post(TASKS, body))
    task = ServiceTask.objects.get(public_id=made["id"])
    assert task.wake_at == task.created_at + HOUR
