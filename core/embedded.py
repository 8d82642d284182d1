"""The worker of an installation without a broker: one thread in one of its server processes."""

import fcntl
import logging
import threading
import time
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.db import close_old_connections

from core import mail
from core.context import acting
from core.mail.handover import wake
from core.service_scripts import run_due_service_scripts

logger = logging.getLogger("dutyboard.embedded")

PAUSE = 2.0
LONGEST_PAUSE = 60.0
SCRIPTS_EVERY = 60.0
DRAIN_SECONDS = 20.0


def start() -> threading.Thread | None:
    """Start the thread where settings ask for one. A server may end without a word: claimed rows have a lease."""
    if not settings.EMBEDDED_WORKER:
        return None
    thread = threading.Thread(target=Worker(settings.VAR_DIR / "embedded.lock").run, name="embedded", daemon=True)
    thread.start()
    return thread


class Worker:
    """Of all server processes on this machine the one that holds the lock works; another takes over when it ends."""

    def __init__(self, lock_path: Path) -> None:
        self.lock_path = lock_path
        self.lock: TextIO | None = None
        self.pause = PAUSE
        self.scripts_due = time.monotonic()

    def run(self) -> None:
        while True:
            self.round()
            wake.wait(self.pause)
            wake.clear()

    def round(self) -> None:
        """One look at what is due. Survives whatever happens, and then waits longer."""
        try:
            if self._holds_lock():
                self._work()
            self.pause = PAUSE
        except Exception:
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            logger.exception("trying again in %s s", self.pause)

    def _work(self) -> None:
        close_old_connections()
        try:
            with acting(door="embedded"):
                mail.drain(seconds=DRAIN_SECONDS)
                self._run_scripts()
        finally:
            close_old_connections()

    def _run_scripts(self) -> None:
        if time.monotonic() < self.scripts_due:
            return
        self.scripts_due = time.monotonic() + SCRIPTS_EVERY
        run_due_service_scripts()

    def _holds_lock(self) -> bool:
        if self.lock:
            return True
        lock = self.lock_path.open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self.lock = lock
        return True
