"""Real Celery processes for tests, on the running test's own database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import database_env

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def celery(*words: str, **environment: str) -> Iterator[subprocess.Popen]:
    """`celery -A config.celery <words>` in a process group of its own, killed without mercy at the end."""
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "--quiet", *words]
    process = subprocess.Popen(command, cwd=ROOT, env=database_env() | environment, start_new_session=True)
    try:
        yield process
    finally:
        kill_group(process)


@contextmanager
def beat(schedule: Path, **environment: str) -> Iterator[subprocess.Popen]:
    """The scheduler, which asks for a sweep every ten seconds."""
    with celery("beat", "--schedule", str(schedule), "--loglevel", "WARNING", **environment) as process:
        yield process


@contextmanager
def worker(**environment: str) -> Iterator[subprocess.Popen]:
    with celery("worker", "--concurrency", "1", "--loglevel", "WARNING", **environment) as process:
        yield process


def kill_group(process: subprocess.Popen) -> None:
    """kill -9 to the process and all its children, as when a machine loses its power."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
