"""Real web servers on the running test's own database, and requests put on the wire byte by byte."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.servers import database_env
from tests.workers import ROOT, kill_group

COMMANDS = {
    "granian": [
        "granian",
        "--interface",
        "wsgi",
        "--workers",
        "1",
        "--blocking-threads",
        "1",
        "config.wsgi:application",
    ],
    "runserver": ["manage.py", "runserver", "--noreload"],
}
# A WSGI server that no installation here uses: whoever has it runs the same application by it.
OTHERS = {"gunicorn": ["gunicorn", "--workers", "1", "--threads", "2", "config.wsgi:application"]}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(name: str, **environment: str) -> Iterator[int]:
    """A server of this name on a free port, which it gives; use it in tests marked `django_db(transaction=True)`."""
    port = free_port()
    command = [sys.executable, *listening(name, port)]
    site = f"http://127.0.0.1:{port}"
    environment = {**database_env(), "EMBEDDED_WORKER": "0", "SITE_URL": site, **environment}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, stdout=quiet, stderr=quiet)
    try:
        _wait_until_open(process, port)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        kill_group(process)


def listening(name: str, port: int) -> list[str]:
    """The words after `python` that start it on this port."""
    words = {**COMMANDS, **OTHERS}[name]
    if name == "runserver":
        return [*words, str(port)]
    place = ["--port", str(port)] if name == "granian" else ["--bind", f"127.0.0.1:{port}"]
    return ["-m", *words, *place]


def _wait_until_open(process: subprocess.Popen, port: int) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def exchange(port: int, request: bytes, method: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (lower case) and body of the answer to exactly these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        # Refused before all of it was read: the answer is there already.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
        response = http.client.HTTPResponse(connection, method=method)
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return response.status, headers, response.read()


def request_bytes(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def chunked(body: bytes) -> bytes:
    return f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
