"""The authorization-code flow for people: log in, consent, PKCE, refresh, log out."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_grant_model

from core.models import Application, Role
from tests.core.oauth_clients import (
    CALLBACK,
    PASSWORD,
    allowed_code,
    ask_token,
    authorize_path,
    bearer,
    make_application,
    make_organization,
    make_person,
    make_web_application,
    person_tokens,
    pkce,
    sent_back,
    swap_code,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def web(organization):
    return make_web_application(organization)


@pytest.fixture
def person(organization):
    return make_person("ann", organization, Role.BASIC_STAFF)


def refusal(response, error: str = "invalid_grant", status: int = 400) -> None:
    assert (response.status_code, response.json()["error"]) == (status, error), response.content
    assert response.json()["error_description"]


def refresh(client, application, token, **fields):
    return ask_token(client, application, grant_type="refresh_token", refresh_token=token, **fields)


def test_a_student_goes_all_the_way(client, web, organization):
    make_person("student", organization)
    verifier, challenge = pkce()
    asked = client.get(authorize_path(web, challenge))
    assert asked["Location"].startswith("/accounts/login/?next=/oauth/authorize")
    login = client.post(asked["Location"], {"username": "student", "password": PASSWORD, "next": next_of(asked)})
    assert login.status_code == 302
    page = client.get(login["Location"])
    text = page.content.decode()
    assert "Timetable" in text
    assert "Community services and closes" in text
    assert "First" in text
    answer = sent_back(client.post(login["Location"], {"decision": "allow"}))
    assert answer.keys() == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("a state", settings.SITE_URL)
    response = swap_code(client, web, answer["code"], verifier)
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert list(body) == ["access_token", "token_type", "expires_in", "scope", "created_at", "refresh_token"]
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("bearer", 7200, "public tig")
    assert client.get("/oauth/token/info", **bearer(body["access_token"])).status_code == 200


def next_of(response) -> str:
    return unquote(response["Location"].split("next=")[1])


def test_consent_page_headers(client, web, person):
    client.force_login(person)
    response = client.get(authorize_path(web, pkce()[1]))
    policy = response["Content-Security-Policy"]
    assert "form-action 'self' http://127.0.0.1:9;" in policy + ";"
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" in response["Cache-Control"]
    assert " style=" not in response.content.decode()
    assert "<script" not in response.content.decode()
    login = client.get("/accounts/login/")
    assert "form-action 'self';" in login["Content-Security-Policy"] + ";"
    assert "no-store" in login["Cache-Control"]


def test_consent_page_says_when_no_organization_is_shared(client, web):
    client.force_login(make_person("stranger"))
    text = client.get(authorize_path(web, pkce()[1], scope="tig")).content.decode()
    assert "member of no organization" in text
    assert "Who the client is" not in text


def test_consent_is_guarded_against_forgery(web, person):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    assert browser.post(authorize_path(web, pkce()[1]), {"decision": "allow"}).status_code == 403
    assert not get_grant_model().objects.exists()


def test_denial(client, web, person):
    client.force_login(person)
    for decision in ({"decision": "deny"}, {}):
        answer = sent_back(client.post(authorize_path(web, pkce()[1]), decision))
        assert (answer["error"], answer["state"], answer["iss"]) == ("access_denied", "a state", settings.SITE_URL)
    assert not get_grant_model().objects.exists()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "x" * 500}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "code token"}, "unauthorized_client"),
        ({"scope": "jobs:read"}, "invalid_scope"),
        ({"scope": "nonsense"}, "invalid_scope"),
    ],
)
def test_refusals_go_to_the_client_before_any_log_in(client, web, fields, error):
    answer = sent_back(client.get(authorize_path(web, pkce()[1], **fields)))
    assert (answer["error"], answer["state"]) == (error, "a state")


@pytest.mark.parametrize(
    "fields",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": CALLBACK + "/more"},
        {"redirect_uri": CALLBACK + "#part"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "http://[broken"},
        {"redirect_uri": "http://127.0.0.1:99999999/"},
    ],
)
def test_untrusted_requests_get_a_page_and_no_redirect(client, web, person, fields):
    client.force_login(person)
    for send in (client.get, client.post):
        response = send(authorize_path(web, pkce()[1], **fields))
        assert response.status_code == 400, response.headers
        assert "cannot be used" in response.content.decode()


@pytest.mark.parametrize(
    "query", ["client_id=%zz", "client_id=%ff", "a&b&&&=", "client_id=a&client_id=b", "é", "%", ""]
)
def test_strange_queries(client, query):
    assert client.get(f"/oauth/authorize?{query}").status_code == 400
    assert client.get("/oauth/authorize", QUERY_STRING=query).status_code == 400


def test_an_inactive_or_wrong_client_is_not_authorized(client, web, organization):
    own = make_application(organization, redirect_uris=CALLBACK)
    assert sent_back(client.get(authorize_path(own, pkce()[1])))["error"] == "unauthorized_client"
    web.is_active = False
    web.save()
    assert client.get(authorize_path(web, pkce()[1])).status_code == 400


def test_the_decision_is_made_on_the_query_alone(client, web, person):
    client.force_login(person)
    form = {"decision": "allow", "redirect_uri": "https://evil.example/", "scope": "jobs:read", "client_id": "nobody"}
    assert "code" in sent_back(client.post(authorize_path(web, pkce()[1]), form))


def test_a_code_works_once_for_its_client_with_its_verifier(client, web, person, organization):
    verifier, challenge = pkce()
    code = allowed_code(client, web, person, challenge)
    other = make_web_application(organization)
    refusal(swap_code(client, web, code, pkce()[0]))
    refusal(swap_code(client, web, code, ""), "invalid_request")
    refusal(swap_code(client, other, code, verifier))
    refusal(swap_code(client, web, code, verifier, client_secret="wrong"), "invalid_client", 401)
    refusal(swap_code(client, web, "nonsense", verifier))
    assert swap_code(client, web, code, verifier).status_code == 200
    refusal(swap_code(client, web, code, verifier))


def test_a_code_lives_a_minute(client, web, person):
    verifier, challenge = pkce()
    code = allowed_code(client, web, person, challenge)
    get_grant_model().objects.update(expires=timezone.now() - timedelta(seconds=1))
    refusal(swap_code(client, web, code, verifier))


def test_the_stored_digest_is_not_a_code(client, web, person):
    verifier, challenge = pkce()
    allowed_code(client, web, person, challenge)
    refusal(swap_code(client, web, get_grant_model().objects.get().code, verifier))


def test_what_changed_since_the_consent(client, web, person):
    verifier, challenge = pkce()
    code = allowed_code(client, web, person, challenge)
    web.allowed_scopes = ["tig"]
    web.save()
    assert swap_code(client, web, code, verifier).json()["scope"] == "tig"
    code = allowed_code(client, web, person, challenge)
    person.is_active = False
    person.save()
    refusal(swap_code(client, web, code, verifier))


def test_a_public_client_needs_no_secret(client, organization, person):
    public = make_web_application(organization, client_type=Application.CLIENT_PUBLIC, client_secret="")
    verifier, challenge = pkce()
    code = allowed_code(client, public, person, challenge)
    assert swap_code(client, public, code, verifier).status_code == 200
    refusal(swap_code(client, public, code, verifier, client_secret="guessed"), "invalid_client", 401)


def test_refresh(client, web, person):
    first = person_tokens(client, web, person)
    second = refresh(client, web, first["refresh_token"]).json()
    assert second["scope"] == "public tig"
    assert second["refresh_token"] != first["refresh_token"]
    assert client.get("/oauth/token/info", **bearer(first["access_token"])).status_code == 401
    assert client.get("/oauth/token/info", **bearer(second["access_token"])).status_code == 200
    narrowed = refresh(client, web, second["refresh_token"], scope="tig").json()
    assert narrowed["scope"] == "tig"
    refusal(refresh(client, web, narrowed["refresh_token"], scope="public"), "invalid_scope")


def test_a_replayed_refresh_token_ends_the_family(client, web, person):
    first = person_tokens(client, web, person)
    second = refresh(client, web, first["refresh_token"]).json()
    refusal(refresh(client, web, first["refresh_token"]))
    refusal(refresh(client, web, second["refresh_token"]))
    assert client.get("/oauth/token/info", **bearer(second["access_token"])).status_code == 401


def test_refresh_of_what_was_withdrawn(client, web, person, organization):
    token = person_tokens(client, web, person)["refresh_token"]
    refusal(refresh(client, make_web_application(organization), token))
    web.allowed_scopes = ["public"]
    web.save()
    renewed = refresh(client, web, token).json()
    assert renewed["scope"] == "public"
    person.is_active = False
    person.save()
    refusal(refresh(client, web, renewed["refresh_token"]))


def test_refresh_after_its_time(client, web, person):
    token = person_tokens(client, web, person)["refresh_token"]
    get_access_token_model().objects.update(expires=timezone.now() - timedelta(days=15))
    refusal(refresh(client, web, token))


def test_staff_land_in_the_back_office_and_students_on_their_page(client, person, organization):
    make_person("student", organization)
    for login, landing in (("ann", "/admin/"), ("student", settings.LOGIN_REDIRECT_URL)):
        assert client.post("/accounts/login/", {"username": login, "password": PASSWORD})["Location"] == landing


@pytest.mark.parametrize(
    "fields", [{}, {"username": "ann", "password": "wrong"}, {"username": "a\0b", "password": "c"}]
)
def test_a_failed_log_in_says_so(client, person, fields):
    response = client.post("/accounts/login/", fields)
    assert response.status_code == 200
    assert 'class="notice error"' in response.content.decode() or 'class="error"' in response.content.decode()


def test_log_in_never_leads_elsewhere(client, person):
    fields = {"username": "ann", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/accounts/login/", fields)["Location"] == "/admin/"


def test_log_out(client, person):
    client.force_login(person)
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session
