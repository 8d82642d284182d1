"""Callers of the interventions' dialect, and what its tests ask of an answer."""

import base64
import json

from django.db.models import Model

from core.models import Application, Organization, Role, User
from interventions.models import Intervention
from interventions.sessions import open_for_person, open_for_provider, token_of
from tests import api
from tests.factories import make_client, make_member, make_token
from tests.intervention_factories import (
    make_anomaly,
    make_company_contact,
    make_intervention,
    make_routine,
    make_site,
)

SCOPES = ["interventions:read", "interventions:write"]


class SessionCaller(api.Caller):
    """Calls with a bearer and a session token; None: without that one. Whatever has a body is sent as JSON."""

    def __init__(self, token: str | None = None, session: str | None = None, user: User | None = None):
        super().__init__(token, **({} if session is None else {"x-session-token": session}))
        self.session, self.user = session, user

    def get(self, path: str, **headers: str):
        return self.call("GET", path, **headers)


def make_app(*organizations: Organization, scopes: list[str] | None = None, **fields) -> Application:
    """A client program of the dialect, without a role: the session's person has one."""
    return make_client(*organizations, roles=[], allowed_scopes=SCOPES if scopes is None else scopes, **fields)


def session_caller(
    organization: Organization,
    role: Role = Role.BASIC_STAFF,
    *,
    person: User | None = None,
    app: Application | None = None,
    scopes: list[str] | None = None,
) -> SessionCaller:
    """A session of a new person with this role, or of `person`, through a client of the organization."""
    user = person or make_member(organization, role)
    app = app or make_app(organization, scopes=scopes)
    return SessionCaller(make_token(app), token_of(open_for_person(app.pk, organization.pk, user)), user)


def provider_caller(intervention: Intervention, app: Application | None = None) -> SessionCaller:
    """A provider's session, as one who entered the code PIN has it; the intervention is left as it is."""
    app = app or make_app(intervention.organization)
    return SessionCaller(make_token(app), token_of(open_for_provider(app.pk, intervention)))


def error(response, status: int, code: str | None = None) -> dict:
    """The body of a refusal with this status; `code`: one of its errors' or, of a session's, its own."""
    assert response.status_code == status, response.content
    body = response.json()
    assert "message" in body, body
    assert isinstance(body["errors"], list)
    if code is not None:
        assert code in {body.get("code"), *(one["code"] for one in body["errors"])}, body
    return body


def fields(response, status: int = 400) -> dict[str, str]:
    """The paths that a refusal complains of, in its order, and what is said of each."""
    return {one["path"]: one["message"] for one in error(response, status)["errors"]}


def data(response, status: int = 200):
    assert response.status_code == status, response.content
    return response.json()["data"]


def unpacked(token: str) -> tuple[dict, dict]:
    """Header and claims of a session token."""
    head, claims, _ = (base64.urlsafe_b64decode(one + "==") for one in token.split("."))
    return json.loads(head), json.loads(claims)


def make_world(ours: Organization, theirs: Organization) -> dict[str, str]:
    """What the tables of malformed requests speak of: one row of each kind, ours and a foreign one; two tokens."""
    caller = session_caller(ours, Role.ADVANCED_STAFF)
    rows = {name: str(row.pk) for name, row in rows_of(ours).items()}
    foreign = {f"foreign_{name}": str(row.pk) for name, row in rows_of(theirs).items()}
    return {**rows, **foreign, "interventions_token": str(caller.token), "session": str(caller.session)}


def rows_of(place: Organization) -> dict[str, Model]:
    site = make_site(place)
    return {
        "site": site,
        "provider": make_company_contact(place),
        "anomaly": make_anomaly(site),
        "routine": make_routine(place, site),
        "member": make_member(place, Role.BASIC_STAFF),
        "visit": make_intervention(place, make_anomaly(site)),
    }
