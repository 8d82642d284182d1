"""A caller of the API as tests want one: JSON in, responses of Django's test client out."""

import json

from django.test import Client

from core.models import Application, Organization, Role, User
from tests.factories import make_client, make_member, make_token


class Caller:
    """Calls with one token (None: without any). A body is sent as JSON, `form` as a form, nothing as nothing."""

    def __init__(self, token: str | None = None, **headers: str):
        self.token = token
        self.headers = headers
        self.client = Client()

    def call(self, method: str, path: str, body: object = None, *, form: str | None = None, **headers: str):
        """`headers` by their names with _ for -; they win over those that every call of this caller has."""
        given = {name.replace("_", "-"): value for name, value in {**self.headers, **headers}.items()}
        if self.token is not None:
            given.setdefault("Authorization", f"Bearer {self.token}")
        data, content_type = self._content(body, form)
        return self.client.generic(method, path, data, content_type, headers=given)

    def _content(self, body: object, form: str | None) -> tuple[str, str]:
        if form is not None:
            return form, "application/x-www-form-urlencoded"
        return ("", "") if body is None else (json.dumps(body), "application/json")

    def get(self, path: str, **headers: str):
        return self.call("GET", path, **headers)

    def post(self, path: str, body: object = None, **options):
        return self.call("POST", path, body, **options)

    def patch(self, path: str, body: object = None, **options):
        return self.call("PATCH", path, body, **options)

    def put(self, path: str, body: object = None, **options):
        return self.call("PUT", path, body, **options)

    def delete(self, path: str, **headers: str):
        return self.call("DELETE", path, **headers)


def program(organization: Organization, *, roles: list[Role] | None = None, scopes: list[str] | None = None) -> Caller:
    """An application's own token: Basic staff with scope tig, where nothing else is said."""
    fields = {} if scopes is None else {"allowed_scopes": scopes}
    application = make_client(organization, roles=[Role.BASIC_STAFF] if roles is None else roles, **fields)
    return Caller(make_token(application))


def person(user: User, application: Application) -> Caller:
    """A person's token through this client."""
    return Caller(make_token(application, user))


def member(organization: Organization, role: Role = Role.BASIC_STAFF) -> Caller:
    """A new person with this role, through a client of the organization that has no role of its own."""
    application = make_client(organization, roles=[], authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE)
    return person(make_member(organization, role), application)
