"""The worker of an installation without a broker: threads in one of its server processes, one for each part."""

import fcntl
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.db import close_old_connections

from core import mail
from core.context import acting
from core.mail.handover import wake

logger = logging.getLogger("dutyboard.embedded")

PAUSE = 2.0
LONGEST_PAUSE = 60.0
DRAIN_SECONDS = 20.0


@dataclass(frozen=True)
class Part:
    """`round` is called again and again, at once when `wake` is set."""

    name: str
    round: Callable[[], object]
    wake: threading.Event
    pause: float = PAUSE


_parts: list[Part] = []


def register(name: str, round: Callable[[], object], wake: threading.Event, pause: float = PAUSE) -> None:
    """Apps add what else the worker does; `pause` in seconds."""
    _parts.append(Part(name, round, wake, pause))


def drain() -> None:
    with acting(door="embedded"):
        mail.drain(seconds=DRAIN_SECONDS)


register("outbox", drain, wake)


def start() -> list[threading.Thread]:
    """Start the threads where settings ask for them. A server may end without a word: claimed rows have a lease."""
    if not settings.EMBEDDED_WORKER:
        return []
    lock = Lock(settings.VAR_DIR / "embedded.lock")
    workers = [Worker(part, lock) for part in _parts]
    threads = [threading.Thread(target=one.run, name=f"embedded {one.part.name}", daemon=True) for one in workers]
    for thread in threads:
        thread.start()
    return threads


class Lock:
    """Of all server processes on this machine the one that holds it works; another takes over when it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: TextIO | None = None
        self.guard = threading.Lock()

    def is_held(self) -> bool:
        """By this process; taken where it is free."""
        with self.guard:
            return bool(self.file) or self._take()

    def _take(self) -> bool:
        file = self.path.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self.file = file
        return True


class Worker:
    """One part's rounds, as long as this process has the lock."""

    def __init__(self, part: Part, lock: Lock) -> None:
        self.part, self.lock = part, lock
        self.pause = part.pause

    def run(self) -> None:
        while True:
            self.round()
            self.part.wake.wait(self.pause)
            self.part.wake.clear()

    def round(self) -> None:
        """One look at what is due. Survives whatever happens, and then waits longer."""
        try:
            if self.lock.is_held():
                self._work()
            self.pause = self.part.pause
        except Exception:
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            logger.exception("%s: trying again in %s s", self.part.name, self.pause)

    def _work(self) -> None:
        close_old_connections()
        try:
            self.part.round()
        finally:
            close_old_connections()
