"""The demo's webhook: there to be looked at, and calls nobody."""

import pytest

from core import outbound
from core.models import Event, Webhook
from core.webhooks import sending
from tests.core.commands import answer
from tests.core.examining import examine, stand_alone

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(settings, tmp_path):
    """The seeded organization."""
    stand_alone(settings, tmp_path)
    return {"organization": answer("seed_demo")["organization"]}


def test_it_is_shown_with_deliveries_and_calls_nobody(here, monkeypatch):
    called = []
    monkeypatch.setattr(outbound, "post_json", lambda *about, **more: called.append(about))
    webhook = Webhook.objects.get(**here)
    assert webhook.is_enabled is False
    assert set(webhook.deliveries.values_list("state", flat=True)) == {"delivered", "failed", "cancelled"}
    assert Event.objects.filter(**here).exists()
    assert (sending.drain(), called) == (0, [])


def test_the_doctor_has_nothing_to_say_of_it(here):
    about = ("webhooks", "webhook_secrets", "events")
    assert [finding for finding in examine()[1] if finding["check"] in about] == []


def test_a_delivery_failed_after_a_day_of_tries_and_the_feed_goes_on_in_time(here):
    failed = Webhook.objects.get(**here).deliveries.get(state="failed")
    assert failed.until > failed.created_at == failed.event.created_at
    moments = list(Event.objects.filter(**here).order_by("pk").values_list("created_at", flat=True))
    assert moments == sorted(moments)
