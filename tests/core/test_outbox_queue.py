"""Queued with the change, gone with the change, handed over after it."""

import socket
import time

import pytest
from celery import current_app
from django.db import transaction

from core import handover, mail
from core.mail.handover import wake
from core.models import OutboxMessage
from tests.factories import make_organization, make_person
from tests.notes import a_note
from tests.smtp import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def rested(monkeypatch):
    """No failure of an earlier test keeps this one from publishing."""
    monkeypatch.setattr(handover, "_resting_until", 0.0)


@pytest.fixture
def black_hole():
    """The address of something that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def published() -> int:
    with current_app.connection_for_read() as connection:
        return connection.default_channel.client.llen(current_app.conf.task_default_queue)


def test_one_row_for_one_message(organization):
    person = make_person(language="fr")
    with transaction.atomic():
        mail.queue_email(
            kind="test_note",
            organization=organization,
            recipient=person,
            address=person.email,
            language=person.language,
            entity=organization,
            params={"number": 7},
        )
    row = OutboxMessage.objects.get()
    assert (row.state, row.attempts, row.language, row.params) == ("queued", 0, "fr", {"number": 7})
    assert (row.entity, row.entity_id, row.recipient) == ("core.organization", organization.pk, person)


def test_none_for_a_rolled_back_change(organization, monkeypatch):
    handed_over = []
    monkeypatch.setattr("core.mail.queue.hand_over", handed_over.append)
    with pytest.raises(ZeroDivisionError):
        queue_and_fail(organization)
    assert not OutboxMessage.objects.exists()
    assert handed_over == []


@transaction.atomic
def queue_and_fail(organization):
    a_note(organization)
    raise ZeroDivisionError


def test_refused_outside_a_transaction(organization):
    with pytest.raises(transaction.TransactionManagementError):
        mail.queue_email(
            kind="test_note",
            organization=organization,
            recipient=None,
            address="a@example.org",
            language="en",
            entity=organization,
        )
    assert not OutboxMessage.objects.exists()


@pytest.mark.redis
def test_the_broker_is_told_the_id_after_the_commit(organization, rested):
    before = published()
    with transaction.atomic():
        a_note(organization)
        assert published() == before
    assert published() == before + 1


def test_without_a_broker_the_thread_is_woken(organization, settings):
    settings.REDIS_URL = ""
    wake.clear()
    a_note(organization)
    assert wake.is_set()


def test_a_closed_broker_costs_the_request_nothing(organization, settings, rested):
    assert seconds_to_queue_20(organization, settings, f"redis://127.0.0.1:{free_port()}/0") < 1
    assert mail.drain().sent == 20


def test_a_broker_that_never_answers_costs_the_request_little(organization, settings, rested, black_hole):
    assert seconds_to_queue_20(organization, settings, black_hole) < 1
    assert mail.drain().sent == 20


def seconds_to_queue_20(organization, settings, broker: str) -> float:
    settings.REDIS_URL = settings.CELERY_BROKER_URL = broker
    start = time.monotonic()
    for _ in range(20):
        a_note(organization)
    return time.monotonic() - start


@pytest.mark.redis
def test_publishing_starts_again_after_a_rest(organization, settings, rested, monkeypatch):
    broker = settings.CELERY_BROKER_URL
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    a_note(organization)
    settings.CELERY_BROKER_URL = broker
    before = published()
    a_note(organization)
    assert published() == before, "it rests"
    monkeypatch.setattr(handover, "_resting_until", time.monotonic())
    a_note(organization)
    assert published() == before + 1
