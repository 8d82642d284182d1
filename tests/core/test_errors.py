"""Any failure is told in the form of the path's dialect: no HTML, no trace, no bare 500 [contract 00]."""

import pytest
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, RequestDataTooBig, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions

from core.api.dialects import dialect_of
from core.api.errors import Refusal, field_errors, refusal_of
from core.errors import Busy, StaleVersion, StateConflict
from tests import api
from tests.api import Caller
from tests.factories import make_organization


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Refusal(418, "teapot"), 418, "teapot"),
        (StaleVersion(), 412, "stale"),
        (ValidationError("no", code="bad"), 422, "invalid"),
        (StateConflict("is over", ["open"]), 409, "state_conflict"),
        (Busy("come again"), 409, "busy"),
        (Http404(), 404, "not_found"),
        (exceptions.NotFound(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (RequestDataTooBig(), 413, "too_large"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.UnsupportedMediaType("text/xml"), 415, "unsupported_media_type"),
        (OperationalError("gone"), 503, "unavailable"),
        (InterfaceError("gone"), 503, "unavailable"),
        (RuntimeError("secret"), 500, "server_error"),
        (KeyError("secret"), 500, "server_error"),
    ],
)
def test_each_failure_has_its_status_and_code(error, status, code):
    refusal = refusal_of(error)
    assert (refusal.status, refusal.code) == (status, code)
    assert "secret" not in refusal.message


def test_a_validation_error_tells_each_field_with_code_and_text():
    error = ValidationError(
        {"duration": ValidationError("must be %(n)s", code="min", params={"n": 3}), "close": ["a", "b"]}
    )
    assert field_errors(error) == {"duration": [("min", "must be 3")], "close": [("invalid", "a"), ("invalid", "b")]}
    assert field_errors(ValidationError("all wrong", code="odd")) == {NON_FIELD_ERRORS: [("odd", "all wrong")]}


V2, COMMON = "/v2/closes", "/api/schema"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 409, 411, 412, 413, 415, 422, 429, 500, 503])
def test_both_dialects_word_every_status(status):
    refusal = Refusal(status, "some_code", "What is wrong")
    body = dialect_of(V2).body(refusal, "the-id")
    if status == 404:
        assert body == {}
    else:
        expected = {"error": refusal.reason, "message": "What is wrong"}
        assert body == ({**expected, "request_id": "the-id"} if status >= 500 else expected)
    problem = dialect_of(COMMON).body(refusal, "the-id")
    assert (problem["status"], problem["title"], problem["detail"]) == (status, refusal.reason, "What is wrong")
    assert ("requestId" in problem) == (status >= 500)


def test_a_field_has_its_name_on_the_wire():
    fields = {
        "supervisor": [("not_staff", "must be a member of staff")],
        "community_services.2.duration": [("inclusion", "must be 7200")],
        NON_FIELD_ERRORS: [("odd", "all wrong")],
    }
    assert dialect_of(V2).body(Refusal(422, "invalid", "Validation failed", fields=fields), "")["errors"] == {
        "tiger_id": ["must be a member of staff"],
        "community_services_attributes[2][duration]": ["must be 7200"],
        "base": ["all wrong"],
    }


def test_a_state_conflict_names_the_states_that_are_allowed():
    body = dialect_of(V2).body(refusal_of(StateConflict("is over", ["schedule"])), "")
    assert body == {"error": "Conflict", "message": "is over", "allowed_states": ["schedule"]}


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(
    ("path", "content_type", "body"),
    [
        ("/v2/nope", "application/json; charset=utf-8", {}),
        ("/v2/", "application/json; charset=utf-8", {}),
        ("/v2/closes/1/2/3", "application/json; charset=utf-8", {}),
        ("/v2/closes%0A", "application/json; charset=utf-8", {}),
        (
            "/nope",
            "application/problem+json",
            {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "Not found"},
        ),
        (
            "/api/nope",
            "application/problem+json",
            {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "Not found"},
        ),
    ],
)
@pytest.mark.django_db
def test_an_unknown_path_is_told_in_its_dialect_in_debug_too(settings, debug, path, content_type, body):
    settings.DEBUG = debug
    response = Caller().get(path)
    assert (response.status_code, response["Content-Type"], response.json()) == (404, content_type, body)


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.django_db
def test_a_failure_in_a_view_is_json_in_debug_too(settings, monkeypatch, debug):
    settings.DEBUG = debug

    def fail(*args, **kwargs):
        raise RuntimeError("secret words")

    monkeypatch.setattr("scheduling.api.community.views.Closes.page_response", fail)
    response = api.program(make_organization()).get("/v2/closes")
    assert (response.status_code, response.json()["error"]) == (500, "Internal Server Error")
    assert b"secret" not in response.content


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.django_db
def test_a_failure_on_a_path_of_no_dialect_is_a_problem_in_debug_too(settings, monkeypatch, debug):
    settings.DEBUG = debug

    monkeypatch.setattr("core.health.CHECKS", None)
    response = Caller().get("/readyz")
    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert set(response.json()) == {"type", "title", "status", "detail", "requestId"}
