"""Callers of /api/v1, and what its tests ask of an answer."""

from core.api_keys import new_key
from core.models import Application, Organization, Role
from tests import api
from tests.factories import make_client, make_member

SCOPES = ["appointments:read", "appointments:write"]


class GroupCaller(api.Caller):
    """Calls with an API key, a token or neither; paths are those under the group, unless they begin with a slash."""

    def __init__(self, group: Organization, *, key: str | None = None, token: str | None = None):
        super().__init__(token, **({} if key is None else {"X-Api-Key": key}))
        self.group, self.key = group, key

    def call(self, method: str, path: str, body: object = None, **options):
        address = path if path.startswith("/") else f"/api/v1/groups/{self.group.pk}/{path}"
        return super().call(method, address, body, **options)


def make_key(group: Organization, *roles: Role, scopes: list[str] | None = None) -> str:
    client = make_client(group, roles=list(roles), allowed_scopes=SCOPES if scopes is None else scopes)
    return new_key(client)[1]


def pro(group: Organization, **options) -> GroupCaller:
    return GroupCaller(group, key=make_key(group, Role.BASIC_STAFF, **options))


def account(group: Organization, **options) -> GroupCaller:
    return GroupCaller(group, key=make_key(group, **options))


def group_person(group: Organization, role: Role = Role.BASIC_STAFF) -> GroupCaller:
    """The token of a new person with this role, through a client of the group that has none."""
    grant = Application.GRANT_AUTHORIZATION_CODE
    client = make_client(group, roles=[], allowed_scopes=SCOPES, authorization_grant_type=grant)
    return GroupCaller(group, token=api.person(make_member(group, role), client).token)


def error(response, status: int, code: int | None, name: str | None = None) -> dict:
    """What is under `error` of a refusal with this status and number."""
    assert response.status_code == status, response.content
    body = response.json()
    assert list(body) == ["error"], body
    found = body["error"]
    assert list(found)[:4] == ["code", "name", "message", "fields"]
    assert found["code"] == code, found
    assert name in (None, found["name"])
    return found


def fields(response) -> dict:
    """The wire paths of a 400 with code 2, and what is said of each."""
    return error(response, 400, 2, "InvalidParameter")["fields"]


def done(response, status: int = 200) -> dict:
    assert response.status_code == status, response.content
    return response.json()
