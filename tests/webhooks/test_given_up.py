"""When a webhook is given up, switched off or taken away; and when its worker dies [contract 60]."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as django_mail
from django.utils import timezone

from core import mail
from core.models import Event, OutboxMessage, Role, Webhook, WebhookDelivery
from core.webhooks import sending
from core.webhooks.services import delete_webhook, update_webhook
from tests.factories import make_member
from tests.receiver import answer
from tests.webhooks.wire import at, happen, integrator, only_delivery, verified, webhook_to

pytestmark = pytest.mark.django_db
State = WebhookDelivery.State
# Long before any day on which these tests run.
NOON = datetime(2024, 11, 22, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def refuse(handler) -> None:
    answer(handler, 503, b"busy")


def fail_on_each_of(days: int, organization) -> None:
    for day in range(days):
        with at(NOON + day * DAY):
            happen(organization, "close.closed")
            sending.drain()


def test_after_five_days_of_failures_it_is_switched_off_and_its_keepers_are_told(webhook, receiver, organization):
    keeper = make_member(organization, Role.ADMINISTRATOR, "keeper")
    make_member(organization, Role.ADVANCED_STAFF)
    receiver.reply = refuse
    fail_on_each_of(5, organization)
    webhook.refresh_from_db()
    assert (webhook.is_enabled, webhook.failing_since) == (True, NOON)
    with at(NOON + 5 * DAY):
        sending.drain()
        webhook.refresh_from_db()
        assert (webhook.is_enabled, webhook.off_reason) == (False, "Nothing arrived there for 5 days")
        assert webhook.history.order_by("-history_id").first().is_enabled is False
        [message] = OutboxMessage.objects.all()
        assert (message.kind, message.address) == ("webhook_switched_off", keeper.email)
        mail.drain()
        [told] = django_mail.outbox
        assert "hooks.test" in told.subject + told.body
        assert f"/admin/core/webhook/{webhook.pk}/change/" in told.body
    calls = len(receiver.received)
    with at(NOON + 6 * DAY):
        sending.drain()
        assert set(WebhookDelivery.objects.values_list("state", flat=True)) <= {"cancelled", "failed"}
    assert len(receiver.received) == calls


def test_one_arrival_within_the_five_days_counts_from_anew(webhook, receiver, organization):
    receiver.reply = refuse
    fail_on_each_of(3, organization)
    receiver.reply = answer
    with at(NOON + 3 * DAY):
        sending.drain()
    receiver.reply = refuse
    for day in (4, 5, 6, 8):
        with at(NOON + day * DAY):
            happen(organization, "close.closed")
            sending.drain()
    webhook.refresh_from_db()
    assert (webhook.is_enabled, webhook.failing_since) == (True, NOON + 4 * DAY)
    assert not OutboxMessage.objects.exists()


def test_days_on_which_nothing_was_tried_do_not_count(webhook, receiver, organization):
    receiver.reply = refuse
    fail_on_each_of(2, organization)
    with at(NOON + 9 * DAY):
        happen(organization, "close.closed")
        sending.drain()
        webhook.refresh_from_db()
        assert (webhook.is_enabled, webhook.failing_since) == (True, NOON + 9 * DAY)


def test_switched_on_again_it_starts_afresh_and_nobody_is_told_that_it_is_off(webhook, receiver, organization):
    make_member(organization, Role.ADVANCED_STAFF)
    receiver.reply = refuse
    fail_on_each_of(6, organization)
    with at(NOON + 6 * DAY):
        caller = integrator(organization)
        assert caller.get(f"/api/webhooks/{webhook.pk}").json()["offReason"] == "Nothing arrived there for 5 days"
        again = caller.patch(f"/api/webhooks/{webhook.pk}", {"isEnabled": True}).json()
        assert (again["isEnabled"], again["offReason"], again["failingSince"]) == (True, "", None)
        mail.drain()
        assert django_mail.outbox == []
        happen(organization, "close.closed")
        sending.drain()
        webhook.refresh_from_db()
        assert (webhook.is_enabled, webhook.failing_since) == (True, NOON + 6 * DAY)


def test_what_waits_for_one_that_was_switched_off_is_cancelled(webhook, receiver, organization):
    happen(organization, "close.closed")
    update_webhook(webhook.pk, {"is_enabled": False})
    sending.drain()
    assert (only_delivery().state, receiver.received) == ("cancelled", [])


def test_what_waits_in_an_organization_that_is_inactive_is_cancelled(webhook, receiver, organization):
    happen(organization, "close.closed")
    organization.is_active = False
    organization.save()
    sending.drain()
    assert (only_delivery().state, receiver.received) == ("cancelled", [])


def test_a_webhook_that_is_deleted_takes_what_waits_with_it_and_leaves_the_events(webhook, receiver, organization):
    happen(organization, "close.closed")
    delete_webhook(webhook.pk)
    assert sending.drain() == 0
    assert (WebhookDelivery.objects.count(), Event.objects.count()) == (0, 1)


def test_a_secret_that_cannot_be_read_fails_its_own_delivery_alone(webhook, receiver, organization, caplog):
    _other, secret = webhook_to(receiver, organization)
    Webhook.objects.filter(pk=webhook.pk).update(secret=b"of another ENCRYPTION_KEY")
    happen(organization, "close.closed")
    assert sending.drain() == 2
    [call] = receiver.received
    assert verified(call, secret)["type"] == "close.closed"
    assert webhook.deliveries.get().state == "queued"
    assert webhook.deliveries.get().error


def test_a_worker_that_died_is_followed_by_another_once_its_lease_is_over(webhook, receiver, organization):
    happen(organization, "close.closed")
    soon = timezone.now() + timedelta(minutes=1)
    WebhookDelivery.objects.update(state=State.SENDING, attempts=1, lease_until=soon)
    assert sending.drain() == 0
    WebhookDelivery.objects.update(lease_until=timezone.now() - SECOND)
    assert sending.drain() == 1
    assert (only_delivery().state, only_delivery().attempts) == ("delivered", 2)


def test_what_outlived_its_lease_says_nothing_of_the_try_that_followed(webhook, receiver, organization):
    """The second try is under way elsewhere when the first one gets its answer."""
    elsewhere = {"attempts": 2, "lease_until": timezone.now() + DAY}
    happen(organization, "close.closed")
    delivery = sending._claim(only_delivery().pk)
    WebhookDelivery.objects.update(**elsewhere)
    assert sending._failed(delivery, "late", 500, "") is None
    assert {name: getattr(only_delivery(), name) for name in elsewhere} == elsewhere
    assert only_delivery().state == "sending"
