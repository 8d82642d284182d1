"""The doctor looks at webhooks: each illness with its remedy, and none where there is none."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from core.crypto import encrypt
from core.feed import place
from core.models import Event, Role
from core.webhooks import sending, services
from scheduling.services.closes import create_close
from tests.core.examining import examine, healthy_organization, only_finding, stand_alone
from tests.factories import make_member
from tests.receiver import Receiver
from tests.webhook_factories import make_delivery, make_event, make_webhook

pytestmark = pytest.mark.django_db
OFF = "Nothing arrived there for 5 days"


@pytest.fixture(autouse=True)
def own_var(settings, tmp_path):
    stand_alone(settings, tmp_path)


@pytest.fixture
def organization():
    return healthy_organization()


def ago(**length) -> object:
    return timezone.now() - timedelta(**length)


def test_webhooks_in_good_health(organization):
    make_delivery(make_webhook(organization), state="delivered")
    make_delivery(make_webhook(organization, is_enabled=False), state="cancelled")
    assert examine() == (0, [])


def test_one_that_just_failed_is_no_illness(organization):
    make_webhook(organization, failing_since=ago(minutes=20), resting_until=timezone.now())
    assert examine() == (0, [])


def test_one_that_has_been_failing(organization):
    webhook = make_webhook(organization, failing_since=ago(hours=2))
    assert f"nothing arrives at a webhook (id {webhook.pk})" in only_finding("webhooks", "warning")["what"]


def test_one_that_was_switched_off(organization):
    make_webhook(organization, is_enabled=False, off_reason=OFF)
    assert "switched off" in only_finding("webhooks", "warning")["what"]


def test_deliveries_that_failed_for_good(organization):
    webhook = make_webhook(organization)
    for _ in range(2):
        make_delivery(webhook, state="failed")
    assert only_finding("webhooks", "warning")["what"].startswith("2 × a delivery failed for good")


def test_a_delivery_that_nobody_makes(organization):
    make_delivery(make_webhook(organization), due_at=ago(minutes=40))
    finding = only_finding("webhooks", "error")
    assert finding["what"] == "a delivery to a webhook has been due for 40 min"
    assert "“webhooks”" in finding["mend"]


def test_a_delivery_that_a_dead_worker_holds(organization):
    held = {"state": "sending", "lease_until": ago(minutes=38), "due_at": ago(minutes=40)}
    make_delivery(make_webhook(organization), **held)
    only_finding("webhooks", "error")


def test_deliveries_that_wait_behind_a_failing_one_are_made_in_their_turn(organization):
    resting = {"failing_since": ago(minutes=50), "resting_until": ago(seconds=3)}
    make_delivery(make_webhook(organization, **resting), due_at=ago(minutes=40))
    assert examine() == (0, [])


def test_a_failing_one_that_nobody_tries_any_more(organization):
    stale = {"failing_since": ago(minutes=50), "resting_until": ago(minutes=45)}
    make_delivery(make_webhook(organization, **stale), due_at=ago(minutes=44))
    only_finding("webhooks", "error")


def test_a_secret_whose_key_was_lost_is_told_and_another_secret_mends_it(organization, settings):
    with Receiver() as server:
        settings.OUTBOUND_PRIVATE_HOSTS = ["127.0.0.1"]
        webhook = make_webhook(organization, f"http://127.0.0.1:{server.port}/", secret=encrypt(b"k" * 32))
        assert examine() == (0, [])
        settings.ENCRYPTION_KEYS = ["another key"]
        assert f"(id {webhook.pk})" in only_finding("webhook_secrets", "error")["what"]
        services.rotate_secret(webhook.pk)
        assert examine() == (0, [])
        delivery = make_delivery(webhook)
        assert sending.send(delivery.pk) == "delivered"
        assert len(server.received) == 1


# -- the feed -------------------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_stays_open_holds_the_feed_until_it_ends(organization):
    begun, ended = threading.Event(), threading.Event()
    writer = threading.Thread(target=_stay_open, args=(organization, begun, ended))
    writer.start()
    begun.wait(20)
    try:
        closing(organization)
        Event.objects.update(created_at=ago(minutes=50))
        place(organization)
        assert "stood still for 50 min" in only_finding("events", "warning")["what"]
    finally:
        ended.set()
        writer.join(20)
    place(organization)
    assert examine() == (0, [])


def closing(organization) -> None:
    staff = make_member(organization, Role.BASIC_STAFF)
    values = {"user": make_member(organization), "closer": staff, "kind": "other", "reason": "Noise"}
    create_close(organization, values, [])


def _stay_open(organization, begun: threading.Event, ended: threading.Event) -> None:
    try:
        with transaction.atomic():
            make_event(organization)
            begun.set()
            ended.wait(20)
            transaction.set_rollback(True)
    finally:
        connections.close_all()
