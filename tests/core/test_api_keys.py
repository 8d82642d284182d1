"""API keys: made once by the command, kept as a hash, judged at each call, told to nobody [contracts 00 and 40]."""

import pytest
from django.core.cache import cache
from django.core.management import CommandError

from appointments.models import Calendar
from core import api_keys
from core.models import ApiKey, Application, IdempotencyKey, Role
from tests.api import Caller
from tests.core.commands import answer, run
from tests.factories import make_client, make_organization, make_token

pytestmark = pytest.mark.django_db
SCOPES = ["appointments:read", "appointments:write"]


@pytest.fixture
def group():
    return make_organization()


@pytest.fixture
def application(group):
    return make_client(group, allowed_scopes=SCOPES)


@pytest.fixture
def key(application):
    return api_keys.new_key(application)[1]


def address(group, query: str = "") -> str:
    return f"/api/v1/groups/{group.pk}/calendars{query}"


def status(group, **headers: str) -> int:
    return Caller().get(address(group), **headers).status_code


def create(group, profile: str = "pro") -> tuple:
    return ("create_api_key", "--organization", group.pk, "--name", "Booking page", "--profile", profile)


# -- the command --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("profile", "roles", "written"), [("pro", [Role.BASIC_STAFF], 201), ("account", [], 403)])
def test_the_command_makes_a_key_of_a_client_of_its_own(group, profile, roles, written):
    made = answer(*create(group, profile))
    assert list(made) == ["key"]
    (row,) = ApiKey.objects.select_related("application")
    assert (row.application.name, row.application.allowed_scopes, row.application.roles) == (
        *("Booking page", SCOPES),
        roles,
    )
    caller = Caller(X_Api_Key=made["key"])
    assert caller.get(address(group)).status_code == 200
    assert caller.post(address(group), {"calendar": {"name": "Desk"}}).status_code == written


def test_the_key_is_told_once_and_kept_as_a_hash(group):
    key = answer(*create(group))["key"]
    (row,) = ApiKey.objects.all()
    assert key.startswith("dk_")
    assert len(key) >= 45, "at least 128 random bits"
    assert row.prefix == key[:12]
    kept = [str(value) for value in [*vars(row).values(), *ApiKey.history.values().get().values()]]
    assert not [text for text in kept if key in text]
    assert "key_hash" not in ApiKey.history.values().get()
    assert "not shown again" in run(*create(group))


def test_the_command_refuses_what_it_does_not_know(group):
    for words in [
        ("create_api_key", "--organization", 999, "--name", "x", "--profile", "pro"),
        ("create_api_key", "--organization", group.pk, "--name", " ", "--profile", "pro"),
        create(group, "admin"),
    ]:
        with pytest.raises(CommandError):
            run(*words)
    assert (ApiKey.objects.count(), Application.objects.count()) == (0, 0)


# -- where it is read ---------------------------------------------------------------------------------------


def test_it_is_read_in_the_query_in_a_header_and_in_a_json_body(group, key):
    caller = Caller()
    assert caller.get(address(group, f"?apikey={key}")).status_code == 200
    assert caller.get(address(group), X_Api_Key=key).status_code == 200
    body = {"apikey": key, "calendar": {"name": "Desk"}}
    assert caller.post(address(group), body).status_code == 201
    assert caller.post(address(group), {"calendar": {"name": "Desk", "apikey": key}}).status_code == 401


def test_http_basic_beside_a_key_is_not_read(group, key):
    basic = "Basic Ym9iOnNlY3JldA=="
    assert status(group, Authorization=basic, X_Api_Key=key) == 200
    assert Caller().get(address(group, f"?apikey={key}"), Authorization=basic).status_code == 200
    assert status(group, Authorization=basic) == 401


def test_a_bearer_with_the_scope_does_as_well(group, application, key):
    bearer = f"Bearer {make_token(application)}"
    assert status(group, Authorization=bearer) == 200
    assert status(group, Authorization=bearer, X_Api_Key="dk_nothing") == 401, "the key is judged first"
    assert status(group, Authorization="Bearer nothing", X_Api_Key=key) == 200


