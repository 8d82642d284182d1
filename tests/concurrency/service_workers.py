"""Real dispatchers, workers and clocks of service tasks, each a process that can be killed; and tasks for them."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import Count
from django.utils import timezone

from svctasks.models import DispatcherBeat, ServiceRun, ServiceScript, ServiceTask, WorkerSite
from svctasks.services.dispatching import arm
from tests.workers import celery, kill_group

QUIET = ("--loglevel", "ERROR", "--without-gossip", "--without-mingle")
HOUR = 3600


class Fleet:
    """name → process: `clock*` are beats, `dispatch*` take the clocks' messages, `run*` the runs of these sites."""

    def __init__(self, folder: Path, sites: dict[str, str], **environment: str) -> None:
        self.folder, self.sites, self.environment = folder, sites, environment
        self.processes: dict[str, tuple] = {}

    def start(self, name: str) -> None:
        stack = ExitStack()
        self.processes[name] = stack.enter_context(celery(*self._words(name), **self._environment(name))), stack

    def kill(self, name: str) -> None:
        """kill -9, with its children."""
        process, stack = self.processes.pop(name)
        kill_group(process)
        stack.close()

    def _words(self, name: str) -> list[str]:
        if name.startswith("clock"):
            return ["beat", "--schedule", str(self.folder / name), "--loglevel", "ERROR"]
        words = ["worker", *QUIET, "-n", f"{name}@%h", "--include", "tests.concurrency.service_handlers"]
        queues = ",".join(f"site.{site}" for site in self.sites.get(name, "main").split(","))
        return [*words, *(("-Q", queues, "-c", "2") if name.startswith("run") else ("-Q", "periodic", "-c", "1"))]

    def _environment(self, name: str) -> dict[str, str]:
        # Connections are kept, as in production.
        return {"CONN_MAX_AGE": "300", **self.environment, "WORKER_SITES": self.sites.get(name, "main")}


@contextmanager
def fleet(folder: Path, *names: str, sites: dict[str, str] | None = None, **environment: str) -> Iterator[Fleet]:
    """Started, and at work: a dispatcher has looked, and workers of every site have given a sign of life."""
    started, began = Fleet(folder, sites or {}, **environment), timezone.now()
    runners = [name for name in names if name.startswith("run")]
    wanted = {site for name in runners for site in started.sites.get(name, "main").split(",")}
    try:
        for name in names:
            started.start(name)
        seen = WorkerSite.objects.filter(seen_at__gt=began).values_list("name", flat=True)
        wait_until(lambda: DispatcherBeat.objects.filter(seen_at__gt=began).exists() and wanted <= set(seen.all()), 120)
        yield started
    finally:
        for name in list(started.processes):
            started.kill(name)


def wait_until(is_so: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"not so within {seconds} s: {states()}"
        time.sleep(0.2)


def states() -> list[tuple]:
    """How the runs stand, with an error of each kind."""
    return list(ServiceRun.objects.values_list("state", "error").annotate(Count("id")).order_by("state")[:10])


def script_of(organization, handler: str, timeout: int = 300, **params) -> ServiceScript:
    """Of a handler that the workers alone know."""
    number = ServiceScript.objects.count()
    values = {"code": f"{handler}{number}", "name": handler, "handler": handler, "timeout_seconds": timeout}
    return ServiceScript.objects.create(organization=organization, params=params, **values)


def task_of(script: ServiceScript, starts_at: datetime, **values) -> ServiceTask:
    """Not saved yet. Regular: its first moment alone, unless told otherwise."""
    now = timezone.now()
    values = {"stops_at": starts_at + timedelta(seconds=HOUR), "interval_seconds": HOUR, **values}
    task = ServiceTask(
        organization=script.organization,
        script=script,
        name="task",
        is_enabled=True,
        starts_at=starts_at,
        created_at=now,
        counted_until=now,
        **values,
    )
    arm(task, now)
    return task


def due_a_second(script: ServiceScript, number: int, seconds: int, **values) -> list[ServiceTask]:
    """So many due a second for so long, from soon on; every other one a single task."""
    start, step = timezone.now() + timedelta(seconds=3), timedelta(seconds=1 / number)
    rows = [task_of(script, start + n * step, is_regular=bool(n % 2), **values) for n in range(number * seconds)]
    return ServiceTask.objects.bulk_create(rows)


def late_starts(notes: Path) -> list[float]:
    """By how many seconds each noted start was late, the worst at the end."""
    due = dict(ServiceRun.objects.values_list("pk", "due_at"))
    return sorted(note["at"] - due[note["run"]].timestamp() for note in notes_in(notes) if note["run"] in due)


def notes_in(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()] if os.path.exists(path) else []
