"""Idempotency-Key on every POST: done once, answered again, and refusals are not kept [contract 00]."""

from dataclasses import replace

import pytest

from core.models import IdempotencyKey
from tests.api import Caller
from tests.everywhere.operations import NO_KEY, POSTS, TABLE
from tests.everywhere.spoiling import with_bad_fields
from tests.factories import CLIENT_SECRET, make_client, make_organization
from tests.scheduling.test_malformed import count_rows

IGNORING = [one for one in TABLE if one.route in NO_KEY and one.method == "POST"]
KEPT = ("ETag", "Location", "Content-Type", "Content-Language")
NO_KEYS = ["", " ", "a b", "é", "x" * 256]


@pytest.mark.parametrize("operation", POSTS, ids=str)
def test_a_post_is_done_once_and_answered_again(scene, operation):
    found = scene(operation)
    asked = found.good.having(Idempotency_Key="!" * 255)
    first = asked.send()
    assert 200 <= first.status_code < 300, first.content
    assert "Idempotent-Replayed" not in first
    written = count_rows()
    second = asked.send()
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert {name: second.get(name) for name in KEPT} == {name: first.get(name) for name in KEPT}
    assert second["Idempotent-Replayed"] == "true"
    other = replace(asked, body=asked.body + b" ").send()
    assert found.complaint(other, 422) == ""
    assert (count_rows(), IdempotencyKey.objects.count()) == (written, 1)


@pytest.mark.parametrize("operation", POSTS, ids=str)
def test_a_refusal_is_not_kept_and_the_next_is_judged_afresh(scene, operation):
    found = scene(operation)
    before = count_rows()
    bad = with_bad_fields(found.good) if found.good.body else replace(found.good, path=found.nowhere)
    response = bad.having(Idempotency_Key="k").send()
    assert found.complaint(response, 400, 404, 422) == ""
    assert count_rows() == before
    done = found.good.having(Idempotency_Key="k").send()
    assert 200 <= done.status_code < 300, done.content
    assert "Idempotent-Replayed" not in done


@pytest.mark.parametrize("operation", POSTS, ids=str)
def test_a_key_that_is_no_visible_ascii_is_refused(scene, operation):
    found = scene(operation)
    before = count_rows()
    answers = {key: found.good.having(Idempotency_Key=key).send() for key in NO_KEYS}
    assert {key: found.complaint(answer, 400) for key, answer in answers.items()} == dict.fromkeys(NO_KEYS, "")
    assert count_rows() == before


@pytest.mark.parametrize("operation", IGNORING, ids=str)
def test_a_key_is_passed_over_where_nothing_is_kept(scene, operation):
    found = scene(operation)
    for key in ("k", "k", "a b"):
        response = found.good.having(Idempotency_Key=key).send()
        assert 200 <= response.status_code < 300, response.content
        assert "Idempotent-Replayed" not in response
    assert IdempotencyKey.objects.count() == 0


@pytest.mark.parametrize("path", ["/oauth/token", "/auth/tokens", "/oauth/revoke", "/oauth/introspect"])
def test_a_key_is_passed_over_by_the_endpoints_of_oauth(db, path):
    client = make_client(make_organization())
    body = {"client_id": client.client_id, "client_secret": CLIENT_SECRET, "token": "x"}
    for key in ("k", "k", "a b"):
        response = Caller().post(path, {"grant_type": "client_credentials", **body}, Idempotency_Key=key)
        assert (response.status_code, "Idempotent-Replayed" in response) == (200, False), response.content
    assert IdempotencyKey.objects.count() == 0
