"""What was sent to a webhook, to read and to send again; and another secret [contract 60]."""

from datetime import UTC, datetime, timedelta

import pytest

from core.models import Webhook, WebhookDelivery
from core.webhooks import sending, services
from core.webhooks.envelope import event_id
from tests.factories import make_organization
from tests.receiver import answer
from tests.webhooks.wire import BODY, URL, at, happen, integrator, verified, webhook_to

pytestmark = pytest.mark.django_db
State = WebhookDelivery.State
SHOWN = ["id", "eventId", "type", "state", "attempts", "dueAt", "deliveredAt", "answerStatus", "answerBody", "error"]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def caller(organization):
    return integrator(organization)


def listed(caller, webhook: Webhook, query: str = "") -> dict:
    response = caller.get(f"{URL}/{webhook.pk}/deliveries{query}")
    assert response.status_code == 200, response.content
    return response.json()


def replay(caller, pk: object):
    return caller.post(f"{URL}/deliveries/{pk}/replay")


def test_a_delivery_tells_what_came_of_it(caller, webhook, organization):
    (event,) = happen(organization, "close.closed")
    [waiting] = listed(caller, webhook)["items"]
    assert list(waiting) == SHOWN
    assert (waiting["state"], waiting["attempts"], waiting["answerStatus"]) == ("queued", 0, None)
    sending.drain()
    [item] = listed(caller, webhook)["items"]
    assert {name: item[name] for name in SHOWN if name not in ("id", "dueAt", "deliveredAt")} == {
        "eventId": event_id(event),
        "type": "close.closed",
        "state": "delivered",
        "attempts": 1,
        "answerStatus": 200,
        "answerBody": "ok",
        "error": "",
    }
    assert item["deliveredAt"].endswith("Z")


def test_they_come_in_pages_the_newest_first(caller, webhook, organization):
    happen(organization, *["close.updated"] * 5)
    first = listed(caller, webhook, "?limit=3")
    second = listed(caller, webhook, f"?limit=3&after={first['nextCursor']}")
    ids = [item["id"] for item in first["items"] + second["items"]]
    assert ids == sorted(ids, reverse=True)
    assert (len(ids), second["nextCursor"]) == (5, None)
    assert caller.get(f"{URL}/{webhook.pk}/deliveries?limit=x").status_code == 400


def test_only_the_types_that_it_wants_are_delivered(caller, receiver, organization):
    webhook, _secret = webhook_to(receiver, organization, "close.closed", "job.created")
    happen(organization, "close.closed", "close.updated", "job.created", "job.sent")
    assert [item["type"] for item in listed(caller, webhook)["items"]] == ["job.created", "close.closed"]


def test_one_that_is_off_gets_nothing_of_what_happens_meanwhile(caller, webhook, organization):
    caller.patch(f"{URL}/{webhook.pk}", {"isEnabled": False})
    happen(organization, "close.closed")
    caller.patch(f"{URL}/{webhook.pk}", {"isEnabled": True})
    assert listed(caller, webhook)["items"] == []
    happen(make_organization(), "close.closed")
    assert listed(caller, webhook)["items"] == []


# -- send again ---------------------------------------------------------------------------------------------


def test_what_arrived_is_sent_again_beside_the_first_with_the_same_id(caller, webhook, receiver, organization):
    happen(organization, "close.closed")
    sending.drain()
    [first] = listed(caller, webhook)["items"]
    response = replay(caller, first["id"])
    assert (response.status_code, response.json()["state"]) == (202, "queued")
    assert response.json()["id"] != first["id"]
    assert response.json()["eventId"] == first["eventId"]
    sending.drain()
    again, before = listed(caller, webhook)["items"]
    assert before == first
    assert (again["state"], again["attempts"]) == ("delivered", 1)
    assert [call.headers["webhook-id"] for call in receiver.received] == [first["eventId"]] * 2


def test_what_failed_is_tried_anew_for_a_day(caller, webhook, receiver, organization):
    with at(NOON):
        happen(organization, "close.closed")
        WebhookDelivery.objects.update(state=State.FAILED, attempts=12, answer_status=500, error="The answer was 500")
    with at(NOON + timedelta(days=3)):
        [failed] = listed(integrator(organization), webhook)["items"]
        response = replay(integrator(organization), failed["id"])
        assert (response.status_code, response.json()["id"]) == (202, failed["id"])
        row = WebhookDelivery.objects.get()
        assert (row.state, row.attempts, row.until) == ("queued", 0, NOON + timedelta(days=4))
        sending.drain()
        assert WebhookDelivery.objects.get().state == State.DELIVERED
    assert len(receiver.received) == 1


