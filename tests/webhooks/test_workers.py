"""Who delivers: the embedded thread of an installation without a broker, or Celery's workers; neither is waited for."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import embedded, handover
from core.models import Event, WebhookDelivery
from core.webhooks import deliveries, sending
from core.webhooks.envelope import event_id
from core.webhooks.services import create_webhook
from tests.factories import make_organization
from tests.receiver import Receiver
from tests.scripts import run_script
from tests.servers import database_env
from tests.webhooks.wire import happen, integrator, listening, webhook_to
from tests.workers import ROOT, celery

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "127.0.0.1"
SERVE = "import config.wsgi, time; print('up', flush=True); time.sleep(120)"


@pytest.fixture
def organization(settings):
    settings.OUTBOUND_PRIVATE_HOSTS = [HERE]
    return make_organization()


@pytest.fixture
def receiver():
    with Receiver() as server:
        yield server


@pytest.fixture
def webhook(receiver, organization):
    return create_webhook(organization, {"url": f"http://{HERE}:{receiver.port}/", "types": ["*"]})[0]


def wait_until_arrived(receiver: Receiver, ids: list[str], seconds: float = 90) -> None:
    """And no more: each once."""
    end = time.monotonic() + seconds
    while WebhookDelivery.objects.exclude(state="delivered").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert sorted(call.headers["webhook-id"] for call in receiver.received) == sorted(ids)


def ids_of(events: list[Event]) -> list[str]:
    return [event_id(event) for event in events]


def server_process(var: Path) -> subprocess.Popen:
    """A process that loads the WSGI application as any server does, without a broker."""
    environment = database_env() | {"DUTYBOARD_VAR": str(var), "OUTBOUND_PRIVATE_HOSTS": HERE}
    environment.pop("REDIS_URL", None)
    process = subprocess.Popen([sys.executable, "-c", SERVE], cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"up\n"
    return process


def test_the_embedded_thread_delivers_what_other_processes_wrote(webhook, receiver, organization, tmp_path):
    before = happen(organization, *["close.updated"] * 3)
    server = server_process(tmp_path)
    try:
        after = happen(organization, "close.closed", "close.unclosed")
        wait_until_arrived(receiver, ids_of([*before, *after]))
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def test_without_a_broker_the_thread_is_woken_once_the_change_is_committed(webhook, organization, settings):
    settings.REDIS_URL = ""
    deliveries.wake.clear()
    happen(organization, "close.closed")
    assert deliveries.wake.is_set()
    deliveries.wake.clear()


def test_a_round_of_the_embedded_worker_delivers_what_is_due(webhook, receiver, organization, tmp_path):
    part = next(part for part in embedded._parts if part.name == "webhooks")
    worker = embedded.Worker(part, embedded.Lock(tmp_path / "lock"))
    [event] = happen(organization, "close.closed")
    try:
        worker.round()
    finally:
        worker.lock.file.close()
    assert [call.headers["webhook-id"] for call in receiver.received] == [event_id(event)]


@pytest.mark.redis
def test_a_worker_of_the_queue_of_webhooks_delivers(webhook, receiver, organization):
    events = happen(organization, *["close.updated"] * 5)
    words = ("worker", "-Q", "webhooks", "--concurrency", "1", "--loglevel", "ERROR")
    with celery(*words, OUTBOUND_PRIVATE_HOSTS=HERE):
        wait_until_arrived(receiver, ids_of(events))


@pytest.mark.redis
def test_a_sweep_delivers_what_the_broker_forgot(webhook, receiver, organization, monkeypatch):
    monkeypatch.setattr(handover, "hand_over", lambda *arguments, **options: False)
    events = happen(organization, *["close.updated"] * 3)
    sweep = current_app.conf.beat_schedule["sweep-webhooks"]
    current_app.send_task(sweep["task"], **sweep["options"] | {"expires": 120})
    words = ("worker", "-Q", "webhooks", "--concurrency", "1", "--loglevel", "ERROR")
    with celery(*words, OUTBOUND_PRIVATE_HOSTS=HERE):
        wait_until_arrived(receiver, ids_of(events))


def test_a_broker_that_is_away_fails_no_change_and_loses_nothing(
    webhook, receiver, organization, settings, monkeypatch
):
    monkeypatch.setattr(handover, "_resting_until", 0.0)
    settings.REDIS_URL = settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    events = happen(organization, *["close.updated"] * 3)
    assert [row.state for row in WebhookDelivery.objects.all()] == ["queued"] * 3
    assert sending.drain() == 3
    wait_until_arrived(receiver, ids_of(events), 0)


def test_the_service_task_tries_what_is_due_in_its_own_organization(webhook, receiver, organization, settings):
    elsewhere = make_organization()
    with listening(settings) as other:
        webhook_to(other, elsewhere)
        settings.OUTBOUND_PRIVATE_HOSTS = [HERE]
        happen(elsewhere, "close.closed")
        events = happen(organization, "close.closed")
        assert run_script("retry_webhooks", organization) == {"tried": 1}
        assert other.received == []
    assert [call.headers["webhook-id"] for call in receiver.received] == ids_of(events)


# -- what it costs ------------------------------------------------------------------------------------------


@pytest.mark.postgres
def test_a_change_costs_one_statement_more_for_its_event_however_many_webhooks_want_it(organization):
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            happen(organization, "close.closed")
        counts.append(sum("core_event" in query["sql"] for query in queries))
        create_webhook(organization, {"url": "https://hooks.example.org/", "types": ["*"]})
    # The helper itself reads its event back.
    assert [number - 1 for number in counts] == [1, 1, 1]


def test_reading_the_feed_costs_the_same_whatever_it_holds(organization):
    caller, costs = integrator(organization), set()
    for number in (1, 30, 200):
        happen(organization, *["close.updated"] * number)
        caller.get("/api/events?limit=1000")
        with CaptureQueriesContext(connection) as queries:
            response = caller.get("/api/events?limit=1000")
        costs.add(len(queries))
    assert len(response.json()["items"]) == 231
    assert len(costs) == 1
    assert costs.pop() <= 7


@pytest.mark.postgres
def test_a_page_of_the_feed_is_read_by_its_index(organization):
    happen(organization, "close.closed")
    Event.objects.bulk_create(
        Event(organization=organization, kind="close.updated", entity_id="1", position=number)
        for number in range(2, 3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE core_event")
    rows = Event.objects.filter(organization=organization, position__gt=2500, kind__in=["close.updated"])
    assert "one_event_at_a_position" in rows.order_by("position")[:100].explain()
    waiting = Event.objects.filter(organization=organization, position=None).order_by("transaction", "id")
    assert "event_to_be_placed" in waiting.explain()
