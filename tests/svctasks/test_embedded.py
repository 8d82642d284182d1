"""Without a broker: the server's own threads run what is due, and one that hangs is left alone [contract 50]."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from svctasks import embedded
from svctasks.models import ServiceTask
from tests.factories import make_organization
from tests.svctasks.works import enabled_task, register

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_handlers")]
HOUR = timedelta(hours=1)


@pytest.fixture
def runner(settings, monkeypatch):
    """A process of its own, as after a start."""
    settings.REDIS_URL = ""
    settings.WORKER_SITES = ["main"]
    fresh = embedded.Runner()
    monkeypatch.setattr(embedded, "_runner", fresh)
    yield fresh
    for one in fresh.running.values():
        one.thread.join(10)


@pytest.fixture
def town():
    return make_organization()


def due_now(town, handler: str, **script) -> ServiceTask:
    task = enabled_task(town, handler=handler, script=script, starts_at=timezone.now() - 30 * HOUR)
    moment = task.wake_at - HOUR
    ServiceTask.objects.filter(pk=task.pk).update(counted_until=moment - HOUR / 2, wake_at=moment)
    return task


def rounds_until(reached) -> None:
    for _ in range(400):
        embedded.dispatch()
        if reached():
            return
        embedded.queues.wake.wait(0.05)
        embedded.queues.wake.clear()
    raise AssertionError("it never came to that")


def states(task: ServiceTask) -> list[str]:
    return list(task.runs.values_list("state", flat=True))


def test_it_dispatches_and_runs_by_its_own_door(runner, town):
    doors = []
    register(lambda run: doors.append(embedded.threading.current_thread().name))
    task = due_now(town, "test_work")
    rounds_until(lambda: states(task) == ["succeeded"])
    assert doors == [f"run-{task.runs.get().pk}"]
    assert task.runs.get().worker == "embedded"


def test_one_that_hangs_fails_when_its_time_is_over_and_others_go_on(runner, town):
    release = threading.Event()
    register(lambda run: release.wait(30), name="hangs")
    register()
    try:
        hanging, other = due_now(town, "hangs", timeout_seconds=1), due_now(town, "test_work")
        rounds_until(lambda: states(other) == ["succeeded"] and states(hanging) == ["running"])
        rounds_until(lambda: states(hanging) == ["failed"])
        assert hanging.runs.get().error == "It took longer than 1 s"
        assert not release.is_set(), "its thread hangs still"
        last = due_now(town, "test_work")
        rounds_until(lambda: states(last) == ["succeeded"])
    finally:
        release.set()
    for thread in threading.enumerate():
        if thread.name.startswith("run-"):
            thread.join(10)
    assert states(hanging) == ["failed"], "what it says afterwards is nothing any more"


def test_a_run_that_was_begun_is_not_begun_again(runner, town, monkeypatch):
    register()
    task = due_now(town, "test_work")
    begun, go = [], threading.Event()

    def slow_to_claim(pk):
        begun.append(pk)
        go.wait(20)

    monkeypatch.setattr(embedded, "run_in_thread", slow_to_claim)
    for _ in range(3):
        embedded.dispatch()
    go.set()
    assert begun == [task.runs.get().pk]


def test_so_many_run_at_a_time(runner, town):
    release = threading.Event()
    register(lambda run: release.wait(30))
    tasks = [due_now(town, "test_work") for _ in range(embedded.MOST_AT_A_TIME + 2)]
    try:
        rounds_until(lambda: sum(states(task) == ["running"] for task in tasks) == embedded.MOST_AT_A_TIME)
        embedded.dispatch()
        assert sum(states(task) == ["waiting"] for task in tasks) == 2
    finally:
        release.set()
    rounds_until(lambda: all(states(task) == ["succeeded"] for task in tasks))
