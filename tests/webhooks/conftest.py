"""An organization, a receiver that listens, and a webhook that leads there."""

import pytest

from core.models import Webhook
from tests.factories import make_organization
from tests.webhooks.wire import listening, webhook_to


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def receiver(settings):
    with listening(settings) as server:
        yield server


@pytest.fixture
def webhook(receiver, organization) -> Webhook:
    return webhook_to(receiver, organization)[0]
