"""Real workers of webhooks, killed while events flow; and two who are handed the same [issue 7, point 1]."""

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from core.events import record
from core.locks import atomic
from core.models import Event, Organization, Webhook, WebhookDelivery
from core.webhooks import sending
from core.webhooks.envelope import event_id
from core.webhooks.services import MOST_WEBHOOKS, create_webhook, delete_webhook, replay, rotate_secret, update_webhook
from tests.factories import make_organization
from tests.receiver import Receiver, answer
from tests.scale import scaled
from tests.webhooks.wire import happen, kind_named, verified
from tests.workers import beat, celery, kill_group

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.xdist_group("webhooks"),
]
HERE = "127.0.0.1"
ENVIRONMENT = {"OUTBOX_LEASE_SECONDS": "2", "OUTBOUND_PRIVATE_HOSTS": HERE}
State = WebhookDelivery.State


@pytest.fixture
def organization(settings):
    settings.OUTBOUND_PRIVATE_HOSTS = [HERE]
    return make_organization()


@pytest.fixture
def receiver():
    with Receiver() as server:
        yield server


def webhook_to(server: Receiver, organization: Organization) -> tuple[Webhook, str]:
    return create_webhook(organization, {"url": f"http://{HERE}:{server.port}/", "types": ["*"]})


def worker():
    words = ("worker", "-Q", "webhooks", "--concurrency", "2", "--loglevel", "ERROR")
    return celery(*words, "--without-gossip", "--without-mingle", **ENVIRONMENT)


def write(organization: Organization, pk: object) -> None:
    record(kind_named("close.closed"), SimpleNamespace(organization_id=organization.pk, pk=pk))


# -- killed -------------------------------------------------------------------------------------------------


@contextmanager
def flowing(organization: Organization, count: int) -> Iterator[threading.Thread]:
    """So many events, one after the other, every tenth of them taken back."""

    def flow() -> None:
        for number in range(count):
            with atomic():
                write(organization, number)
            if number % 10 == 0:
                with transaction.atomic():
                    write(organization, "taken back")
                    transaction.set_rollback(True)
        connection.close()

    thread = threading.Thread(target=flow)
    thread.start()
    try:
        yield thread
    finally:
        thread.join()


