"""What is done with one task: run now, paused, back-filled; its runs and the moments to come [contract 50]."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from svctasks.models import RunState, ServiceRun, ServiceTask, SkipReason
from svctasks.services import running
from tests.factories import make_organization
from tests.svctask_factories import START, make_run, make_site, make_skips, make_task
from tests.svctasks.wire import NO_ID, RUNS, TASKS, done, error

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
RUN_KEYS = [
    *("id", "svctaskid", "state", "due", "started", "finished", "site", "result", "error", "progress", "log"),
]
SKIP_KEYS = ["id", "svctaskid", "state", "reason", "from", "to", "count", "site"]


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


# -- run now ------------------------------------------------------------------------------------------------


def test_run_now_answers_the_run_which_waits_at_a_site(task, path, app):
    found = done(app.post(f"{path}/run"))
    assert list(found) == RUN_KEYS
    run = ServiceRun.objects.get()
    assert found == {
        "id": str(run.public_id),
        "svctaskid": str(task.public_id),
        "state": "waiting",
        "due": "2026-11-02T12:30:00Z",
        "started": None,
        "finished": None,
        "site": "north",
        "result": None,
        "error": "",
        "progress": {"done": None, "total": None, "text": ""},
        "log": "",
    }
    assert done(app.get(f"{RUNS}/{run.public_id}")) == found


def test_run_now_makes_one_at_each_of_its_sites(path, app):
    make_site("south")
    assert done(app.post(f"{path}/run"))["site"] == "north"
    assert [one["site"] for one in done(app.get(f"{path}/runs?order=[%22site%22]"))] == ["north", "south"]


def test_run_now_is_refused_where_nobody_could_run_it(town, task, path, app):
    ServiceTask.objects.update(overlap=False)
    done(app.post(f"{path}/run"))
    error(app.post(f"{path}/run"), 409, 1406)
    bare = done(app.post(TASKS, {"name": "bare"}))["id"]
    error(app.post(f"{TASKS}/{bare}/run"), 409, 1406)
    make_site("north", seen_at=NOW - HOUR)
    error(app.post(f"{TASKS}/{make_task(town).public_id}/run"), 409, 1406)
    assert ServiceRun.objects.count() == 1


def test_a_list_has_the_end_of_each_log_and_one_run_the_whole(task, path, app):
    log = "".join(f"2026-11-02T12:30:00Z line {number:04}\n" for number in range(480))
    run = make_run(task, START, log=log)
    for query in ("", "?mask=id,log"):
        (listed,) = done(app.get(f"{path}/runs{query}"))
        assert listed["log"] == log[-1000:]
    assert done(app.get(f"{RUNS}/{run.public_id}"))["log"] == log


def test_a_repeated_key_runs_it_once(path, app):
    answers = [app.post(f"{path}/run", Idempotency_Key="once") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert ServiceRun.objects.count() == 1


# -- runs ---------------------------------------------------------------------------------------------------


@pytest.fixture
def ledger(town, task):
    """A success, six skips, a failure; and a run of another task."""
    times = {"started_at": START, "finished_at": START + timedelta(minutes=5)}
    make_run(task, START, result={"calls": 3}, log="one\n", **times)
    make_skips(task, SkipReason.OUTSIDE_SCHEDULE, START + HOUR, 6)
    make_run(task, START + 7 * HOUR, state=RunState.FAILED, error="no line", site="north", progress_done=1)
    make_run(make_task(town))
    return list(task.runs.order_by("due_at"))


def test_runs_and_skips_come_the_newest_first(ledger, path, app):
    failed, skipped, succeeded = done(app.get(f"{path}/runs"))
    assert (failed["state"], failed["error"], failed["site"], failed["progress"]["done"]) == (
        "failed",
        "no line",
        "north",
        1,
    )
    assert list(failed) == RUN_KEYS
    assert list(skipped) == SKIP_KEYS
    assert {name: skipped[name] for name in ("state", "reason", "from", "to", "count")} == {
        "state": "skipped",
        "reason": "outside_schedule",
        "from": "2026-11-01T09:00:00Z",
        "to": "2026-11-01T14:00:00Z",
        "count": 6,
    }
    assert (succeeded["result"], succeeded["log"]) == ({"calls": 3}, "one\n")
    assert (succeeded["started"], succeeded["finished"]) == ("2026-11-01T08:00:00Z", "2026-11-01T08:05:00Z")


def states(response) -> list[str]:
    return [one["state"] for one in done(response)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('filter={"state":["failed","succeeded"]}', ["failed", "succeeded"]),
        ('filter={"reason":"outside_schedule"}', ["skipped"]),
        ('filter={"due":{"ge":"2026-11-01T09:00:00Z","lt":"2026-11-01T15:00:00Z"}}', ["skipped"]),
        ('filter={"started":null}', ["failed", "skipped"]),
        ('filter={"site":"north"}', ["failed"]),
        ('order=["due"]', ["succeeded", "skipped", "failed"]),
        ('order=["-finished","due"]', ["skipped", "failed", "succeeded"]),
        ("limit=1&offset=1", ["skipped"]),
    ],
)
def test_the_ledger_is_narrowed_and_ordered_as_other_lists(ledger, path, app, query, found):
    assert states(app.get(f"{path}/runs?{query}")) == found


def test_a_mask_shows_of_each_row_what_it_has(ledger, path, app):
    rows = done(app.get(f"{path}/runs?mask=due,count,progress.done&flat=1"))
    assert rows == [
        {"due": "2026-11-01T15:00:00Z", "progress.done": 1},
        {"count": 6},
        {"due": "2026-11-01T08:00:00Z", "progress.done": None},
    ]
    error(app.get(f"{path}/runs?mask=lease"), 400, 1413, "mask")
    error(app.get(f'{path}/runs?filter={{"state":"gone"}}'), 400, 1413, "filter.state")


def test_one_run_is_read_with_its_etag_and_a_row_of_skips_too(ledger, app):
    response = app.get(f"{RUNS}/{ledger[0].public_id}")
    assert list(done(response)) == RUN_KEYS
    assert app.get(f"{RUNS}/{ledger[0].public_id}", If_None_Match=response["ETag"]).status_code == 304
    assert list(done(app.get(f"{RUNS}/{ledger[1].public_id}"))) == SKIP_KEYS
    assert done(app.get(f"{RUNS}/{ledger[0].public_id}?mask=state,log")) == {"state": "succeeded", "log": "one\n"}
    for key in (NO_ID, str(uuid.uuid4()), "x"):
        error(app.get(f"{RUNS}/{key}"), 404, 1404)


# -- cancel -------------------------------------------------------------------------------------------------


def test_a_run_that_waits_is_cancelled_at_once_and_only_then(path, app):
    key = done(app.post(f"{path}/run"))["id"]
    found = done(app.post(f"{RUNS}/{key}/cancel"))
    assert (found["state"], found["finished"]) == ("cancelled", "2026-11-02T12:30:00Z")
    error(app.post(f"{RUNS}/{key}/cancel"), 409, 1406)


def test_a_run_that_runs_is_asked_to_stop(path, app):
    key = done(app.post(f"{path}/run"))["id"]
    running.claim(ServiceRun.objects.get().pk, "worker")
    assert done(app.post(f"{RUNS}/{key}/cancel"))["state"] == "running"
    assert ServiceRun.objects.get().is_cancel_asked


def test_what_has_ended_or_never_ran_is_not_cancelled(ledger, app):
    for run in ledger:
        error(app.post(f"{RUNS}/{run.public_id}/cancel"), 409, 1406)


# -- pause --------------------------------------------------------------------------------------------------


def test_a_pause_switches_it_off_and_says_why_until_it_is_enabled_again(town, app):
    path = f"{TASKS}/{make_task(town, is_enabled=True).public_id}"
    found = done(app.post(f"{path}/pause", {"note": "The line is cut"}))
    assert (found["isenabled"], found["opts"]["pausenote"]) == (0, "The line is cut")
    assert done(app.patch(path, {"opts": {"pausenote": "mine"}}))["opts"]["pausenote"] == "The line is cut"
    assert "pausenote" not in done(app.patch(path, {"isenabled": 1}))["opts"]


def test_a_pause_needs_no_note_but_a_good_one(town, path, app):
    assert done(app.post(f"{path}/pause"))["isenabled"] == 0
    for note in (1, None, [], "x" * 501, "a\nb"):
        error(app.post(f"{path}/pause", {"note": note}), 400, 1413, "note")
    error(app.post(f"{path}/pause", {"note": "x"}, If_Match='"99-x"'), 412, 1406)


# -- whose --------------------------------------------------------------------------------------------------


def test_a_foreign_task_or_run_is_none(app):
    foreign = make_task(make_organization())
    run = make_run(foreign)
    for method, tail in (
        ("GET", "/next"),
        ("GET", "/runs"),
        ("POST", "/run"),
        ("POST", "/pause"),
        ("POST", "/backfill"),
    ):
        answers = [
            app.call(method, f"{TASKS}/{key}{tail}", {} if method == "POST" else None)
            for key in (foreign.public_id, NO_ID)
        ]
        assert answers[0].content == answers[1].content
        error(answers[0], 404, 1404)
    error(app.post(f"{RUNS}/{run.public_id}/cancel"), 404, 1404)
    error(app.get(f"{RUNS}/{run.public_id}"), 404, 1404)
