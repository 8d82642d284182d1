"""Idempotency-Key on a POST: done once, answered again for a day [contract 00]."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections

from core.api import idempotency
from core.models import Application, IdempotencyKey, OutboxMessage
from scheduling.models import CommunityService
from tests import api
from tests.api import Caller
from tests.factories import make_client, make_close, make_community_service, make_organization, make_token

URL = "/v2/community_services"
BODY = {"community_service": {"duration": 7200}}


@pytest.fixture
def organization(db):
    return make_organization()


@pytest.fixture
def staff(organization):
    return api.program(organization)


@pytest.mark.parametrize("key", ["8e03978e-40d5-43dd-bc93-6894a57f9324", "!" * 255, "~"])
def test_the_second_request_gets_the_first_answer_and_does_nothing(staff, key):
    first = staff.post(URL, BODY, Idempotency_Key=key)
    second = staff.post(URL, BODY, Idempotency_Key=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    for name in ("ETag", "Location", "Content-Type"):
        assert first[name] == second[name]
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert CommunityService.objects.count() == 1


def test_the_student_is_told_once(staff, organization):
    close = make_close(organization)
    for _ in range(3):
        staff.post(URL, {"community_service": {"duration": 60, "close_id": close.pk}}, Idempotency_Key="k")
    assert OutboxMessage.objects.count() == 1


def test_the_replay_is_what_was_answered_then_whatever_became_of_the_row(staff):
    first = staff.post(URL, BODY, Idempotency_Key="k")
    CommunityService.objects.update(duration=1)
    assert staff.post(URL, BODY, Idempotency_Key="k").json() == first.json()


def test_without_a_key_each_request_does_its_work(staff):
    assert staff.post(URL, BODY).json()["id"] != staff.post(URL, BODY).json()["id"]
    assert IdempotencyKey.objects.count() == 0


def test_the_same_key_with_another_body_is_refused(staff):
    staff.post(URL, BODY, Idempotency_Key="k")
    response = staff.post(URL, {"community_service": {"duration": 60}}, Idempotency_Key="k")
    assert (response.status_code, response.json()["error"]) == (422, "Unprocessable Entity")
    assert CommunityService.objects.count() == 1


def test_the_body_is_compared_byte_by_byte(staff):
    """The contract binds a key to the SHA-256 of the body, not to what the body means."""
    headers = {"Idempotency-Key": "k", "Authorization": f"Bearer {staff.token}"}
    answers = [
        staff.client.generic("POST", URL, body, "application/json", headers=headers).status_code
        for body in ('{"community_service":{"duration":60}}', '{"community_service": {"duration": 60}}')
    ]
    assert answers == [201, 422]
    assert CommunityService.objects.count() == 1


def test_an_answer_that_came_between_look_up_and_lock_stands(staff, monkeypatch):
    first = staff.post(URL, BODY, Idempotency_Key="k")
    with monkeypatch.context() as patched:
        patched.setattr(idempotency, "_enter", lambda fingerprint: (None, True))
        second = staff.post(URL, BODY, Idempotency_Key="k")
    assert (second.status_code, second["Retry-After"]) == (409, "1")
    assert CommunityService.objects.count() == 1
    assert staff.post(URL, BODY, Idempotency_Key="k").json() == first.json()


def test_the_same_key_with_other_fields_in_the_query_is_refused(staff):
    """The query holds the fields where a client sends them there [seed], so it counts as the body does."""
    assert staff.post(f"{URL}?community_service[duration]=7200", Idempotency_Key="k").status_code == 201
    assert staff.post(f"{URL}?community_service[duration]=7200", Idempotency_Key="k").status_code == 201
    refused = staff.post(f"{URL}?community_service[duration]=60", Idempotency_Key="k")
    assert (refused.status_code, refused.json()["message"]) == (
        422,
        "This Idempotency-Key was used with another request",
    )
    assert CommunityService.objects.count() == 1


def test_a_refusal_is_not_kept_and_the_retry_is_judged_afresh(staff):
    assert staff.post(URL, {"community_service": {"duration": 0}}, Idempotency_Key="k").status_code == 422
    assert IdempotencyKey.objects.count() == 0
    assert staff.post(URL, BODY, Idempotency_Key="k").status_code == 201


def test_a_key_is_bound_to_its_credential(organization, staff):
    other = api.program(organization)
    assert staff.post(URL, BODY, Idempotency_Key="k").json() != other.post(URL, BODY, Idempotency_Key="k").json()


def test_a_key_is_bound_to_its_path(staff, organization):
    close = make_close(organization)
    body = {"close": {"user_id": close.user_id, "closer_id": close.closer_id, "kind": "other", "reason": "x"}}
    first = staff.post("/v2/closes", body, Idempotency_Key="k")
    second = staff.post(f"/v2/users/{close.user_id}/closes", body, Idempotency_Key="k")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


def test_a_key_is_bound_to_its_organization(organization):
    second = make_organization()
    caller = Caller(make_token(make_client(organization, second)))
    for one in (organization, second):
        response = caller.post(URL, BODY, Idempotency_Key="k", X_Organization_Id=str(one.pk))
        assert response.status_code == 201
        assert "Idempotent-Replayed" not in response


def test_after_a_day_the_key_is_new(staff):
    first = staff.post(URL, BODY, Idempotency_Key="k").json()
    row = IdempotencyKey.objects.get()
    IdempotencyKey.objects.update(created_at=row.created_at - timedelta(hours=23, minutes=59))
    assert staff.post(URL, BODY, Idempotency_Key="k").json() == first
    IdempotencyKey.objects.update(created_at=row.created_at - timedelta(hours=24, seconds=1))
    assert staff.post(URL, BODY, Idempotency_Key="k").json() != first


@pytest.mark.parametrize("key", ["", " ", "a b", "a\tb", "é", "x" * 256])
def test_a_key_that_is_no_visible_ascii_is_refused(staff, key):
    response = staff.post(URL, BODY, Idempotency_Key=key)
    assert (response.status_code, response.json()["error"]) == (400, "Bad Request")
    assert CommunityService.objects.count() == 0


def test_other_methods_pass_the_key_over(staff, organization):
    service = make_community_service(make_close(organization))
    for duration in (60, 120):
        body = {"community_service": {"duration": duration}}
        assert staff.patch(f"{URL}/{service.pk}", body, Idempotency_Key="k").status_code == 204
    service.refresh_from_db()
    assert service.duration == 120
    assert IdempotencyKey.objects.count() == 0


def test_the_stored_answer_is_encrypted_and_the_key_hashed(staff):
    body = {"community_service": {"duration": 7200, "occupation": "Regarder Shrek"}}
    staff.post(URL, body, Idempotency_Key="a-key-to-look-for")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {IdempotencyKey._meta.db_table}")
        stored = b"".join(bytes(value) for value in cursor.fetchone() if isinstance(value, bytes | memoryview))
    for secret in (b"Shrek", b"a-key-to-look-for", b"duration"):
        assert secret not in stored


def test_a_caller_who_lost_his_access_gets_no_replay(staff):
    staff.post(URL, BODY, Idempotency_Key="k")
    Application.objects.update(roles=[])
    assert staff.post(URL, BODY, Idempotency_Key="k").status_code == 403


def post_at_once(token: str, count: int) -> list:
    """The answers to the same request, sent by that many threads at one moment."""
    start = threading.Barrier(count)

    def post(_):
        start.wait()
        try:
            return Caller(token).post(URL, BODY, Idempotency_Key="k")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(post, range(count)))


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_does_the_work(transactional_db):
    token = make_token(make_client(make_organization()))
    answers = post_at_once(token, 8)
    assert CommunityService.objects.count() == 1
    done = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert len(done) + len(waiting) == len(answers)
    assert len({answer.content for answer in done}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in done) == 1
    assert all(answer["Retry-After"] == "1" for answer in waiting)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_while_the_first_still_runs_the_second_is_told_to_come_again(transactional_db, monkeypatch):
    token = make_token(make_client(make_organization()))
    running, go_on = threading.Event(), threading.Event()
    keep = idempotency._keep

    def slow_keep(*arguments):
        running.set()
        assert go_on.wait(20)
        return keep(*arguments)

    monkeypatch.setattr(idempotency, "_keep", slow_keep)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(post_at_once, token, 1)
        assert running.wait(20)
        second = Caller(token).post(URL, BODY, Idempotency_Key="k")
        go_on.set()
        assert first.result()[0].status_code == 201
    assert (second.status_code, second["Retry-After"]) == (409, "1")
    assert second.json()["error"] == "Conflict"
