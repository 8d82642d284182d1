"""The two servers, each with two workers, as child processes whose CPU time is read."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.load import HOST

WORKERS = 2
START_SECONDS = 30
OURS = [
    "granian",
    "--interface",
    "wsgi",
    "--workers",
    str(WORKERS),
    "--blocking-threads",
    "1",
    "config.wsgi:application",
]
FASTAPI = ["uvicorn", "--workers", str(WORKERS), "--loop", "uvloop", "--http", "httptools", "bench.fastapi_app:app"]


@dataclass(frozen=True)
class Server:
    name: str
    port: int
    process: psutil.Process
    log: Path

    def cpu_seconds(self) -> float:
        """User and system time of the server and its workers so far."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(times.user + times.system for times in (one.cpu_times() for one in family))


@contextmanager
def serve(name: str, words: list[str], log: Path) -> Iterator[Server]:
    port = free_port()
    program = [sys.executable, "-m", words[0], "--host", HOST, "--port", str(port), *words[1:]]
    with log.open("wb") as output:
        process = subprocess.Popen(program, stdout=output, stderr=output, env=os.environ.copy())
    try:
        wait_for(port, process, log)
        yield Server(name, port, psutil.Process(process.pid), log)
    finally:
        process.terminate()
        process.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen, log: Path) -> None:
    give_up = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < give_up:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{process.args[2]} did not start:\n{log.read_text()[-2000:]}")
