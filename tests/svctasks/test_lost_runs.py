"""Runs whose worker died, and tasks that fail again and again [contract 50]."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from core.service_scripts import Stopped
from svctasks.models import RunState, ServiceRun, ServiceTask
from svctasks.pulse import Pulse
from svctasks.services import running
from tests.factories import make_organization
from tests.svctasks.works import again, due_run, enabled_task, fresh, ledger, look, work

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


def test_a_worker_that_says_nothing_until_its_lease_ends_has_lost_its_run(town, clock):
    run = due_run(town, clock)
    running.claim(run.pk, "worker 1")
    clock.shift(LEASE)
    look()
    assert again(run).state == "running"
    clock.shift(timedelta(seconds=1))
    look()
    lost = again(run)
    assert (lost.state, lost.finished_at) == ("lost", timezone.now())
    assert "no sign of life" in lost.error
    assert "(worker 1)" in lost.log


def test_a_lost_run_is_run_again_where_its_task_says_so_and_no_more_often(town, clock):
    run = due_run(town, clock, retries=2)
    for attempt in (1, 2, 3):
        assert running.claim(run.pk, f"worker {attempt}").attempt == attempt
        clock.shift(LEASE + MINUTE)
        look()
    assert again(run).state == "lost"
    assert [f"(worker {number})" in again(run).log for number in (1, 2, 3)] == [True] * 3


def test_a_second_try_may_succeed(town, clock):
    run = due_run(town, clock, retries=1)
    running.claim(run.pk, "dies")
    clock.shift(LEASE + MINUTE)
    look()
    assert work("lives") == ["succeeded"]
    assert (again(run).attempt, again(run).worker) == (2, "lives")


def test_a_worker_that_was_given_up_writes_nothing_any_more(town, clock):
    run = due_run(town, clock, retries=1)
    old = running.claim(run.pk, "slow")
    clock.shift(LEASE + MINUTE)
    look()
    new = running.claim(run.pk, "fresh")
    assert not running.renew(old, progress_done=1)
    assert not running.finish(old, RunState.FAILED, error="late")
    assert running.finish(new, RunState.SUCCEEDED, result=7)
    assert (again(run).state, again(run).result, again(run).error) == ("succeeded", 7, "")


def test_one_whose_cancelling_was_asked_for_is_cancelled_and_not_tried_again(town, clock):
    run = due_run(town, clock, retries=5)
    running.claim(run.pk, "dies")
    running.cancel_run(run.pk)
    clock.shift(LEASE + MINUTE)
    look()
    ended = again(run)
    assert (ended.state, ended.error, ended.finished_at) == ("cancelled", "", timezone.now())
    assert "try 1: The worker gave no sign of life until its lease ended (dies)" in ended.log
    assert fresh(run.task).failures_in_row == 0


def test_one_whose_cancelling_is_asked_for_as_it_is_found_lost_is_cancelled(town, clock, monkeypatch):
    run = due_run(town, clock, retries=5)
    running.claim(run.pk, "dies")
    clock.shift(LEASE + MINUTE)
    hold = running.outcome.hold_task

    def just_before(*about):
        ServiceRun.objects.filter(pk=run.pk).update(is_cancel_asked=True)
        hold(*about)

    monkeypatch.setattr(running.outcome, "hold_task", just_before)
    look()
    assert again(run).state == "cancelled"


def test_signs_of_life_keep_a_long_run_until_its_time_is_over(town, clock):
    run = due_run(town, clock)
    pulse, mine = Pulse(), running.claim(run.pk, "worker")
    pulse._runs[mine.pk] = mine, timezone.now() + 5 * MINUTE
    for _ in range(5):
        clock.shift(MINUTE - timedelta(seconds=1))
        pulse.renew_all()
        look()
    assert again(run).state == "running"
    for _ in range(2):
        clock.shift(MINUTE)
        pulse.renew_all()
        look()
    assert again(run).state == "lost"


def test_a_row_that_is_not_to_be_had_costs_no_other_run_its_sign_of_life(town, clock, monkeypatch):
    runs = [due_run(town, clock), due_run_again(town, clock)]
    pulse = Pulse()
    for run in runs:
        pulse._runs[run.pk] = running.claim(run.pk, "worker"), timezone.now() + 5 * MINUTE
    renew = running.renew
    monkeypatch.setattr(running, "renew", lambda run, **told: 1 / 0 if run.pk == runs[0].pk else renew(run, **told))
    clock.shift(MINUTE)
    pulse.renew_all()
    assert again(runs[1]).lease_until == timezone.now() + LEASE


def test_a_run_is_claimed_once(town, clock):
    run = due_run(town, clock)
    assert running.claim(run.pk, "first")
    assert running.claim(run.pk, "second") is None


def test_of_a_task_that_may_not_overlap_one_run_is_started_at_a_time(town, clock):
    run = due_run(town, clock, overlap=False, site_mode="all")
    sibling = ServiceRun.objects.create(organization=town, task=run.task, due_at=run.due_at, site="other")
    first = running.claim(run.pk, "first")
    assert running.claim(sibling.pk, "second") is None
    assert running.waiting_at(["main", "other"], 5) == []
    running.finish(first, RunState.SUCCEEDED)
    assert running.waiting_at(["main", "other"], 5) == [sibling.pk]
    assert running.claim(sibling.pk, "second")


def test_one_lost_run_that_cannot_be_ended_stops_no_other(town, clock, monkeypatch):
    runs = [due_run(town, clock), due_run_again(town, clock)]
    for run in runs:
        running.claim(run.pk, "dies")
    clock.shift(LEASE + MINUTE)
    settle = running.outcome.settle
    monkeypatch.setattr(
        running.outcome, "settle", lambda run, *rest: 1 / 0 if run.pk == runs[0].pk else settle(run, *rest)
    )
    look()
    assert [again(run).state for run in runs] == ["running", "lost"]


def due_run_again(town, clock) -> ServiceRun:
    task = enabled_task(town, starts_at=NOW)
    clock.shift(HOUR - MINUTE)
    ServiceTask.objects.exclude(pk=task.pk).update(wake_at=None)
    clock.shift(MINUTE)
    look()
    return task.runs.get()


def test_stopped_by_its_own_handler_it_is_cancelled(town, clock):
    def stops(run):
        raise Stopped

    run = due_run(town, clock, stops)
    assert work() == ["cancelled"]
    assert again(run).state == "cancelled"


# -- failures in a row --------------------------------------------------------------------------------------


def test_so_many_failures_in_a_row_pause_a_task(town, clock):
    due_run(town, clock, lambda run: 1 / 0, pause_after=3)
    task = ServiceTask.objects.get()
    for _ in range(4):
        work()
        clock.shift(HOUR)
        look()
    paused = fresh(task)
    assert (paused.is_enabled, paused.failures_in_row, paused.wake_at) == (False, 3, None)
    assert paused.pause_note == "Paused after 3 failed runs in a row"
    assert [line[9:] for line in ledger(task)] == ["failed"] * 3


def test_a_success_in_between_ends_the_row(town, clock):
    outcomes = [False, False, True, False, False]
    due_run(town, clock, lambda run: None if outcomes.pop(0) else 1 / 0, pause_after=3)
    task = ServiceTask.objects.get()
    for _ in range(5):
        work()
        clock.shift(HOUR)
        look()
    assert fresh(task).is_enabled
    assert fresh(task).failures_in_row == 2
