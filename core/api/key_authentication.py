"""Who calls by an API key: in the query, in a header, or at the top level of a JSON body [contract 40].

A key is judged before a bearer beside it; `Authorization: Basic` beside a key is not read.
"""

from urllib.parse import unquote_plus

import orjson
from django.conf import settings
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed

from core.api.authentication import (
    BearerAuthentication,
    Caller,
    holds_token,
    known_roles,
    refusal,
    roles_by_organization,
    zones_by_organization,
)
from core.api_keys import hash_of
from core.context import name_actor
from core.models.user import Role
from core.statements import aware, standing_cursor

NAME = "apikey"
# One row for each organization granted to the client, as for tokens.
QUERY = """
SELECT api_key.id, api_key.expires_at, api_key.created_at, application.id, application.name, application.client_id,
       application.is_active, application.allowed_scopes, application.roles,
       organization.time_zone, organization.id, NULL
  FROM core_apikey api_key
  JOIN core_application application ON application.id = api_key.application_id
  LEFT JOIN core_application_organizations granted ON granted.application_id = application.id
  LEFT JOIN core_organization organization ON organization.id = granted.organization_id AND organization.is_active
         AND (organization.sandbox_of_id IS NOT NULL) = application.is_sandbox
 WHERE api_key.key_hash = %s AND api_key.is_active
"""


class KeyAuthentication(BearerAuthentication):
    """A key, else a bearer. Raises when there is neither."""

    def authenticate(self, request) -> tuple[Caller, None]:
        key = key_of(request)
        if key is None:
            return super().authenticate(request)
        if holds_token(request.META.get("QUERY_STRING", "")):
            raise refusal("token_in_query")
        caller, key_id = read_key(key)
        name_actor(application_id=caller.application_id, user_id=None, key_id=key_id)
        return caller, None


def key_of(request) -> str | None:
    """The first of those that the request carries."""
    in_query = _in_query(request.META.get("QUERY_STRING", ""))
    if in_query is not None:
        return in_query
    return request.META.get("HTTP_X_API_KEY") or _in_body(request)


def _in_query(query: str) -> str | None:
    pairs = (pair.partition("=") for pair in query.split("&"))
    return next((unquote_plus(value) for name, _, value in pairs if unquote_plus(name) == NAME), None)


def _in_body(request) -> str | None:
    """What is no JSON object of a size that would be read gives none; it is complained of later."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if request.content_type.split(";")[0].strip().lower() != "application/json":
        return None
    if not (length.isdecimal() and int(length) <= settings.API_BODY_LIMIT):
        return None
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return None
    found = body.get(NAME) if isinstance(body, dict) else None
    return found if isinstance(found, str) else None


def read_key(key: str) -> tuple[Caller, int]:
    """The caller, and the key's id. Raises AuthenticationFailed (invalid_key)."""
    cursor = standing_cursor()
    cursor.execute(QUERY, [hash_of(key)])
    rows = cursor.fetchall()
    if not rows:
        raise invalid_key()
    key_id, expires, created, pk, name, client_id, usable, scopes, roles, *_ = rows[0]
    if not usable or (expires and aware(expires) <= timezone.now()):
        raise invalid_key()
    application_roles = known_roles(roles)
    caller = Caller(
        application_id=pk,
        application_name=name,
        client_id=client_id,
        scopes=frozenset(orjson.loads(scopes)),
        application_roles=application_roles,
        user_id=None,
        login=None,
        roles=roles_by_organization(rows, None, Role.highest(application_roles)),
        zones=zones_by_organization(rows),
        token_id=None,
        created=aware(created),
        expires=None,
    )
    return caller, key_id


def invalid_key() -> AuthenticationFailed:
    return AuthenticationFailed("The API key is not valid", code="invalid_key")
