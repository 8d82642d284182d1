"""requests-oauthlib, as a client's author would use it, against a running server."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from oauth2_provider.models import get_access_token_model
from oauthlib.oauth2 import BackendApplicationClient, InvalidClientError, InvalidScopeError
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from tests.core.oauth_clients import (
    CALLBACK,
    PASSWORD,
    SECRET,
    allowed_code,
    client_fields,
    make_application,
    make_organization,
    make_person,
    make_web_application,
    person_tokens,
    pkce,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def plain_http(monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.mark.parametrize("path", ["/oauth/token", "/auth/tokens"])
@pytest.mark.parametrize("in_body", [True, False])
def test_client_credentials(live_server, path, in_body):
    application = make_application(make_organization())
    session = OAuth2Session(client=BackendApplicationClient(application.client_id))
    given = {"client_secret": SECRET} if in_body else {"auth": HTTPBasicAuth(application.client_id, SECRET)}
    token = session.fetch_token(live_server.url + path, include_client_id=in_body, **given)
    assert set(token.scopes) == {"public", "tig"}
    info = session.get(live_server.url + "/oauth/token/info")
    assert info.status_code == 200
    assert info.json()["application"] == {"uid": application.client_id}
    assert requests.get(live_server.url + "/oauth/token/info", timeout=10).status_code == 401


def test_refusals_are_understood(live_server):
    application = make_application(make_organization())
    session = OAuth2Session(client=BackendApplicationClient(application.client_id, scope=["jobs:read"]))
    with pytest.raises(InvalidScopeError):
        session.fetch_token(live_server.url + "/oauth/token", client_secret=SECRET, include_client_id=True)
    session = OAuth2Session(client=BackendApplicationClient(application.client_id))
    with pytest.raises(InvalidClientError):
        session.fetch_token(live_server.url + "/oauth/token", client_secret="wrong", include_client_id=True)


def browse(browser: requests.Session, url: str, **fields):
    """Submit the page's first form as a browser would, redirects left to the test."""
    page = browser.get(url, timeout=10)
    hidden = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = {"csrfmiddlewaretoken": hidden, **fields}
    return browser.post(page.url, form, headers={"Referer": page.url}, allow_redirects=False, timeout=10)


def test_authorization_code_with_pkce(live_server):
    organization = make_organization()
    application = make_web_application(organization)
    person = make_person("ann", organization)
    session = OAuth2Session(application.client_id, redirect_uri=CALLBACK, scope=["public", "tig"], pkce="S256")
    address, state = session.authorization_url(live_server.url + "/oauth/authorize")

    browser = requests.Session()
    logged_in = browse(browser, address, username="ann", password=PASSWORD)
    assert logged_in.status_code == 302
    decided = browse(browser, address, decision="allow")
    assert decided.headers["Location"].startswith(CALLBACK)
    assert f"state={state}" in decided.headers["Location"]

    session.fetch_token(
        live_server.url + "/oauth/token",
        authorization_response=decided.headers["Location"],
        client_secret=SECRET,
        include_client_id=True,
    )
    assert session.get(live_server.url + "/oauth/token/info").json()["resource_owner_id"] == person.pk
    old = session.token["access_token"]
    refreshed = session.refresh_token(
        live_server.url + "/oauth/token", client_id=application.client_id, client_secret=SECRET
    )
    assert refreshed["access_token"] != old
    assert session.get(live_server.url + "/oauth/token/info").status_code == 200


def test_what_is_withdrawn_stops_at_once(live_server):
    application = make_application(make_organization())
    session = OAuth2Session(client=BackendApplicationClient(application.client_id))
    session.fetch_token(live_server.url + "/oauth/token", client_secret=SECRET, include_client_id=True)
    application.allowed_scopes = ["public"]
    application.save()
    assert session.get(live_server.url + "/oauth/token/info").json()["scopes"] == ["public"]
    application.is_active = False
    application.save()
    assert session.get(live_server.url + "/oauth/token/info").status_code == 401


def at_once(url: str, form: dict, count: int = 6) -> list[requests.Response]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: requests.post(url, form, timeout=30), range(count)))


def test_one_of_many_uses_of_a_code_wins(live_server, client):
    organization = make_organization()
    application = make_web_application(organization)
    verifier, challenge = pkce()
    code = allowed_code(client, application, make_person("ann", organization), challenge)
    fields = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": CALLBACK}
    answers = at_once(live_server.url + "/oauth/token", client_fields(application, **fields))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5
    assert {answer.json().get("error", "invalid_grant") for answer in answers} == {"invalid_grant"}
    assert get_access_token_model().objects.count() == 1


def test_one_of_many_uses_of_a_refresh_token_wins_and_the_replays_end_the_family(live_server, client):
    organization = make_organization()
    application = make_web_application(organization)
    token = person_tokens(client, application, make_person("ann", organization))["refresh_token"]
    fields = client_fields(application, grant_type="refresh_token", refresh_token=token)
    answers = at_once(live_server.url + "/oauth/token", fields)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5
    assert {answer.json().get("error", "invalid_grant") for answer in answers} == {"invalid_grant"}
    assert get_access_token_model().objects.count() == 0
