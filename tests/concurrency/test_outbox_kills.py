"""Real workers, a real broker and a real mail server, each taken away while messages go out: none is lost."""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from celery import current_app
from django.db import transaction
from django.utils import timezone

from core import handover
from core.models import OutboxMessage
from scheduling.emails import queue_assigned
from scheduling.models import CommunityService
from tests import throwaway
from tests.factories import make_close, make_community_service, make_organization
from tests.scale import scaled
from tests.smtp import Catcher, free_port
from tests.workers import beat, kill_group, worker

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.soak,
    pytest.mark.xdist_group("outbox"),
]
LEASE = {"OUTBOX_LEASE_SECONDS": "2"}


@pytest.fixture
def service():
    """A community service of a student who is to be told of it."""
    return make_community_service(make_close(make_organization()))


@pytest.fixture
def smtp():
    with Catcher() as server:
        yield server


def queue(service: CommunityService, count: int) -> None:
    for _ in range(count):
        with transaction.atomic():
            queue_assigned(service)


def message_ids() -> set[str]:
    return {f"<{uuid}@localhost>" for uuid in OutboxMessage.objects.values_list("uuid", flat=True)}


def wait_until_all_are_sent(seconds: float) -> None:
    end = time.monotonic() + seconds
    unsent = OutboxMessage.objects.exclude(state=OutboxMessage.State.SENT)
    while unsent.exists() and time.monotonic() < end:
        time.sleep(0.2)
    assert list(unsent.values("pk", "state", "attempts", "error")[:5]) == []


def test_kill_9_of_the_worker_loses_none_and_repeats_at_most_one(service, smtp, tmp_path, capsys):
    count, kills = scaled(5000), scaled(100)
    queue(service, count)
    environment = LEASE | {"EMAIL_URL": smtp.url}
    with beat(tmp_path / "beat", **environment):
        for number in range(kills):
            kill = kill_at_any_moment if number % 2 else kill_before_the_reply
            with worker(**environment) as process:
                kill(process, smtp, (number + 1) * count // (kills + 1))
        with worker(**environment):
            wait_until_all_are_sent(60 + count / 20)
    arrived = Counter(message["Message-ID"] for message in smtp.messages)
    repeated = arrived.total() - len(arrived)
    with capsys.disabled():
        print(f"\n{count} messages, {kills} kills: {repeated} came twice, {count - len(arrived)} lost")
    assert set(arrived) == message_ids()
    assert len(arrived) == count
    assert kills // 2 <= repeated <= kills


def kill_at_any_moment(process: subprocess.Popen, smtp: Catcher, target: int) -> None:
    assert smtp.wait_for(target, 90), "the worker sends"
    time.sleep(random.uniform(0, 0.03))
    kill_group(process)


def kill_before_the_reply(process: subprocess.Popen, smtp: Catcher, target: int) -> None:
    """The mail server has the message, the worker will never know: the one case that must come twice."""

    def kill() -> None:
        if process.poll() is None and len(smtp.messages) >= target:
            os.killpg(process.pid, signal.SIGKILL)

    smtp.before_reply = kill
    try:
        process.wait(90)
    finally:
        smtp.before_reply = lambda: None


def test_a_sweep_does_not_stand_in_line_behind_a_backlog(service, smtp):
    count = scaled(4000)
    queue(service, count)
    dead = OutboxMessage.objects.order_by("-id")[0]
    long_ago = timezone.now() - timedelta(minutes=5)
    OutboxMessage.objects.filter(pk=dead.pk).update(state="sending", attempts=1, due_at=long_ago, lease_until=long_ago)
    sweep = current_app.conf.beat_schedule["sweep-outbox"]
    current_app.send_task(sweep["task"], **sweep["options"] | {"expires": 120})
    with worker(**LEASE, EMAIL_URL=smtp.url):
        wait_until_all_are_sent(60 + count / 20)
    arrived = [message["Message-ID"] for message in smtp.messages]
    assert arrived.index(f"<{dead.uuid}@localhost>") < count // 10
    assert len(arrived) == len(set(arrived)) == count


def test_a_broker_that_goes_away_and_comes_back(service, smtp, tmp_path, settings, monkeypatch):
    monkeypatch.setattr(handover, "_resting_until", 0.0)
    home = tmp_path / "redis"
    home.mkdir()
    broker = _start_broker(home)
    port = broker.args[2]
    settings.REDIS_URL = settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{port}/0"
    environment = LEASE | {"EMAIL_URL": smtp.url, "REDIS_URL": settings.REDIS_URL}
    try:
        with beat(tmp_path / "beat", **environment), worker(**environment):
            queue(service, 1)
            assert smtp.wait_for(1, 60), "all is well"
            kill_group(broker)
            start = time.monotonic()
            queue(service, 10)
            assert time.monotonic() - start < 1
            time.sleep(scaled(60))
            assert len(smtp.messages) == 1
            broker = _start_broker(home, port)
            wait_until_all_are_sent(60)
    finally:
        kill_group(broker)
    assert {message["Message-ID"] for message in smtp.messages} == message_ids()
    assert len(smtp.messages) == 11


def _start_broker(home: Path, port: str | None = None) -> subprocess.Popen:
    port = port or str(free_port())
    words = [throwaway.redis_program(), "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", str(home)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, start_new_session=True)
    client = redis.Redis(port=int(port))
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            client.ping()
            return process
        except redis.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("the broker does not start")
