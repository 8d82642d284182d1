"""A client meets no broker: the change is stored, the answer comes, the message goes out by the sweep."""

import socket

import pytest

from core import handover
from core.mail import drain
from core.models import OutboxMessage
from tests import api
from tests.factories import make_close, make_organization
from tests.scheduling.calls import create_service

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def closed_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_the_answer_is_201_and_the_mail_goes_out_after(settings, monkeypatch, closed_port, mailoutbox):
    settings.REDIS_URL = settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{closed_port}/0"
    monkeypatch.setattr(handover, "_resting_until", 0.0)
    campus = make_organization()
    close = make_close(campus)
    answer = create_service(api.program(campus), close_id=close.pk)
    assert answer.status_code == 201
    assert OutboxMessage.objects.get().state == OutboxMessage.State.QUEUED
    assert mailoutbox == []
    assert handover._resting_until > 0, "the broker was asked and did not answer"
    drain()
    assert [message.to for message in mailoutbox] == [[close.user.email]]