def test_what_rests_after_a_failure_is_sent_at_once_when_somebody_asks(caller, webhook, receiver, organization):
    receiver.reply = lambda handler: answer(handler, 503)
    happen(organization, "close.closed")
    sending.drain()
    receiver.reply = answer
    assert sending.drain() == 0
    assert replay(caller, WebhookDelivery.objects.get().pk).status_code == 202
    assert sending.drain() == 1
    assert WebhookDelivery.objects.get().state == State.DELIVERED


def test_what_waits_is_sent_once_however_often_somebody_asks(caller, webhook, receiver, organization):
    happen(organization, "close.closed")
    waiting = WebhookDelivery.objects.get().pk
    answers = [replay(caller, waiting) for _ in range(2)]
    assert [(each.status_code, each.json()["id"]) for each in answers] == [(202, waiting)] * 2
    sending.drain()
    assert len(receiver.received) == 1


def test_what_is_being_sent_is_not_sent_again(caller, webhook, organization):
    happen(organization, "close.closed")
    WebhookDelivery.objects.update(state=State.SENDING)
    response = replay(caller, WebhookDelivery.objects.get().pk)
    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert WebhookDelivery.objects.get().attempts == 0


def test_a_webhook_that_is_off_is_sent_nothing(caller, webhook, organization):
    happen(organization, "close.closed")
    caller.patch(f"{URL}/{webhook.pk}", {"isEnabled": False})
    response = replay(caller, WebhookDelivery.objects.get().pk)
    assert (response.status_code, response.json()["detail"]) == (409, "This webhook is off")


def test_who_may_send_again(webhook, organization, caller):
    happen(organization, "close.closed")
    pk = WebhookDelivery.objects.get().pk
    assert replay(integrator(make_organization()), pk).status_code == 404
    assert replay(integrator(organization, "webhooks:read"), pk).status_code == 403
    assert [replay(caller, wrong).status_code for wrong in (pk + 1, "x", "0", "9" * 30)] == [404] * 4


def test_a_request_repeated_with_its_key_sends_once(caller, webhook, receiver, organization):
    happen(organization, "close.closed")
    sending.drain()
    path = f"{URL}/deliveries/{WebhookDelivery.objects.get().pk}/replay"
    first, second = (caller.post(path, Idempotency_Key="again") for _ in range(2))
    assert first.content == second.content
    assert WebhookDelivery.objects.count() == 2


# -- another secret -----------------------------------------------------------------------------------------


def test_for_a_day_after_a_rotation_either_secret_verifies_and_then_the_new_one_alone(receiver, organization):
    with at(NOON):
        webhook, old = webhook_to(receiver, organization)
        rotated = integrator(organization).post(f"{URL}/{webhook.pk}/rotate")
        new = rotated.json()["secret"]
        assert rotated.status_code == 200
        assert rotated.json()["formerSecretUntil"] == "2026-11-23T12:00:00.000Z"
        assert new != old
    for moment in (NOON + timedelta(hours=23), NOON + services.ROTATION):
        with at(moment):
            happen(organization, "close.closed")
            sending.drain()
    with at(NOON + timedelta(hours=23)):
        during = receiver.received[0]
        assert verified(during, old) == verified(during, new)
        assert len(during.headers["webhook-signature"].split()) == 2
    with at(NOON + services.ROTATION):
        after = receiver.received[1]
        assert len(after.headers["webhook-signature"].split()) == 1
        assert verified(after, new)["type"] == "close.closed"
        with pytest.raises(Exception, match="No matching signature"):
            verified(after, old)


def test_a_second_rotation_leaves_the_two_newest(receiver, organization, caller):
    webhook, first = webhook_to(receiver, organization)
    second, third = (caller.post(f"{URL}/{webhook.pk}/rotate").json()["secret"] for _ in range(2))
    happen(organization, "close.closed")
    sending.drain()
    [call] = receiver.received
    assert verified(call, second) == verified(call, third)
    with pytest.raises(Exception, match="No matching signature"):
        verified(call, first)


def test_a_rotation_repeated_with_its_key_is_one(caller):
    pk = caller.post(URL, BODY).json()["id"]
    first, second = (caller.post(f"{URL}/{pk}/rotate", Idempotency_Key="r") for _ in range(2))
    assert first.json()["secret"] == second.json()["secret"]
    assert second["Idempotent-Replayed"] == "true"
