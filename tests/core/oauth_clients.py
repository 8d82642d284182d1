"""What the OAuth2 tests start from: an organization, a client program, people, and the ways to ask for a token."""

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, urlencode, urlsplit

from core.models import Application, Membership, Organization, Role, User

SECRET = "client-secret-" + "s" * 40
PASSWORD = "a long enough password"
FORM = "application/x-www-form-urlencoded"
CALLBACK = "http://127.0.0.1:9/callback"


def make_organization(name: str = "First") -> Organization:
    return Organization.objects.create(name=name, time_zone="Europe/Paris")


def make_application(*organizations: Organization, **fields) -> Application:
    defaults = {
        "name": "Timetable",
        "client_type": Application.CLIENT_CONFIDENTIAL,
        "authorization_grant_type": Application.GRANT_CLIENT_CREDENTIALS,
        "client_secret": SECRET,
        "allowed_scopes": ["public", "tig"],
        "roles": [Role.BASIC_STAFF],
    }
    application = Application.objects.create(**{**defaults, **fields})
    application.organizations.set(organizations)
    return application


def make_web_application(*organizations: Organization, **fields) -> Application:
    """A client for people: authorization code."""
    defaults = {"authorization_grant_type": Application.GRANT_AUTHORIZATION_CODE, "redirect_uris": CALLBACK}
    return make_application(*organizations, **{**defaults, **fields})


def make_person(login: str, organization: Organization | None = None, role: Role = Role.STUDENT) -> User:
    person = User.objects.create_user(login, PASSWORD, email=f"{login}@example.org")
    if organization:
        Membership.objects.create(user=person, organization=organization, role=role)
    return person


def client_fields(application: Application, /, **fields) -> dict:
    """The client's name, with its secret unless it is a public one."""
    confidential = application.client_type == Application.CLIENT_CONFIDENTIAL
    return {"client_id": application.client_id, **({"client_secret": SECRET} if confidential else {}), **fields}


def ask_token(client, application: Application, path: str = "/oauth/token", /, **fields):
    """POST a form for a client-credentials token (or what `fields` say)."""
    return post_form(client, path, client_fields(application, **{"grant_type": "client_credentials", **fields}))


def post_form(client, path: str, fields: dict, **headers):
    return client.post(path, urlencode(fields), FORM, **headers)


def token_of(response) -> str:
    assert response.status_code == 200, response.content
    return response.json()["access_token"]


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def bearer(token: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def pkce() -> tuple[str, str]:
    """(verifier, S256 challenge)"""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return verifier, challenge


def authorize_path(application: Application, challenge: str, **fields) -> str:
    query = {
        "response_type": "code",
        "client_id": application.client_id,
        "redirect_uri": CALLBACK,
        "state": "a state",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **fields,
    }
    return "/oauth/authorize?" + urlencode({name: value for name, value in query.items() if value is not None})


def sent_back(response) -> dict[str, str]:
    """The parameters with which the browser is sent to the client's address."""
    assert response.status_code == 302, response.content
    assert response["Location"].startswith(CALLBACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


def allowed_code(client, application: Application, person: User, challenge: str, **fields) -> str:
    """The authorization code that the person's consent gives."""
    client.force_login(person)
    return sent_back(client.post(authorize_path(application, challenge, **fields), {"decision": "allow"}))["code"]


def swap_code(client, application: Application, code: str, verifier: str, /, **fields):
    """POST the code for a person's tokens."""
    fields = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, **fields}
    return ask_token(client, application, redirect_uri=CALLBACK, **fields)


def person_tokens(client, application: Application, person: User, **fields) -> dict:
    verifier, challenge = pkce()
    response = swap_code(client, application, allowed_code(client, application, person, challenge, **fields), verifier)
    assert response.status_code == 200, response.content
    return response.json()
