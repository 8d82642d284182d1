"""POST /oauth/token and /auth/tokens, point by point [contract 00, Credentials]."""

import gzip
import json
import time

import pytest
from django.contrib.auth.hashers import get_hasher, identify_hasher

from core.models import Application
from tests.core.oauth_clients import (
    FORM,
    SECRET,
    ask_token,
    basic,
    bearer,
    client_fields,
    make_application,
    make_organization,
    post_form,
    token_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    return make_application(make_organization())


def refusal(response, status: int, error: str) -> None:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert list(body) == ["error", "error_description"]
    assert body["error"] == error
    assert body["error_description"]


def test_answer_is_the_contracts(client, application):
    before = int(time.time())
    response = ask_token(client, application)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "application/json"
    body = response.json()
    assert list(body) == ["access_token", "token_type", "expires_in", "scope", "created_at"]
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 7200
    assert body["scope"] == "public tig"
    assert before <= body["created_at"] <= time.time()
    assert len(body["access_token"]) >= 30


def test_jobs_clients_get_an_hour(client, application):
    body = ask_token(client, application, "/auth/tokens").json()
    assert body["expires_in"] == 3600
    info = client.get("/oauth/token/info", **bearer(body["access_token"])).json()
    assert 3590 <= info["expires_in_seconds"] <= 3600


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/token/", "/auth/tokens"])
def test_form_json_and_basic_are_the_same(client, application, path):
    grant = {"grant_type": "client_credentials"}
    authorization = {"HTTP_AUTHORIZATION": basic(application.client_id, SECRET)}
    token_of(post_form(client, path, client_fields(application, **grant)))
    token_of(client.post(path, client_fields(application, **grant), "application/json"))
    token_of(post_form(client, path, grant, **authorization))
    token_of(client.post(path, grant, "application/json", **authorization))
    token_of(post_form(client, path, {**grant, "client_id": application.client_id}, **authorization))


def test_scope(client, application):
    assert ask_token(client, application, scope="tig").json()["scope"] == "tig"
    assert ask_token(client, application, scope=" tig  public ").json()["scope"] == "tig public"
    assert ask_token(client, application, scope="").json()["scope"] == "public tig"
    refusal(ask_token(client, application, scope="tig jobs:read"), 400, "invalid_scope")
    refusal(ask_token(client, application, scope="no-such-scope"), 400, "invalid_scope")


def test_grants_that_are_not_to_be_had(client, application):
    password = {"username": "ann", "password": "secret"}
    refusal(ask_token(client, application, grant_type="password", **password), 400, "unsupported_grant_type")
    for grant in ("implicit", "openid", "urn:ietf:params:oauth:grant-type:device_code", "CLIENT_CREDENTIALS"):
        refusal(ask_token(client, application, grant_type=grant), 400, "unsupported_grant_type")
    refusal(post_form(client, "/oauth/token", client_fields(application)), 400, "invalid_request")
    refusal(ask_token(client, application, grant_type="authorization_code", code="x"), 400, "unauthorized_client")


def test_wrong_client(client, application):
    for fields in (
        {"client_secret": "wrong"},
        {"client_secret": ""},
        {"client_id": "nobody"},
        {"client_id": ""},
        {"client_id": "", "client_secret": ""},
    ):
        response = ask_token(client, application, **fields)
        refusal(response, 401, "invalid_client")
        assert response["WWW-Authenticate"].startswith("Basic realm=")
    authorization = basic(application.client_id, "wrong")
    response = post_form(client, "/oauth/token", {"grant_type": "client_credentials"}, HTTP_AUTHORIZATION=authorization)
    refusal(response, 401, "invalid_client")


def test_inactive_client(client, application):
    application.is_active = False
    application.save()
    refusal(ask_token(client, application), 401, "invalid_client")


def test_a_client_without_a_secret_cannot_act_for_itself(client):
    public = make_application(client_type=Application.CLIENT_PUBLIC, client_secret="")
    refusal(ask_token(client, public, client_secret=""), 401, "invalid_client")
    keyed = make_application(client_type=Application.CLIENT_PUBLIC)
    refusal(ask_token(client, keyed, client_secret=SECRET), 400, "unauthorized_client")


def test_basic_is_form_encoded_and_may_hold_colons(client):
    application = make_application(client_secret="a:b %é" + "x" * 40)
    encoded = basic(application.client_id, "a%3Ab+%25%C3%A9" + "x" * 40)
    token_of(post_form(client, "/oauth/token", {"grant_type": "client_credentials"}, HTTP_AUTHORIZATION=encoded))


def test_basic_and_body_must_name_one_client(client, application):
    authorization = {"HTTP_AUTHORIZATION": basic(application.client_id, SECRET)}
    fields = {"grant_type": "client_credentials", "client_id": "another"}
    refusal(post_form(client, "/oauth/token", fields, **authorization), 400, "invalid_request")


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize("path", ["/oauth/token", "/auth/tokens", "/oauth/revoke", "/oauth/introspect"])
def test_post_only(client, method, path):
    response = getattr(client, method)(path)
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert response["Content-Type"] == "application/json"


def test_parameters_in_the_query_are_refused(client, application):
    query = "&".join(f"{name}={value}" for name, value in client_fields(application).items())
    refusal(client.post(f"/oauth/token?grant_type=client_credentials&{query}"), 400, "invalid_request")


BAD_FORMS = {
    "NUL in client_id": b"grant_type=client_credentials&client_id=a%00b&client_secret=c",
    "raw NUL": b"grant_type=client_credentials&client_id=a\x00b&client_secret=c",
    "bad UTF-8, escaped": b"grant_type=client_credentials&client_id=%ff%fe&client_secret=c",
    "bad UTF-8, raw": b"grant_type=client_credentials&client_id=\xff\xfe&client_secret=c",
    "surrogate": b"grant_type=client_credentials&client_id=%ed%a0%80&client_secret=c",
    "twice": b"grant_type=client_credentials&grant_type=client_credentials",
    "1000 parameters": b"&".join(b"a%d=1" % number for number in range(1000)),
    "empty": b"",
}
BAD_JSON = {
    "broken": b'{"grant_type": ',
    "not an object": b'["client_credentials"]',
    "string": b'"client_credentials"',
    "null": b"null",
    "empty": b"",
    "array value": b'{"grant_type": ["client_credentials"]}',
    "object value": b'{"grant_type": "client_credentials", "client_id": {"a": 1}}',
    "number value": b'{"grant_type": "client_credentials", "client_id": 1e400}',
    "boolean value": b'{"grant_type": true}',
    "NUL": b'{"grant_type": "client_credentials", "client_id": "a\\u0000b"}',
    "lone surrogate": b'{"grant_type": "client_credentials", "client_id": "\\ud800"}',
    "bad UTF-8": b'{"grant_type": "\xff"}',
    "deep": b'{"grant_type": ' + b"[" * 5000 + b"]" * 5000 + b"}",
}


@pytest.mark.parametrize("path", ["/oauth/token", "/auth/tokens", "/oauth/revoke", "/oauth/introspect"])
@pytest.mark.parametrize("body", BAD_FORMS.values(), ids=BAD_FORMS)
def test_bad_forms(client, path, body):
    response = client.post(path, body, FORM)
    assert response.status_code in (400, 401)
    refusal(response, response.status_code, response.json()["error"])


@pytest.mark.parametrize("path", ["/oauth/token", "/auth/tokens", "/oauth/revoke", "/oauth/introspect"])
@pytest.mark.parametrize("body", BAD_JSON.values(), ids=BAD_JSON)
def test_bad_json(client, path, body):
    response = client.post(path, body, "application/json")
    assert response.status_code in (400, 401)
    refusal(response, response.status_code, response.json()["error"])


@pytest.mark.parametrize("path", ["/oauth/token", "/auth/tokens", "/oauth/revoke", "/oauth/introspect"])
def test_a_compressed_body_cannot_be_read(client, path):
    body = gzip.compress(b"grant_type=client_credentials")
    refusal(client.post(path, body, FORM, HTTP_CONTENT_ENCODING="gzip"), 415, "invalid_request")


def test_a_body_that_is_said_to_be_as_it_is_can_be_read(client, application):
    fields = client_fields(application, grant_type="client_credentials")
    token_of(post_form(client, "/oauth/token", fields, HTTP_CONTENT_ENCODING="Identity"))


@pytest.mark.parametrize(
    "credentials",
    ["Basic", "Basic ", "Basic !!!", "Basic YQ==", "Basic //79Og==", "Basic YQA6Yg==", "Basic JWZmOmI=", "basic é"],
)
def test_bad_basic(client, credentials):
    fields = {"grant_type": "client_credentials"}
    response = post_form(client, "/oauth/token", fields, HTTP_AUTHORIZATION=credentials)
    refusal(response, 400, "invalid_request")


@pytest.mark.parametrize("size", [64 * 1024 + 1, 10 * 1024 * 1024])
def test_large_bodies(client, size):
    refusal(client.post("/oauth/token", b"a=" + b"b" * (size - 2), FORM), 413, "invalid_request")
    refusal(client.post("/oauth/token", json.dumps("b" * (size - 2)), "application/json"), 413, "invalid_request")


def test_other_content_types(client, application):
    fields = client_fields(application, grant_type="client_credentials")
    refusal(client.post("/oauth/token", fields), 415, "invalid_request")
    refusal(client.post("/oauth/token", "<a/>", "application/xml"), 415, "invalid_request")


def test_unknown_parameters_are_ignored(client, application):
    dangerous = {"client": "x", "user": "1", "scopes": "jobs:read", "claims": "{", "resource": "https://a.example"}
    assert ask_token(client, application, **dangerous, request="1").json()["scope"] == "public tig"


def test_a_secret_is_compared_by_the_fast_hash_and_no_password_is(client, application):
    application.refresh_from_db()
    assert identify_hasher(application.client_secret).algorithm == "client_sha256"
    assert get_hasher().algorithm != "client_sha256"
    assert ask_token(client, application).status_code == 200
