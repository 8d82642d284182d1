"""The server without a broker: a real process, its thread, and the lock among several."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core import embedded
from core.mail.handover import wake
from core.models import OutboxMessage
from tests.factories import make_organization
from tests.notes import a_note
from tests.servers import database_env
from tests.smtp import Catcher

ROOT = Path(__file__).resolve().parent.parent.parent
SERVE = "import config.wsgi, time; from tests import notes; print('up', flush=True); time.sleep(60)"

LOOP = """
import django; django.setup()
from django.core.management import call_command
from tests import notes
call_command("send_outbox", loop=True, json=True)
"""


def server_process(smtp: Catcher, var: Path) -> subprocess.Popen:
    """A process that loads the WSGI application as any server does, and the tests' kind of message."""
    environment = database_env() | {"EMAIL_URL": smtp.url, "DUTYBOARD_VAR": str(var), "OUTBOX_LEASE_SECONDS": "2"}
    environment.pop("REDIS_URL", None)
    process = subprocess.Popen([sys.executable, "-c", SERVE], cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"up\n"
    return process


def wait_until_marked() -> None:
    end = time.monotonic() + 10
    while OutboxMessage.objects.exclude(state="sent").exists() and time.monotonic() < end:
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_server_processes_send_each_message_once_and_outlive_each_other(tmp_path):
    organization = make_organization()
    with Catcher() as smtp:
        servers = [server_process(smtp, tmp_path) for _ in range(2)]
        try:
            for _ in range(20):
                a_note(organization)
            assert smtp.wait_for(20, 30)
            wait_until_marked()
            servers[0].kill()
            servers[0].wait()
            a_note(organization)
            assert smtp.wait_for(21, 15), "the other one takes over"
        finally:
            for server in servers:
                server.kill()
                server.wait()
                server.stdout.close()
        assert len({message["Message-ID"] for message in smtp.messages}) == len(smtp.messages) == 21
    assert os.path.exists(tmp_path / "embedded.lock")


@pytest.fixture
def outbox_part():
    return next(part for part in embedded._parts if part.name == "outbox")


@pytest.fixture
def alone(tmp_path, outbox_part):
    """The worker of the outbox in the test's own thread, and the lock it contends for."""
    worker = embedded.Worker(outbox_part, embedded.Lock(tmp_path / "lock"))
    yield worker
    if worker.lock.file:
        worker.lock.file.close()


@pytest.mark.django_db(transaction=True)
def test_a_round_sends_what_waits(alone):
    row = a_note(make_organization())
    alone.round()
    assert OutboxMessage.objects.get(pk=row.pk).state == "sent"


@pytest.mark.django_db(transaction=True)
def test_only_the_holder_of_the_lock_works(alone):
    row = a_note(make_organization())
    other = embedded.Lock(alone.lock.path)
    assert other.is_held()
    alone.round()
    assert OutboxMessage.objects.get(pk=row.pk).state == "queued"
    other.file.close()
    alone.round()
    assert OutboxMessage.objects.get(pk=row.pk).state == "sent"


def test_all_parts_of_a_process_share_its_lock(tmp_path, outbox_part):
    lock = embedded.Lock(tmp_path / "lock")
    parts = [embedded.Worker(outbox_part, lock) for _ in range(2)]
    assert [part.lock.is_held() for part in parts] == [True, True]
    lock.file.close()


@pytest.mark.django_db(transaction=True)
def test_it_survives_a_failure_and_waits_longer(alone, monkeypatch, caplog):
    monkeypatch.setattr("core.mail.drain", lambda seconds: 1 / 0)
    alone.round()
    alone.round()
    assert alone.pause == 4 * embedded.PAUSE
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.undo()
    alone.round()
    assert alone.pause == embedded.PAUSE


def test_it_is_off_where_settings_say_so(settings):
    settings.EMBEDDED_WORKER = False
    assert embedded.start() == []


def test_waking_ends_the_pause():
    wake.set()
    start = time.monotonic()
    wake.wait(embedded.PAUSE)
    assert time.monotonic() - start < 1
    wake.clear()


@pytest.mark.django_db(transaction=True)
def test_the_command_in_a_loop_is_a_worker_too(tmp_path):
    with Catcher() as smtp:
        environment = database_env() | {"EMAIL_URL": smtp.url, "DJANGO_SETTINGS_MODULE": "config.settings"}
        with subprocess.Popen(
            [sys.executable, "-c", LOOP], cwd=ROOT, env=environment, stdout=subprocess.PIPE
        ) as process:
            try:
                for number in (1, 2):
                    a_note(make_organization())
                    assert smtp.wait_for(number, 30)
                wait_until_marked()
                process.send_signal(signal.SIGINT)
                output, _ = process.communicate(timeout=30)
            finally:
                process.kill()
    assert json.loads(output) == {"sent": 2, "cancelled": 0, "retried": 0, "failed": 0, "captured": 0}
