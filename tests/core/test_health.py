"""/livez and /readyz: for whoever watches over the installation."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from core.models import OutboxMessage
from tests.api import Caller
from tests.factories import make_organization

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import django
django.setup()
from django.test import Client
for path in ("/livez", "/readyz"):
    response = Client().get(path)
    print(response.status_code, response.content.decode())
"""


@pytest.mark.django_db
def test_readyz_names_each_part_and_how_it_is():
    response = Caller().get("/readyz")
    assert response.status_code == 200, response.content
    answer = response.json()
    assert answer["status"] == "ok"
    assert list(answer["checks"]) == ["database", "broker", "outbox", "dispatcher"]
    for part in answer["checks"].values():
        assert (part["ok"], set(part)) == (True, {"ok", "detail", "ms"})


def test_livez_asks_nothing_of_the_database():
    """Without the django_db mark a query would fail this test."""
    response = Caller().get("/livez")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_without_a_broker_none_is_asked(settings):
    settings.REDIS_URL = ""
    assert Caller().get("/readyz").json()["checks"]["broker"]["detail"] == "not used"


@pytest.mark.django_db
def test_a_broker_that_is_down_is_named_and_takes_nobody_off_the_web(settings):
    settings.REDIS_URL = "redis://user:secret@127.0.0.1:1/0"
    response = Caller().get("/readyz")
    assert response.status_code == 200
    answer = response.json()
    assert answer["status"] == "degraded"
    assert [name for name, part in answer["checks"].items() if not part["ok"]] == ["broker"]
    assert "secret" not in response.content.decode()
    assert "127.0.0.1" not in response.content.decode()


@pytest.fixture
def mute_broker():
    """Something that takes connections and says nothing, until it hangs up after ten seconds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hang_up = threading.Timer(10, listener.close)
        hang_up.start()
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        hang_up.cancel()


@pytest.mark.django_db
def test_a_broker_that_never_answers_is_not_waited_for(settings, mute_broker):
    settings.REDIS_URL = mute_broker
    start = time.monotonic()
    assert Caller().get("/readyz").json()["status"] == "degraded"
    assert time.monotonic() - start < 5


def make_message(**fields) -> OutboxMessage:
    about = {"kind": "x", "address": "a@example.org", "entity": "scheduling.close", "entity_id": 1}
    return OutboxMessage.objects.create(organization=make_organization(), **{**about, **fields})


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "status"), [(14, "ok"), (16, "degraded")])
def test_mail_that_stands_still_is_named_and_takes_nobody_off_the_web(minutes, status):
    make_message(due_at=timezone.now() - timedelta(minutes=minutes))
    response = Caller().get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, status)
    assert response.json()["checks"]["outbox"]["ok"] is (status == "ok")


@pytest.mark.django_db
def test_what_was_sent_or_is_not_due_makes_no_difference():
    make_message(due_at=timezone.now() - timedelta(days=1), state=OutboxMessage.State.SENT)
    make_message(due_at=timezone.now() + timedelta(days=1))
    assert Caller().get("/readyz").json()["status"] == "ok"


def test_a_database_that_is_not_there_makes_it_unready_but_alive(tmp_path):
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path}/no/such/folder/db.sqlite3",
        "ALLOWED_HOSTS": "testserver",
        "REDIS_URL": "",
    }
    output = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    (alive, _), (ready, body) = (line.split(" ", 1) for line in output.splitlines())
    assert (alive, ready) == ("200", "503")
    assert json.loads(body)["status"] == "unavailable"
    checks = json.loads(body)["checks"]
    assert (checks["database"]["ok"], checks["database"]["detail"]) == (False, "OperationalError")
    assert checks["broker"]["ok"]
