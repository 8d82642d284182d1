"""Early pytest plugin: gets the servers and sets the environment before Django reads its settings.

TEST_DATABASE says which database this run is for: sqlite (default) or postgres. Servers come from TEST_DATABASE_URL and
TEST_REDIS_URL, else from what answers on localhost, else from throw-away ones. What cannot be had is named in the last
lines of the run, and is a failure under CI=true.
"""

import atexit
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
import redis

from tests import throwaway
from tests.throwaway import Unavailable

STATE = "DUTYBOARD_TEST_STATE"
LOCAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/dutyboard"
LOCAL_REDIS = "redis://127.0.0.1:6379/0"
MOST_WORKERS = 8
ON_POSTGRES = os.environ.get("TEST_DATABASE", "sqlite") == "postgres"
FOR_TESTS = {
    "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 3,
    "ENCRYPTION_KEY": "only-for-tests-" + "fedcba9876543210" * 3,
    "SESSION_JWT_KEY": "only-for-tests-" + "02468ace13579bdf" * 3,
    "EMAIL_URL": "memorymail://",
    "CONN_MAX_AGE": "0",
}
# A person's own settings must not change what the tests see.
NOT_FOR_TESTS = (
    *("DUTYBOARD_ENV", "DEBUG", "ALLOWED_HOSTS", "SITE_URL", "PORT", "DEFAULT_FROM_EMAIL", "LOG_FORMAT", "REDIS_URL"),
    *("RATE_LIMIT_PER_SECOND", "RATE_LIMIT_PER_HOUR", "OUTBOX_LEASE_SECONDS", "EMBEDDED_WORKER"),
    *("DATABASE_POOL", "DATABASE_POOL_SIZE", "DATABASE_PREPARE", "OUTBOUND_HOSTS", "OUTBOUND_PRIVATE_HOSTS"),
    *("WORKER_SITES", "SERVICE_RUN_LEASE_SECONDS", "SERVICE_SITE_AWAY_SECONDS"),
)


def database_env() -> dict[str, str]:
    """The environment for a child process (server, worker, command) that is to use the running test's own database.

    Only what is committed is seen there: use it in tests marked `django_db(transaction=True)`.
    """
    from django.db import connection  # the settings are not loaded yet when pytest imports this plugin

    address, mark, query = os.environ["DATABASE_URL"].partition("?")
    name = str(connection.settings_dict["NAME"])
    # SQLite's name is an absolute path, and stands after three slashes.
    before = "sqlite://" if connection.vendor == "sqlite" else address.rpartition("/")[0]
    return {**os.environ, "DATABASE_URL": f"{before}/{quote(name)}{mark}{query}"}


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests():
    # A wrapper, as pytest-django loads the settings in its own tryfirst hook of this name.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ[STATE] = json.dumps(gather_servers())
    set_environment(state())
    return (yield)


def state() -> dict:
    return json.loads(os.environ[STATE])


def gather_servers() -> dict:
    """Find or start the servers; stopped when this process ends. Keys: workspace, database_url, redis_urls, missing."""
    workspace = throwaway.Workspace()
    atexit.register(workspace.close)
    found: dict = {"workspace": str(workspace.path), "database_url": "", "redis_urls": [], "missing": {}}
    if ON_POSTGRES:
        _gather(found, "database_url", "postgres", lambda: find_postgres(workspace))
    _gather(found, "redis_urls", "redis", lambda: find_redis(workspace))
    if not find_chromium():
        found["missing"]["browser"] = "no Chromium (apt-get install chromium, or set TEST_CHROMIUM)"
    return found


def _gather(found: dict, key: str, need: str, get: Callable) -> None:
    try:
        found[key] = get()
    except (Unavailable, OSError) as error:
        found["missing"][need] = str(error)


def find_postgres(workspace: throwaway.Workspace) -> str:
    given = os.environ.get("TEST_DATABASE_URL")
    if given and not given.startswith("postgres"):
        raise Unavailable("TEST_DATABASE_URL is not a postgres:// address")
    for url in [given] if given else [LOCAL_POSTGRES]:
        if postgres_answers(url):
            return url
    if given:
        raise Unavailable("TEST_DATABASE_URL does not answer")
    return throwaway.start_postgres(workspace)


def postgres_answers(url: str) -> bool:
    """Whether a server answers there and lets us in; the database named need not exist."""
    head, _, query = url.partition("?")
    server = f"{head.rpartition('/')[0]}/postgres?{query}"
    try:
        psycopg.connect(server, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def find_redis(workspace: throwaway.Workspace) -> list[str]:
    """Addresses of empty databases of one Redis server, for one test worker each."""
    given = os.environ.get("TEST_REDIS_URL")
    try:
        return empty_databases(given or LOCAL_REDIS)
    except redis.RedisError as error:
        if given:
            raise Unavailable(f"TEST_REDIS_URL does not answer: {error}") from error
    return empty_databases(throwaway.start_redis(workspace))


def empty_databases(url: str) -> list[str]:
    """The empty databases from the one named on, at most one a worker; they are emptied again when the tests end."""
    parts = urlsplit(url)
    first = int(parts.path.strip("/") or 0)
    urls = [parts._replace(path=f"/{number}").geturl() for number in range(first, 16)]
    empty = [address for address in urls if _is_empty(address)][:MOST_WORKERS]
    if not empty:
        raise Unavailable(f"no empty database on the Redis server at {parts.hostname}:{parts.port}")
    atexit.register(lambda: [redis.Redis.from_url(address).flushdb() for address in empty])
    return empty


def _is_empty(url: str) -> bool:
    try:
        return redis.Redis.from_url(url, socket_connect_timeout=3).dbsize() == 0
    except redis.ResponseError:  # a number past the server's last database
        return False


def set_environment(found: dict) -> None:
    """Point Django at the servers; each xdist worker has a var folder and a Redis database of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    number = int(worker.removeprefix("gw")) if worker.startswith("gw") else 0
    var = Path(found["workspace"]) / worker
    # WhiteNoise warns of a missing static folder.
    (var / "static").mkdir(parents=True, exist_ok=True)
    for name in NOT_FOR_TESTS:
        os.environ.pop(name, None)
    sqlite = f"sqlite:///{quote(str(var / 'db.sqlite3'))}"
    os.environ.update(FOR_TESTS, DUTYBOARD_VAR=str(var), DATABASE_URL=found["database_url"] or sqlite)
    if found["redis_urls"]:
        os.environ["REDIS_URL"] = found["redis_urls"][number % len(found["redis_urls"])]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if item.get_closest_marker("postgres") and not ON_POSTGRES:
        pytest.skip("runs with TEST_DATABASE=postgres")
    missing = state()["missing"]
    needs = [need for need in missing if item.get_closest_marker(need) or need == "postgres"]
    if needs and under_ci():
        pytest.fail(missing[needs[0]], pytrace=False)
    if needs:
        pytest.skip(missing[needs[0]])


def under_ci() -> bool:
    return os.environ.get("CI", "").lower() == "true"


def pytest_report_header():
    found = state()
    database = urlsplit(found["database_url"] or os.environ["DATABASE_URL"])
    place = database.hostname or database.query or database.path
    broker = urlsplit((found["redis_urls"] or [""])[0])
    return f"servers: {database.scheme} at {place}, redis at {broker.hostname}:{broker.port}"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if state()["missing"] and under_ci() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter):
    result = yield
    for need, reason in state()["missing"].items():
        terminalreporter.write_line(f"NOT TESTED with {need}: {reason}", red=True, bold=True)
    return result
