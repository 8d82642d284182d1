"""Callers of /v1, and what its tests ask of an answer."""

from core.models import Application, Organization, Role
from tests import api
from tests.api import Caller
from tests.factories import make_client, make_member, make_token

SCOPES = ["jobs:read", "jobs:write"]
PROBLEM = ["type", "title", "status", "detail", "instance"]


def jobs_program(organization: Organization, *others: Organization, scopes: list[str] | None = None) -> Caller:
    """An application's own token, without any role, that names the first of its customers."""
    client = make_client(organization, *others, roles=[], allowed_scopes=SCOPES if scopes is None else scopes)
    return of_customer(organization, Caller(make_token(client)))


def jobs_person(organization: Organization, role: Role = Role.BASIC_STAFF) -> Caller:
    """The token of a new person with this role, through a client of the organization."""
    client = make_client(
        organization,
        roles=[],
        allowed_scopes=SCOPES,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
    )
    return of_customer(organization, api.person(make_member(organization, role), client))


def of_customer(organization: Organization, caller: Caller) -> Caller:
    caller.headers["Customer-Id"] = str(organization.pk)
    return caller


def problem(response, status: int) -> dict:
    """The problem of a refusal with this status."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert list(body)[:5] == PROBLEM
    assert (body["type"], body["status"]) == ("about:blank", status)
    return body


def errors(response) -> dict:
    """The properties of a 422 and what is said of each."""
    return problem(response, 422)["errors"]


def made(response) -> int | str:
    """The id of the new row."""
    assert response.status_code == 201, response.content
    assert list(response.json()) == ["id"]
    return response.json()["id"]