@pytest.mark.parametrize("wrong", ["", "x", "dk_", "é", "%FF", "%00", "dk_" + "x" * 5000])
def test_a_wrong_key_is_a_failed_login(group, wrong):
    response = Caller().get(address(group, f"?apikey={wrong}"))
    if wrong == "%00":
        assert response.status_code == 400
        return
    assert (response.status_code, response.json()["error"]["code"]) == (401, 5)
    assert response.json()["error"]["name"] == "LoginFailed"


def test_a_bearer_in_the_query_is_refused_beside_a_key_too(group, application, key):
    query = f"?apikey={key}&access_token={make_token(application)}"
    assert Caller().get(address(group, query)).status_code == 401


def test_a_key_opens_no_other_dialect(group, key):
    for path in ("/v2/closes", "/v1/jobs"):
        assert Caller().get(f"{path}?apikey={key}", X_Api_Key=key).status_code == 401


# -- what stops it ------------------------------------------------------------------------------------------


def test_what_is_withdrawn_stops_at_the_next_call(group, application, key):
    assert status(group, X_Api_Key=key) == 200
    application.allowed_scopes = ["appointments:write"]
    application.save()
    assert status(group, X_Api_Key=key) == 403
    application.allowed_scopes = SCOPES
    application.is_active = False
    application.save()
    assert status(group, X_Api_Key=key) == 401
    application.is_active = True
    application.save()
    application.organizations.clear()
    assert status(group, X_Api_Key=key) == 403


def test_a_revoked_key_stops_and_another_of_its_client_goes_on(group, application, key):
    other = api_keys.new_key(application)[1]
    row = ApiKey.objects.get(key_hash=api_keys.hash_of(key))
    api_keys.revoke(row.pk)
    assert (status(group, X_Api_Key=key), status(group, X_Api_Key=other)) == (401, 200)
    assert api_keys.revoke(row.pk).version == 2, "the same again changes nothing"


# -- what all dialects have ---------------------------------------------------------------------------------


def test_it_is_in_no_log_line_and_in_no_answer(group, key, log):
    caller = Caller()
    answers = [
        caller.get(address(group, f"?apikey={key}")),
        caller.get(address(group, f"?apikey={key}&sort=nothing")),
        caller.get(f"/api/v1/groups/{group.pk}/calendars&apikey={key}"),
        caller.get(f"/api/v1/groups/999999/calendars?apikey={key}"),
        caller.post(address(group, f"?apikey={key}"), {"apikey": key}),
        caller.post(address(group), {"apikey": key, "calendar": {"name": "Desk"}}, Idempotency_Key="once"),
    ]
    assert [response.status_code for response in answers] == [200, 400, 404, 403, 400, 201]
    assert not [response for response in answers if key in response.content.decode()]
    assert "GET /api/v1" in log.getvalue()
    assert key not in log.getvalue()


def test_its_limit_is_counted_by_client(group, application, settings):
    cache.clear()
    settings.RATE_LIMIT_PER_HOUR = 2
    keys = [api_keys.new_key(application)[1] for _ in range(3)]
    answers = [Caller().get(address(group), X_Api_Key=key) for key in keys]
    assert [response.status_code for response in answers] == [200, 200, 429]
    found = answers[-1].json()["error"]
    assert (found["code"], found["name"]) == (None, "TooManyRequests")
    assert answers[-1].has_header("Retry-After")
    cache.clear()


def test_a_repeated_create_gets_its_first_answer_again(group, key):
    calls = [
        Caller(X_Api_Key=key).post(address(group), {"calendar": {"name": "Desk"}}, Idempotency_Key="once")
        for _ in range(2)
    ]
    assert calls[0].content == calls[1].content
    assert calls[1]["Idempotent-Replayed"] == "true"
    assert IdempotencyKey.objects.count() == 1
    other = Caller(X_Api_Key=key).post(address(group), {"calendar": {"name": "x"}}, Idempotency_Key="once")
    assert (other.status_code, other.json()["error"]["code"]) == (422, 2)


def test_a_change_is_audited_as_the_clients(group, application, key):
    Caller(X_Api_Key=key).post(address(group), {"calendar": {"name": "Desk"}})
    row = Calendar.history.get()
    assert (row.door, row.application_id, row.history_user_id) == ("api", application.pk, None)
