"""Who calls an API: an OAuth2 access token, read with everything that can stop it in one query.

DRF loads this module by name from its settings, so it must never import rest_framework.views.
"""

import hashlib
import json
import math
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_plus

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated

from core.context import name_actor
from core.models.user import Role
from core.statements import aware, standing_cursor

REALM = "dutyboard"
# RFC 6750, 2.1 (b64token); longer ones were never ours.
BEARER = re.compile(r"(?i:bearer) +([A-Za-z0-9._~+/-]{1,512}=*)", re.ASCII)
# In English whatever the caller's language: programs read them, and header values are ASCII.
MESSAGES = {
    "no_token": "The request carries no access token",
    "invalid_token": "The access token is invalid",
    "expired_token": "The access token expired",
    "token_in_query": "An access token in the query is refused: send it in the Authorization header",
}
# One row for each organization granted to the client; a withdrawn one has no organization id left, nor has one of the
# other kind: whatever was granted, a sandbox client reaches sandboxes alone.
QUERY = """
SELECT token.id, token.expires, token.created, token.scope, application.id, application.name, application.client_id,
       application.is_active, application.allowed_scopes, application.roles,
       token.user_id, person.login, person.is_active, organization.time_zone, organization.id, membership.role
  FROM oauth2_provider_accesstoken token
  JOIN core_application application ON application.id = token.application_id
  LEFT JOIN core_user person ON person.id = token.user_id
  LEFT JOIN core_application_organizations granted ON granted.application_id = application.id
  LEFT JOIN core_organization organization ON organization.id = granted.organization_id AND organization.is_active
         AND (organization.sandbox_of_id IS NOT NULL) = application.is_sandbox
  LEFT JOIN core_membership membership
         ON membership.organization_id = organization.id AND membership.user_id = token.user_id
 WHERE token.token_checksum = %s
"""


@dataclass(frozen=True, eq=False, slots=True)
class Caller:
    """A client application, or a person through one, as they stand at this call.

    roles: organization id → role, for every organization in reach. An application's own token has its highest role
    (None when it has none) in each granted organization; a person's token has the person's role in each granted
    organization of which the person is a member. An API key has no token_id and does not expire.
    """

    application_id: int
    application_name: str
    client_id: str
    scopes: frozenset[str]
    application_roles: tuple[Role, ...]
    user_id: int | None
    login: str | None
    roles: dict[int, Role | None]
    # Of each of these organizations, so that a list of local times asks nothing of it.
    zones: dict[int, str]
    token_id: int | None
    created: datetime
    expires: datetime | None

    is_authenticated = True

    @property
    def seconds_left(self) -> float:
        """Of a token; endless where nothing expires."""
        return (self.expires - timezone.now()).total_seconds() if self.expires else math.inf

    @property
    def is_person(self) -> bool:
        return self.user_id is not None

    def rank(self, organization_id: int) -> int:
        """The rank of the role held there; -1 for no role and for an organization out of reach."""
        role = self.roles.get(organization_id)
        return -1 if role is None else role.rank


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer`, the header alone: one in the query is refused, one in a form is not read.

    Raises when there is no token, so a dialect with further credentials names this class last.
    """

    def authenticate(self, request) -> tuple[Caller, None]:
        caller = caller_of_request(request)
        name_actor(application_id=caller.application_id, user_id=caller.user_id)
        return caller, None

    def authenticate_header(self, request) -> str:
        return challenge("no_token")


def challenge(code: str) -> str:
    """The WWW-Authenticate value for one of the codes of MESSAGES, or for any other [RFC 6750, 3]."""
    if code not in MESSAGES or code == "no_token":
        return f'Bearer realm="{REALM}"'
    return f'Bearer realm="{REALM}", error="invalid_token", error_description="{MESSAGES[code]}"'


def scope_challenge(scope: str) -> str:
    """The same for a token that lacks this scope."""
    description = f"The action need the following scopes: [{scope}]"
    return f'Bearer realm="{REALM}", error="insufficient_scope", error_description="{description}", scope="{scope}"'


def caller_of_request(request) -> Caller:
    """Raises as read_caller, and AuthenticationFailed (token_in_query).

    Addresses end up in logs and histories, so a token there is refused beside a good header too [contract 00].
    """
    if holds_token(request.META.get("QUERY_STRING", "")):
        raise refusal("token_in_query")
    return read_caller(request.META.get("HTTP_AUTHORIZATION", ""))


def holds_token(query: str) -> bool:
    return any(unquote_plus(pair.partition("=")[0]) == "access_token" for pair in query.split("&"))


def read_caller(authorization: str) -> Caller:
    """Raises NotAuthenticated (no_token) or AuthenticationFailed (invalid_token, expired_token)."""
    if authorization[:7].strip().lower() != "bearer":
        raise NotAuthenticated(MESSAGES["no_token"], code="no_token")
    match = BEARER.fullmatch(authorization)
    rows = find_token(match[1]) if match else []
    if not rows:
        raise refusal("invalid_token")
    return checked(rows)


def find_token(token: str) -> list[tuple]:
    cursor = standing_cursor()
    cursor.execute(QUERY, [hashlib.sha256(token.encode()).hexdigest()])
    return cursor.fetchall()


def checked(rows: list[tuple]) -> Caller:
    """The caller of one token's rows; raises AuthenticationFailed when the token, client or person is stopped."""
    token_id, expires, created, scope, pk, name, client_id, usable, allowed, roles, user_id, login, active, *_ = rows[0]
    if not usable or (user_id is not None and not active):
        raise refusal("invalid_token")
    if aware(expires) <= timezone.now():
        raise refusal("expired_token")
    application_roles = known_roles(roles)
    return Caller(
        application_id=pk,
        application_name=name,
        client_id=client_id,
        scopes=frozenset(scope.split()).intersection(json.loads(allowed)),
        application_roles=application_roles,
        user_id=user_id,
        login=login,
        roles=roles_by_organization(rows, user_id, Role.highest(application_roles)),
        zones=zones_by_organization(rows),
        token_id=token_id,
        created=aware(created),
        expires=aware(expires),
    )


def known_roles(stored: str) -> tuple[Role, ...]:
    return tuple(Role(word) for word in json.loads(stored) if word in Role.values)


def roles_by_organization(rows: list[tuple], user_id: int | None, own: Role | None) -> dict[int, Role | None]:
    held = {row[-2]: row[-1] for row in rows if row[-2] is not None}
    if user_id is None:
        return dict.fromkeys(held, own)
    return {organization_id: Role(role) for organization_id, role in held.items() if role}


def zones_by_organization(rows: list[tuple]) -> dict[int, str]:
    return {row[-2]: row[-3] for row in rows if row[-2] is not None}


def refusal(code: str) -> AuthenticationFailed:
    return AuthenticationFailed(MESSAGES[code], code=code)
