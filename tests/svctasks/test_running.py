"""A run at its worker: what it reports, how it ends, and what follows when its worker dies [contract 50]."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from core.context import current_actor
from core.crypto import encrypt
from core.errors import StateConflict
from svctasks import runner
from svctasks.models import ServiceRun
from svctasks.services import running
from svctasks.services.tasks import delete_task
from tests.factories import make_organization
from tests.svctasks.works import again, due_run, enabled_task, fresh, ledger, look, register, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_handlers")]
NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
MINUTE, HOUR, LEASE = timedelta(minutes=1), timedelta(hours=1), timedelta(seconds=60)


@pytest.fixture
def clock(settings):
    settings.SERVICE_RUN_LEASE = LEASE
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def town(clock):
    return make_organization(time_zone="Europe/Paris")


def of_whom(run) -> dict:
    return {"organization": run.organization.name, **run.params, "door": current_actor().door}


def test_its_handler_gets_the_organization_and_the_parameters_and_its_answer_is_the_result(town, clock):
    run = due_run(town, clock, of_whom, params={"how": "quickly"})
    clock.shift(timedelta(seconds=3))
    assert work("celery@north") == ["succeeded"]
    ended = again(run)
    assert ended.result == {"organization": town.name, "how": "quickly", "door": "celery"}
    assert (ended.worker, ended.attempt, ended.started_at) == ("celery@north", 1, timezone.now())
    assert (ended.finished_at, ended.lease_until) == (timezone.now(), None)


def test_one_that_raises_is_failed_with_what_it_said_and_others_run(town, clock, caplog):
    register(lambda run: None)
    other = enabled_task(town, starts_at=NOW)
    register(lambda run: {}["the key"], name="raises")
    run = enabled_task(town, handler="raises", starts_at=NOW)
    clock.shift(HOUR)
    look()
    assert sorted(work()) == ["failed", "succeeded"]
    assert ledger(other) == ["01 10:00 succeeded"]
    assert run.runs.get().error == "KeyError: 'the key'"
    assert "Traceback" in caplog.text


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("x" * 20_000, "the result is longer"),
        (float("nan"), "ValueError"),
        ({1: {2}.union, (1, 2): 3}, "TypeError"),
        ({"rows": [10**30]}, "past 64 bits"),
    ],
    ids=["long", "no number", "no JSON", "huge number"],
)
def test_a_result_that_cannot_be_kept_fails_the_run(town, clock, answer, told):
    run = due_run(town, clock, lambda run: answer)
    assert work() == ["failed"]
    assert told in again(run).error


def test_what_the_database_cannot_hold_is_left_out(town, clock):
    def reports(run):
        run.log("a\x00b\ud800")
        run.progress(1, 2, "c\x00d\udfff")
        return {"answer": "e\x00f\ud800"}

    run = due_run(town, clock, reports)
    assert work() == ["succeeded"]
    ended = again(run)
    assert (ended.log, ended.progress_text) == ("2026-06-01T10:00:00Z ab?\n", "cd?")
    assert ended.result == {"answer": "ef?"}


def test_a_text_that_only_looks_like_what_the_database_cannot_hold_stays(town, clock):
    said = {"answer": '{"a":"\\u0000"}', "with": "\\\x00"}
    run = due_run(town, clock, lambda run: said)
    assert work() == ["succeeded"]
    assert again(run).result == {"answer": '{"a":"\\u0000"}', "with": "\\"}


def test_the_last_that_it_reported_stands_when_it_has_ended(town, clock):
    def quick(run):
        for number in range(4):
            run.progress(number, 3, f"part {number}")

    run = due_run(town, clock, quick)
    assert work() == ["succeeded"]
    ended = again(run)
    assert (ended.progress_done, ended.progress_total, ended.progress_text) == (3, 3, "part 3")


def test_progress_is_seen_while_it_runs(town, clock):
    seen = []

    def reports(run):
        run.log("first")
        run.progress(3, 10, "of the rows")
        seen.append(ServiceRun.objects.values("state", "progress_done", "progress_total", "progress_text", "log").get())

    due_run(town, clock, reports)
    work()
    told = {"progress_done": 3, "progress_total": 10, "progress_text": "of the rows"}
    assert seen == [{"state": "running", **told, "log": "2026-06-01T10:00:00Z first\n"}]


def test_the_tail_of_a_long_log_is_kept(town, clock):
    run = due_run(town, clock, lambda run: [run.log(f"line {number}") for number in range(2000)] and None)
    work()
    log = again(run).log
    assert len(log) <= runner.LOG_TAIL
    assert log.endswith("line 1999\n")


def test_a_handler_that_nobody_has_fails(town, clock):
    run = due_run(town, clock)
    run.task.script.changed(handler="gone").save()
    assert work() == ["failed"]
    assert "no handler is named 'gone'" in again(run).error


def test_one_whose_secret_cannot_be_read_fails(town, clock, settings):
    run = due_run(town, clock, retries=5)
    run.task.script.changed(secret=encrypt(b"a secret")).save()
    settings.ENCRYPTION_KEYS = ["another key"]
    assert work() == ["failed"]
    assert "ENCRYPTION_KEY does not decrypt the script's secret" in again(run).error


def test_a_time_limit_that_strikes_when_the_handler_is_done_undoes_nothing(town, clock, monkeypatch):
    settle, struck = running.outcome.settle, []

    def strikes_once(*about):
        if not struck:
            struck.append(True)
            raise SoftTimeLimitExceeded
        settle(*about)

    monkeypatch.setattr(running.outcome, "settle", strikes_once)
    run = due_run(town, clock, lambda run: "done")
    assert work() == ["succeeded"]
    assert (again(run).state, again(run).result) == ("succeeded", "done")


# -- stopping -----------------------------------------------------------------------------------------------


def test_a_run_that_waits_is_cancelled_at_once(town, clock):
    run = due_run(town, clock)
    assert running.cancel_run(run.pk).state == "cancelled"
    assert work() == []
    with pytest.raises(StateConflict):
        running.cancel_run(run.pk)


def test_a_run_that_is_at_work_ends_when_it_next_reports(town, clock, monkeypatch):
    monkeypatch.setattr(runner, "REPORT_EVERY", 0)
    steps = []

    def reports(run):
        for number in range(10):
            steps.append(number)
            if number == 2:
                running.cancel_run(run.row.pk)
            run.progress(number, 10)

    run = due_run(town, clock, reports)
    assert work() == ["cancelled"]
    assert steps == [0, 1, 2]
    assert again(run).state == "cancelled"


def test_what_goes_wrong_after_it_was_asked_to_stop_is_cancelled_and_told_in_its_log(town, clock):
    def breaks(run):
        run.log("half way")
        running.cancel_run(run.row.pk)
        raise ConnectionError("the dialer hung up")

    run = due_run(town, clock, breaks, pause_after=1)
    assert work() == ["cancelled"]
    ended = again(run)
    assert (ended.state, ended.error, ended.finished_at) == ("cancelled", "", timezone.now())
    assert [line.partition(" ")[2] for line in ended.log.splitlines()] == [
        "half way",
        "ConnectionError: the dialer hung up",
    ]
    task = fresh(run.task)
    assert (task.is_enabled, task.failures_in_row) == (True, 0)


def test_one_that_is_done_before_it_learns_of_its_cancelling_has_succeeded(town, clock):
    run = due_run(town, clock, lambda live: running.cancel_run(live.row.pk) and "done")
    assert work() == ["succeeded"]
    assert (again(run).state, again(run).result) == ("succeeded", "done")


def test_one_whose_time_is_over_after_it_was_asked_to_stop_is_cancelled(town, clock):
    def lingers(run):
        running.cancel_run(run.row.pk)
        run.deadline = 0.0
        run.progress(1)

    run = due_run(town, clock, lingers)
    assert work() == ["cancelled"]
    assert again(run).log.endswith("Z It took longer than 300 s\n")


def test_a_handler_that_reports_after_its_time_is_over_is_failed(town, clock, monkeypatch):
    def reports(run):
        run.deadline = 0.0
        run.progress(1)

    run = due_run(town, clock, reports)
    assert work() == ["failed"]
    assert again(run).error == "It took longer than 300 s"


def test_a_task_is_not_deleted_under_a_run_that_goes_on(town, clock):
    refused = []

    def deletes(run):
        with pytest.raises(StateConflict, match="going on: cancel it first"):
            delete_task(run.row.task_id)
        refused.append(True)

    run = due_run(town, clock, deletes)
    assert work() == ["succeeded"]
    assert refused == [True]
    delete_task(run.task_id)
    assert not ServiceRun.objects.filter(pk=run.pk).exists()


def test_a_task_that_is_deleted_takes_along_what_waits(town, clock):
    run = due_run(town, clock)
    delete_task(run.task_id)
    assert running.claim(run.pk, "worker") is None
    assert work() == []
