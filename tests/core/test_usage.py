"""What clients call is counted: by whom, which endpoint, how it was answered; a call pays next to nothing for it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import api_keys, usage
from core.models import ClientUsage
from tests.api import Caller
from tests.core.oauth_clients import ask_token, make_application, post_form
from tests.core.purging import purge
from tests.factories import make_client, make_close, make_organization, make_token
from tests.servers import database_env

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
LIST, ONE = "/v2/closes", "/v2/closes/{pk}"


@pytest.fixture
def paris():
    return make_organization("Paris")


@pytest.fixture
def client_program(paris):
    return make_client(paris)


@pytest.fixture
def caller(client_program):
    return Caller(make_token(client_program))


def counted() -> dict:
    """(method, route, status) → calls, once all that waits is written."""
    usage.flush()
    found = {}
    for row in ClientUsage.objects.all():
        found[row.method, row.route, row.status] = found.get((row.method, row.route, row.status), 0) + row.calls
    return found


@contextmanager
def database_away():
    def refuse(execute, *args):
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(refuse):
        yield


def test_answers_and_refusals_are_counted_by_the_routes_pattern(paris, caller):
    close = make_close(paris)
    for path in (LIST, f"{LIST}.json", f"{LIST}/{close.pk}", f"{LIST}/{close.pk}.json", f"{LIST}/999999"):
        caller.get(path)
    caller.post(LIST, {"close": {}})
    caller.get(LIST, X_Organization_Id="999999")
    assert counted() == {
        ("GET", LIST, 200): 2,
        ("GET", ONE, 200): 2,
        ("GET", ONE, 404): 1,
        ("POST", LIST, 400): 1,
        ("GET", LIST, 403): 1,
    }


def test_what_belongs_to_no_client_is_not_counted(paris):
    Caller("no-such-token").get(LIST)
    Caller().get(LIST)
    Caller().get("/livez")
    assert counted() == {}


def test_a_row_names_the_client_the_day_and_the_last_call(client_program, caller):
    before = timezone.now()
    caller.get(LIST)
    usage.flush()
    row = ClientUsage.objects.get()
    assert (row.application, row.api_key, row.calls) == (client_program, None, 1)
    assert before <= row.last_at <= timezone.now()
    assert row.day == row.last_at.date()


def test_a_key_is_counted_apart_from_its_client_and_from_other_keys(paris):
    client = make_client(paris, allowed_scopes=["appointments:read"])
    keys = [api_keys.new_key(client) for _ in range(2)]
    path = f"/api/v1/groups/{paris.pk}/calendars"
    for _row, text in [*keys, keys[0]]:
        assert Caller().get(path, X_Api_Key=text).status_code == 200
    Caller(make_token(client)).get(path)
    usage.flush()
    found = {row.api_key_id: row.calls for row in ClientUsage.objects.filter(application=client)}
    assert found == {keys[0][0].pk: 2, keys[1][0].pk: 1, None: 1}
    assert ClientUsage.objects.first().route == "/api/v1/groups/{group_id}/calendars"


def test_tokens_are_counted_once_the_client_is_known(paris, client):
    application = make_application(paris)
    ask_token(client, application)
    ask_token(client, application, scope="jobs:read")
    post_form(client, "/oauth/token", {"grant_type": "client_credentials", "client_id": application.client_id})
    assert counted() == {("POST", "/oauth/token", 200): 1, ("POST", "/oauth/token", 400): 1}


def test_later_counts_add_up(caller):
    for _ in range(3):
        caller.get(LIST)
        caller.get(LIST)
        usage.flush()
    assert usage.flush() == 0
    assert counted() == {("GET", LIST, 200): 6}
    assert ClientUsage.objects.count() == 1


def test_a_call_itself_asks_the_database_for_nothing_more(caller, django_assert_num_queries, monkeypatch):
    caller.get(LIST)
    with monkeypatch.context() as without, CaptureQueriesContext(connection) as plain:
        without.setattr(usage, "count", lambda *args: None)
        caller.get(LIST)
    with django_assert_num_queries(len(plain)):
        caller.get(LIST)


def test_while_the_database_is_away_counts_wait(caller):
    caller.get(LIST)
    with database_away(), pytest.raises(OperationalError):
        usage.flush()
    caller.get(LIST)
    assert counted() == {("GET", LIST, 200): 2}


def test_what_waits_is_bounded_and_what_is_known_goes_on(caller, monkeypatch, log):
    monkeypatch.setattr(usage, "MOST_WAITING", 1)
    for path in (LIST, f"{LIST}/999999", LIST):
        caller.get(path)
    assert usage.counter.dropped == 1
    usage.flush_quietly()
    assert "1 calls were not counted" in log.getvalue()
    assert counted() == {("GET", LIST, 200): 2}


def test_counting_never_fails_a_call(caller, monkeypatch):
    monkeypatch.setattr(usage.counter, "add", None)
    assert caller.get(LIST).status_code == 200


def test_a_client_that_was_deleted_meanwhile_fails_nothing(client_program, caller):
    caller.get(LIST)
    client_program.delete()
    usage.flush()
    assert list(ClientUsage.objects.select_related("application")) == []


def test_they_are_kept_for_400_days(caller, client_program):
    caller.get(LIST)
    caller.get(f"{LIST}/999999")
    usage.flush()
    old = ClientUsage.objects.filter(status=404)
    old.update(day=timezone.now().date() - timedelta(days=401))
    ClientUsage.objects.filter(status=200).update(day=timezone.now().date() - timedelta(days=400))
    assert purge()["client_usage"] == 1
    assert ClientUsage.objects.get().status == 200


@pytest.mark.django_db(transaction=True)
def test_threads_and_processes_that_write_at_once_lose_nothing():
    """Each has counters of its own, as a process has, and all write the same rows."""
    application = make_client(make_organization())
    now = timezone.now()
    kinds = [usage.What(now.date(), application.pk, key, "GET", f"/v2/{n}", 200) for n in range(20) for key in (0, 7)]

    def work(number: int) -> None:
        own = usage.Counter()
        try:
            for turn in range(5):
                for what in kinds if number % 2 else reversed(kinds):
                    own.add(what, usage.Count(1, now + timedelta(seconds=turn)))
                usage._write(own.take())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert {(row.calls, row.last_at) for row in ClientUsage.objects.all()} == {(20, now + timedelta(seconds=4))}
    assert ClientUsage.objects.count() == 40


SERVE = """
import os, sys, time
from core import usage
usage.PAUSE = float(sys.argv[2])
import config.wsgi
from django.db import connection
from django.test import Client
call = Client(headers={"Authorization": "Bearer " + sys.argv[1]}).get
call("/v2/closes", headers={"Host": "localhost"})
connection.close()
if os.fork() == 0:
    call("/v2/closes", headers={"Host": "localhost"})
    time.sleep(float(sys.argv[3]))
    sys.exit()
os.wait()
time.sleep(float(sys.argv[3]))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("pause", "life", "ending"), [("0.1", "3", "os._exit(9)"), ("600", "0", "")])
def test_a_server_process_and_its_fork_write_by_themselves(pause, life, ending, tmp_path):
    """Every so often, and at an orderly end; a killed one has written what is older than its pause."""
    token = make_token(make_client(make_organization()))
    script = SERVE.replace("sys.exit()", f"{ending}\n    sys.exit()") + ending
    environment = {**database_env(), "EMBEDDED_WORKER": "0", "DUTYBOARD_VAR": str(tmp_path)}
    environment |= {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "import django; django.setup()\n" + script, token, pause, life]
    subprocess.run(command, cwd=ROOT, env=environment, check=False, timeout=120)
    assert counted() == {("GET", LIST, 200): 2}
