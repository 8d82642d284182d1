"""Without a broker, one process of the server dispatches and runs service tasks, each in threads of their own."""

import logging
import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import close_old_connections, connection

from core import embedded
from core.context import acting
from svctasks import queues, runner
from svctasks.dispatcher import round_of_dispatch
from svctasks.models import RunState, ServiceRun
from svctasks.models.site import AWAY_AFTER
from svctasks.services import running, sites

logger = logging.getLogger("dutyboard.svctasks")

# At a time. One that hangs beyond its time-out is left alone and counts no more.
MOST_AT_A_TIME = 4
SIGN_OF_LIFE_EVERY = (AWAY_AFTER / 4).total_seconds()
WORKER = "embedded"


@dataclass
class Running:
    pk: int
    thread: threading.Thread
    deadline: float


class Runner:
    """Starts what waits at this process's sites, so many at a time."""

    def __init__(self) -> None:
        self.running: dict[int, Running] = {}
        self.sign_due = 0.0

    def round(self) -> None:
        self.give_sign_of_life()
        self._let_go()
        room = MOST_AT_A_TIME - len(self.running)
        for pk in running.waiting_at(settings.WORKER_SITES, room, self.running) if room > 0 else []:
            self._start(pk)

    def give_sign_of_life(self) -> None:
        if time.monotonic() >= self.sign_due:
            self.sign_due = time.monotonic() + SIGN_OF_LIFE_EVERY
            sites.declare(settings.WORKER_SITES)

    def _start(self, pk: int) -> None:
        row = ServiceRun.objects.select_related("task__script").filter(pk=pk).first()
        if row is None:
            return
        timeout = row.task.script.timeout_seconds if row.task.script else 0
        thread = threading.Thread(target=run_in_thread, args=(pk,), name=f"run-{pk}", daemon=True)
        self.running[pk] = Running(pk, thread, time.monotonic() + timeout)
        thread.start()

    def _let_go(self) -> None:
        """Of those that ended, and of those whose time is over: they are failed, and their threads left alone."""
        for one in list(self.running.values()):
            if one.thread.is_alive() and time.monotonic() < one.deadline:
                continue
            del self.running[one.pk]
            if one.thread.is_alive():
                _fail(one.pk)


def _fail(pk: int) -> None:
    run = ServiceRun.objects.select_related("task__script", "task__organization").filter(pk=pk).first()
    if run and run.state == RunState.RUNNING and run.task.script:
        running.finish(run, RunState.FAILED, error=runner.took_too_long(run.task.script))


def run_in_thread(pk: int) -> None:
    try:
        runner.execute(pk, WORKER, door="embedded")
    except Exception:
        logger.exception("run %s", pk)
    finally:
        connection.close()
        queues.wake.set()


def dispatch() -> None:
    """One look at what is due, and at what waits to be run."""
    close_old_connections()
    with acting(door="embedded"):
        # First: what is due when the server starts would find no site.
        _runner.give_sign_of_life()
        round_of_dispatch()
        _runner.round()


_runner = Runner()
embedded.register("service tasks", dispatch, queues.wake, pause=1.0)
