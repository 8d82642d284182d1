"""/oauth/token/info, /oauth/revoke, /oauth/introspect."""

from datetime import timedelta

import pytest
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from core.models import Application, Role
from tests.core.oauth_clients import (
    SECRET,
    ask_token,
    basic,
    bearer,
    client_fields,
    make_application,
    make_organization,
    make_person,
    make_web_application,
    person_tokens,
    post_form,
    token_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def application(organization):
    return make_application(organization)


@pytest.fixture
def token(client, application):
    return token_of(ask_token(client, application))


@pytest.fixture
def web(organization):
    return make_web_application(organization)


@pytest.fixture
def person(organization):
    return make_person("ann", organization, Role.BASIC_STAFF)


def works(client, token: str) -> bool:
    return client.get("/oauth/token/info", **bearer(token)).status_code == 200


def revoke(client, application, token, **fields):
    return post_form(client, "/oauth/revoke", client_fields(application, token=token, **fields))


def introspect(client, application, token, **fields):
    return post_form(client, "/oauth/introspect", client_fields(application, token=token, **fields))


def test_info(client, application):
    minted = ask_token(client, application).json()
    response = client.get("/oauth/token/info", **bearer(minted["access_token"]))
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert list(body) == ["resource_owner_id", "scopes", "expires_in_seconds", "application", "created_at"]
    assert body["resource_owner_id"] is None
    assert body["scopes"] == ["public", "tig"]
    assert 7190 <= body["expires_in_seconds"] <= 7200
    assert body["application"] == {"uid": application.client_id}
    assert body["created_at"] == minted["created_at"]


def test_info_of_a_persons_token(client, web, person):
    token = person_tokens(client, web, person)["access_token"]
    assert client.get("/oauth/token/info", **bearer(token)).json()["resource_owner_id"] == person.pk


def test_info_shows_what_was_withdrawn(client, application, token):
    application.allowed_scopes = ["tig"]
    application.save()
    assert client.get("/oauth/token/info", **bearer(token)).json()["scopes"] == ["tig"]


def test_info_without_a_good_token(client, token):
    get_access_token_model().objects.update(expires=timezone.now() - timedelta(seconds=1))
    cases = {"": 'Bearer realm="dutyboard"', "Bearer nonsense": "is invalid", f"Bearer {token}": "expired"}
    for authorization, expected in cases.items():
        response = client.get("/oauth/token/info", HTTP_AUTHORIZATION=authorization, HTTP_ACCEPT_LANGUAGE="fr")
        assert response.status_code == 401
        assert expected in response["WWW-Authenticate"]
        assert response["Cache-Control"] == "no-store"
        assert list(response.json()) == ["error", "error_description"]
        assert response.json()["error"] == "invalid_token"


def test_info_reads_no_token_in_the_query(client, token):
    assert client.get("/oauth/token/info", {"access_token": token}).status_code == 401


def test_info_is_get_only(client):
    response = client.post("/oauth/token/info")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert response["Content-Type"] == "application/json"


def test_revoke(client, application, token):
    response = revoke(client, application, token)
    assert (response.status_code, response.json()) == (200, {})
    assert response["Cache-Control"] == "no-store"
    assert not works(client, token)
    assert revoke(client, application, token).status_code == 200


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense"])
def test_revoke_finds_the_token_whatever_the_hint(client, application, token, hint):
    assert revoke(client, application, token, token_type_hint=hint).status_code == 200
    assert not works(client, token)


def test_revoke_leaves_another_clients_token(client, organization, token):
    assert revoke(client, make_application(organization), token).status_code == 200
    assert works(client, token)


def test_revoke_by_basic_and_json(client, application, token):
    authorization = basic(application.client_id, SECRET)
    response = client.post("/oauth/revoke", {"token": token}, "application/json", HTTP_AUTHORIZATION=authorization)
    assert response.status_code == 200
    assert not works(client, token)


def test_revoke_needs_the_client_and_the_token(client, application, token):
    response = revoke(client, application, token, client_secret="wrong")
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert works(client, token)
    response = post_form(client, "/oauth/revoke", {"token": token})
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    response = revoke(client, application, "")
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_revoking_one_of_a_persons_tokens_ends_both(client, web, person, name):
    tokens = person_tokens(client, web, person)
    assert revoke(client, web, tokens[name]).status_code == 200
    assert not works(client, tokens["access_token"])
    response = ask_token(client, web, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")


def test_a_public_client_revokes_its_own(client, organization, person):
    public = make_web_application(organization, client_type=Application.CLIENT_PUBLIC, client_secret="")
    token = person_tokens(client, public, person)["access_token"]
    response = post_form(client, "/oauth/revoke", {"client_id": public.client_id, "token": token})
    assert response.status_code == 200
    assert not works(client, token)


def test_introspect(client, application):
    minted = ask_token(client, application).json()
    response = introspect(client, application, minted["access_token"])
    assert response["Cache-Control"] == "no-store"
    created = minted["created_at"]
    body = response.json()
    assert body.pop("exp") in (created + 7199, created + 7200, created + 7201)
    assert body == {
        "active": True,
        "scope": "public tig",
        "client_id": application.client_id,
        "token_type": "bearer",
        "iat": created,
    }


def test_introspect_a_persons_token(client, web, person):
    body = introspect(client, web, person_tokens(client, web, person)["access_token"]).json()
    assert (body["username"], body["sub"]) == ("ann", str(person.pk))


def test_introspect_tells_nothing_else(client, application, organization, token):
    inactive = {"active": False}
    assert introspect(client, make_application(organization), token).json() == inactive
    assert introspect(client, application, "nonsense").json() == inactive
    assert introspect(client, application, "é\ud7ff").json() == inactive
    get_access_token_model().objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert introspect(client, application, token).json() == inactive


def test_introspect_needs_the_clients_secret(client, application, organization, token):
    public = make_web_application(organization, client_type=Application.CLIENT_PUBLIC, client_secret="")
    for fields in (
        {"token": token},
        client_fields(application, token=token, client_secret="wrong"),
        {"client_id": public.client_id, "token": token},
        {"client_id": public.client_id, "client_secret": "", "token": token},
    ):
        response = post_form(client, "/oauth/introspect", fields)
        assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    response = post_form(client, "/oauth/introspect", {"token": token}, **bearer(token))
    assert response.status_code == 401
    response = introspect(client, application, "")
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