def wait_for(number: int, server: Receiver, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while len(server.received) < number:
        assert time.monotonic() < end, f"{len(server.received)} of {number} within {seconds} s"
        time.sleep(0.01)


def wait_until_all_arrived(seconds: float) -> None:
    end = time.monotonic() + seconds
    waiting = WebhookDelivery.objects.exclude(state=State.DELIVERED)
    while waiting.exists() and time.monotonic() < end:
        time.sleep(0.2)
    assert list(waiting.values("pk", "state", "attempts", "error")[:5]) == []


def kill_at_any_moment(process: subprocess.Popen, server: Receiver, target: int) -> None:
    wait_for(target, server)
    time.sleep(random.uniform(0, 0.03))
    kill_group(process)


def kill_before_the_answer(process: subprocess.Popen, server: Receiver, target: int) -> None:
    """The receiver has it, the worker will never know: the one case that must come twice."""

    def reply(handler) -> None:
        if process.poll() is None and len(server.received) >= target:
            os.killpg(process.pid, signal.SIGKILL)
        answer(handler)

    server.reply = reply
    try:
        process.wait(120)
    finally:
        server.reply = answer


@pytest.mark.soak
def test_kill_9_of_the_worker_loses_no_event_and_repeats_one_by_its_id(organization, receiver, tmp_path, capsys):
    count, kills = scaled(4000), scaled(100)
    _webhook, secret = webhook_to(receiver, organization)
    with beat(tmp_path / "beat", **ENVIRONMENT), flowing(organization, count):
        for number in range(kills):
            kill = kill_at_any_moment if number % 2 else kill_before_the_answer
            with worker() as process:
                kill(process, receiver, len(receiver.received) + count // (2 * kills))
        with worker():
            wait_until_all_arrived(120 + count / 10)
    arrived = Counter(call.headers["webhook-id"] for call in receiver.received)
    repeated = arrived.total() - len(arrived)
    with capsys.disabled():
        print(f"\n{count} events, {kills} kills: {repeated} came again, {count - len(arrived)} lost")
    assert set(arrived) == {event_id(event) for event in Event.objects.all()}
    assert len(arrived) == count
    # Two are under way at a time.
    assert kills // 2 <= repeated <= 2 * kills
    bodies = {(call.headers["webhook-id"], call.body) for call in receiver.received}
    assert len(bodies) == count, "the same again is the same"
    assert verified(receiver.received[-1], secret)["type"] == "close.closed"


# -- two at once --------------------------------------------------------------------------------------------


def test_two_who_are_handed_the_same_delivery_send_it_once(organization, receiver):
    webhook_to(receiver, organization)
    happen(organization, *["close.updated"] * 30)
    barrier = threading.Barrier(4)

    def send_all(pks: list[int]) -> list[State | None]:
        try:
            return [(barrier.wait(30) and None) or sending.send(pk) for pk in pks]
        finally:
            connection.close()

    pks = list(WebhookDelivery.objects.order_by("pk").values_list("pk", flat=True))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(send_all, [pks] * 4))
    arrived = Counter(call.headers["webhook-id"] for call in receiver.received)
    assert set(arrived.values()) == {1}
    assert len(arrived) == 30
    assert all(sorted(turn, key=str).count(State.DELIVERED) == 1 for turn in zip(*found, strict=True))


def test_a_claim_that_comes_second_finds_nothing_to_send(organization, receiver):
    """The first claim is not committed yet when the second one looks: PostgreSQL lets it wait, then judge anew."""
    webhook_to(receiver, organization)
    happen(organization, "close.closed")
    pk = WebhookDelivery.objects.get().pk
    second: list = []

    def claim() -> None:
        second.append(sending._claim(pk))
        connection.close()

    thread = threading.Thread(target=claim)
    with transaction.atomic():
        assert sending._claim(pk)
        thread.start()
        wait_for_a_lock()
    thread.join()
    assert second == [None]
    assert WebhookDelivery.objects.get().attempts == 1


def wait_for_a_lock() -> None:
    """Until another connection waits for one."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_a_webhook_that_is_deleted_while_something_changes_undoes_no_change(organization, receiver):
    webhook, _secret = webhook_to(receiver, organization)

    def delete() -> None:
        delete_webhook(webhook.pk)
        connection.close()

    thread = threading.Thread(target=delete)
    with atomic():
        write(organization, 1)
        thread.start()
        wait_for_a_lock()
    thread.join()
    assert Event.objects.get().entity_id == "1"
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()


def in_a_thread(act) -> tuple[threading.Thread, list]:
    """Runs; what it raises is in the list then."""
    raised: list = []

    def run() -> None:
        try:
            act()
        except Exception as error:
            raised.append(type(error))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised


@pytest.mark.parametrize("change", [lambda pk: update_webhook(pk, {"types": ["close.closed"]}), rotate_secret])
def test_a_webhook_changes_while_somebody_writes_events_to_it(organization, receiver, change):
    webhook, _secret = webhook_to(receiver, organization)
    with atomic():
        write(organization, 1)
        thread, raised = in_a_thread(lambda: change(webhook.pk))
        thread.join()
        assert raised == []
        assert Webhook.objects.get().version == 2


def test_two_who_make_the_last_webhook_at_once_make_one(organization, receiver):
    for _ in range(MOST_WEBHOOKS - 1):
        webhook_to(receiver, organization)
    with atomic():
        webhook_to(receiver, organization)
        thread, raised = in_a_thread(lambda: webhook_to(receiver, organization))
        wait_for_a_lock()
    thread.join()
    assert raised == [ValidationError]
    assert Webhook.objects.count() == MOST_WEBHOOKS


def test_what_is_sent_again_while_its_webhook_is_deleted_waits_and_finds_it_gone(organization, receiver):
    webhook, _secret = webhook_to(receiver, organization)
    happen(organization, "close.closed")
    delivery = WebhookDelivery.objects.get()
    with atomic():
        row = Webhook.objects.locked(webhook.pk)
        thread, raised = in_a_thread(lambda: replay(delivery))
        wait_for_a_lock()
        row.delete()
    thread.join()
    assert raised == [Webhook.DoesNotExist]
