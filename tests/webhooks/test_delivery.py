"""From an event to its receiver: signed, tried again with growing pauses, parked, given up [contract 60]."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from core import outbound
from core.models import WebhookDelivery
from core.webhooks import sending
from core.webhooks.envelope import envelope, event_id
from tests.receiver import Receiver, answer
from tests.webhooks.wire import at, happen, listening, only_delivery, verified, webhook_to

pytestmark = pytest.mark.django_db
State = WebhookDelivery.State
# Long before any day on which these tests run.
NOON = datetime(2024, 11, 22, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def refuse(handler) -> None:
    answer(handler, 503, b"busy")


# -- what is sent -------------------------------------------------------------------------------------------


def test_the_published_library_verifies_what_arrives(receiver, organization):
    _webhook, secret = webhook_to(receiver, organization)
    (event,) = happen(organization, "close.closed")
    assert sending.drain() == 1
    [call] = receiver.received
    assert verified(call, secret) == json.loads(call.body) == envelope(event)
    assert call.path == "/dutyboard"
    assert call.headers["webhook-id"] == event_id(event)
    assert call.headers["content-type"] == "application/json; charset=utf-8"


def test_what_was_tampered_with_or_sent_by_another_is_not_verified(receiver, organization):
    _webhook, secret = webhook_to(receiver, organization)
    _other, other_secret = webhook_to(receiver, organization, "job.created")
    happen(organization, "close.closed")
    sending.drain()
    [call] = receiver.received
    with pytest.raises(Exception, match="No matching signature"):
        verified(call, other_secret)
    call.body = call.body.replace(b"close.closed", b"close.gifted")
    with pytest.raises(Exception, match="No matching signature"):
        verified(call, secret)


def test_each_webhook_that_wants_it_gets_it_once(receiver, organization):
    for types in (["*"], ["close.closed"], ["close.closed", "*"], ["close.updated"]):
        webhook_to(receiver, organization, *types)
    happen(organization, "close.closed")
    assert sending.drain() == 3
    assert len(receiver.received) == 3
    assert sending.drain() == 0


def test_what_is_delivered_is_the_oldest_first(webhook, receiver, organization):
    events = happen(organization, *["close.updated"] * 5)
    sending.drain()
    assert [call.headers["webhook-id"] for call in receiver.received] == [event_id(event) for event in events]


# -- tried again --------------------------------------------------------------------------------------------


def test_a_failing_one_is_tried_with_growing_pauses_for_a_day_and_then_parked(webhook, receiver, organization):
    receiver.reply = refuse
    tried, moment = [], NOON
    with at(NOON):
        happen(organization, "close.closed")
    while True:
        with at(moment):
            assert sending.drain() == 1
            row = only_delivery()
        tried.append(moment)
        if row.state == State.FAILED:
            break
        # The webhook's own rest is over before the next try.
        moment = max(row.due_at, moment + sending.REST)
    pauses = [(after - before) // SECOND for before, after in pairwise(tried)]
    assert pauses[:-1] == [30, 30, 120, 600, 1800, 3600, 7200, *[14400] * 5][: len(pauses) - 1]
    assert tried[-1] == NOON + DAY
    assert (row.attempts, row.answer_status, row.answer_body) == (len(tried), 503, "busy")
    assert row.error == "The answer was 503"
    assert {call.headers["webhook-id"] for call in receiver.received} == {event_id(row.event)}
    with at(NOON + 9 * DAY):
        assert sending.drain() == 0


def test_a_try_that_succeeds_ends_it(webhook, receiver, organization):
    receiver.reply = refuse
    with at(NOON):
        happen(organization, "close.closed")
        sending.drain()
        assert sending.drain() == 0, "not before its pause is over"
        webhook.refresh_from_db()
        assert (webhook.failing_since, webhook.resting_until) == (NOON, NOON + sending.REST)
    receiver.reply = answer
    with at(NOON + sending.REST):
        assert sending.drain() == 1
    row = only_delivery()
    assert (row.state, row.attempts, row.answer_status, row.error) == ("delivered", 2, 200, "")
    webhook.refresh_from_db()
    assert (webhook.failing_since, webhook.resting_until) == (None, None)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_an_arrival(webhook, receiver, organization, status):
    receiver.reply = lambda handler: answer(handler, status, b"")
    happen(organization, "close.closed")
    sending.drain()
    assert (only_delivery().state, only_delivery().answer_status) == ("delivered", status)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 400, 401, 404, 410, 429, 500, 503])
def test_all_else_is_none_and_no_redirect_is_followed(webhook, receiver, organization, status):
    with Receiver() as inner:
        receiver.reply = lambda handler: answer(handler, status, Location=f"http://127.0.0.1:{inner.port}/secret")
        happen(organization, "close.closed")
        sending.drain()
    assert (only_delivery().state, only_delivery().answer_status) == ("queued", status)
    assert (len(receiver.received), inner.received) == (1, [])


def test_one_that_hangs_holds_up_no_other(webhook, receiver, organization, settings, monkeypatch):
    monkeypatch.setattr(outbound, "SECONDS", 0.3)
    receiver.reply = lambda handler: handler.rfile.read(1)
    with listening(settings) as healthy:
        webhook_to(healthy, organization)
        happen(organization, *["close.updated"] * 5)
        assert sending.drain() == 1 + 5, "the one that hangs is tried once, then rests"
        assert len(healthy.received) == 5
    states = webhook.deliveries.order_by("pk").values_list("state", "attempts", "error")
    assert list(states) == [("queued", 1, "hooks.test did not answer in time"), *[("queued", 0, "")] * 4]


# -- what is kept of an answer ------------------------------------------------------------------------------


def test_of_an_answer_two_thousand_characters_are_kept(webhook, receiver, organization):
    receiver.reply = lambda handler: answer(handler, 200, ("é" * 40_000).encode())
    happen(organization, "close.closed")
    sending.drain()
    assert (only_delivery().state, only_delivery().answer_body) == ("delivered", "é" * 2000)


@pytest.mark.parametrize("body", [b"a\x00b", b"\xff\xfe", b"\xed\xa0\x80"])
def test_an_answer_that_is_no_text_fails_nothing(webhook, receiver, organization, body):
    receiver.reply = lambda handler: answer(handler, 500, body)
    happen(organization, "close.closed")
    sending.drain()
    row = only_delivery()
    assert (row.state, row.answer_status) == ("queued", 500)
    assert "\x00" not in row.answer_body


def test_an_endless_answer_is_read_no_further_than_it_is_kept(webhook, receiver, organization):
    def drown(handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)

    receiver.reply = drown
    happen(organization, "close.closed")
    sending.drain()
    assert (only_delivery().state, only_delivery().answer_body) == ("delivered", "x" * 2000)


def test_no_secret_is_told_by_what_fails(organization, settings, caplog, receiver):
    _webhook, secret = webhook_to(receiver, organization)
    receiver.__exit__()
    happen(organization, "close.closed")
    sending.drain()
    receiver.__enter__()
    row = only_delivery()
    assert row.error.startswith("hooks.test cannot be reached")
    assert secret.removeprefix("whsec_") not in f"{row.error} {caplog.text}"
