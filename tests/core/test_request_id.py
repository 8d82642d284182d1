"""One request, one id: on every response, in every log line, in the body of every 5xx [contract 00]."""

import re

import pytest
from django.db import OperationalError

from core.links import sign_link
from scheduling.emails import CLOSE_LINK, LINK_LIFETIME, SERVICE_LINK
from tests import api
from tests.api import Caller
from tests.factories import make_close, make_community_service, make_organization

pytestmark = pytest.mark.django_db
MADE = re.compile(r"[0-9a-f]{32}")
PATHS = ["/livez", "/v2/closes", "/v2/nope", "/nope", "/admin/", "/student/services/x", "/oauth/token", "/api/nope"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("given", ["abc-DEF_1.2", "x", "a" * 64])
def test_a_sane_id_is_taken_over(path, given):
    assert Caller().get(path, X_Request_Id=given)["X-Request-Id"] == given


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("given", ["", "a" * 65, "a b", "é", "a\nb", "<script>", "a/b"])
def test_any_other_id_is_replaced_by_a_new_one(path, given):
    assert MADE.fullmatch(Caller().get(path, X_Request_Id=given)["X-Request-Id"])


def test_without_an_id_each_request_gets_its_own():
    assert Caller().get("/livez")["X-Request-Id"] != Caller().get("/livez")["X-Request-Id"]


def test_the_line_in_the_log_carries_the_id(log):
    api.program(make_organization()).get("/v2/closes?x=1", X_Request_Id="look-for-me")
    (line,) = [line for line in log.getvalue().splitlines() if "look-for-me" in line]
    assert "GET /v2/closes 200" in line


def test_a_signed_link_is_never_in_the_log(log):
    close = make_close(make_organization())
    service = make_community_service(close)
    tokens = {
        "services": sign_link(SERVICE_LINK, service.pk, service.link_version, LINK_LIFETIME),
        "closes": sign_link(CLOSE_LINK, close.pk, close.user_id, LINK_LIFETIME),
    }
    for page, token in tokens.items():
        assert Caller().get(f"/student/{page}/{token}").status_code == 200
        assert f"/student/{page}/" in log.getvalue()
        assert token not in log.getvalue()
        assert token[:12] not in log.getvalue()


@pytest.mark.parametrize("sent", ["%0A", "%0D", "%1B[2K", "%C2%85", "%E2%80%A8"])
def test_a_path_cannot_begin_a_line_of_its_own_in_the_log(log, sent):
    Caller().get(f"/v2/closes{sent}2026-01-01 INFO forged", X_Request_Id="look-for-me")
    (line,) = [line for line in log.getvalue().splitlines() if "forged" in line]
    assert "look-for-me" in line
    assert line.isprintable()


@pytest.fixture
def failing(monkeypatch):
    """The list of closes fails with this error."""

    def fail_with(error: Exception):
        def fail(*args, **kwargs):
            raise error

        monkeypatch.setattr("scheduling.api.community.views.Closes.page_response", fail)
        return api.program(make_organization())

    return fail_with


def test_an_unforeseen_failure_is_a_500_that_tells_the_id_and_nothing_else(failing, log):
    response = failing(RuntimeError("secret words")).get("/v2/closes", X_Request_Id="look-for-me")
    assert response.status_code == 500
    assert response.json() == {
        "error": "Internal Server Error",
        "message": "Something went wrong on our side",
        "request_id": "look-for-me",
    }
    assert "secret words" in log.getvalue(), "the cause is in the log"
    assert "[look-for-me]" in log.getvalue()


def test_a_database_that_is_down_is_a_503_that_says_when_to_come_again(failing):
    response = failing(OperationalError("could not connect to 10.0.0.1")).get("/v2/closes", X_Request_Id="look-for-me")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response.json()["request_id"] == "look-for-me"
    assert "10.0.0.1" not in response.content.decode()
