"""Who calls beside an application's bearer: sessions of people and of providers, and their tokens [seed; contract 30].

A token is an HS256 JWT with the claims of the seed's sample; the session's row says what it is worth at each call.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone
from jwcrypto.common import JWException, base64url_decode, base64url_encode
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from core.models import Role, User
from core.statements import aware
from interventions.models import Intervention, Session

LIFETIME = timedelta(hours=24)
HEADER = {"alg": "HS256", "typ": "JWT"}
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,200}\.[A-Za-z0-9_-]{1,600}\.[A-Za-z0-9_-]{43}")
QUERY = """
SELECT session.id, session.expires_at, session.application_id, session.organization_id, session.user_id,
       session.intervention_id, person.login, person.is_active, membership.role,
       coalesce(person.language, nullif(contact.language, ''), organization.language)
  FROM interventions_session session
  JOIN core_organization organization ON organization.id = session.organization_id
  LEFT JOIN core_user person ON person.id = session.user_id
  LEFT JOIN core_membership membership
         ON membership.organization_id = session.organization_id AND membership.user_id = session.user_id
  LEFT JOIN interventions_intervention intervention ON intervention.id = session.intervention_id
  LEFT JOIN interventions_companycontact contact ON contact.id = intervention.assigned_company_contact_id
 WHERE session.uid = %s AND session.revoked_at IS NULL
"""


class InvalidSession(Exception):
    """Tampered, expired, revoked, foreign or withdrawn: all the same to the caller."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as it stands at this call. Of a provider: an intervention, and neither person nor role."""

    pk: int
    application_id: int
    organization_id: int
    user_id: int | None
    intervention_id: int | None
    login: str | None
    role: Role | None
    language: str

    @property
    def is_provider(self) -> bool:
        return self.intervention_id is not None


# -- tokens -------------------------------------------------------------------------------------------------


def token_of(session: Session) -> str:
    claims = {
        "userId": "" if session.user_id is None else str(session.user_id),
        "sessionId": session.uid.hex,
        "iat": int(session.created_at.timestamp()),
        "exp": int(session.expires_at.timestamp()),
    }
    token = JWS(json.dumps(claims, separators=(",", ":")))
    token.add_signature(_keys()[0], protected=json.dumps(HEADER, separators=(",", ":")))
    return token.serialize(compact=True)


def _keys() -> list[JWK]:
    """The first signs, all verify."""
    return [JWK(kty="oct", k=base64url_encode(key)) for key in settings.SESSION_JWT_KEYS]


def read_token(text: str) -> dict:
    """The claims of a token of ours, as they were signed. Raises InvalidSession."""
    return _verified(text, tuple(settings.SESSION_JWT_KEYS))


# To verify takes longer than all else of a short call; what a token is worth is asked each time.
@lru_cache(maxsize=2000)
def _verified(text: str, _keys_in_force: tuple[str, ...]) -> dict:
    if not TOKEN.fullmatch(text) or not all(map(_is_plain, text.split("."))):
        raise InvalidSession
    for key in _keys():
        token = JWS()
        token.allowed_algs = ["HS256"]
        try:
            token.deserialize(text, key)
        except (JWException, ValueError):
            continue
        return json.loads(token.payload)
    raise InvalidSession


def _is_plain(part: str) -> bool:
    """One token has one spelling: what differs in bits that nobody reads is another text."""
    try:
        return base64url_encode(base64url_decode(part)) == part
    except ValueError:
        return False


# -- sessions -----------------------------------------------------------------------------------------------


def session_of(text: str, application_id: int) -> OpenSession:
    """In one query, with its person and role. Raises InvalidSession."""
    claims = read_token(text)
    try:
        uid = UUID(hex=claims["sessionId"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InvalidSession from None
    field: Any = Session._meta.get_field("uid")
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [field.get_db_prep_value(uid, connection)])
        row = cursor.fetchone()
    if row is None or row[2] != application_id:
        raise InvalidSession
    return _standing(row)


def _standing(row: tuple) -> OpenSession:
    pk, expires, application_id, organization_id, user_id, intervention_id, login, is_active, role, language = row
    if aware(expires) <= timezone.now():
        raise InvalidSession
    # A person who left, or was stopped, has no session any more.
    if user_id is not None and not (is_active and role):
        raise InvalidSession
    known = Role(role) if role else None
    return OpenSession(pk, application_id, organization_id, user_id, intervention_id, login, known, language)


def shared_organizations(user: User, granted: Collection[int]) -> list[int]:
    """Where the person is staff and the application is granted, by id."""
    held = {pk for pk, role in user.held.items() if role.rank >= Role.BASIC_STAFF.rank}
    return sorted(held & set(granted))


def open_for_person(application_id: int, organization_id: int, user: User) -> Session:
    return Session.objects.create(
        application_id=application_id, organization_id=organization_id, user=user, expires_at=timezone.now() + LIFETIME
    )


def open_for_provider(application_id: int, intervention: Intervention) -> Session:
    """Of one who proved by the code PIN that he is on site (services.pins)."""
    return Session.objects.create(
        application_id=application_id,
        organization_id=intervention.organization_id,
        intervention=intervention,
        expires_at=timezone.now() + LIFETIME,
    )


def close_session(pk: int) -> None:
    Session.objects.filter(pk=pk, revoked_at=None).update(revoked_at=timezone.now())


def leave_site(intervention: Intervention) -> None:
    """Who was there with the code PIN is so no more: neither a session nor an announced signature is worth anything."""
    now = timezone.now()
    intervention.sessions.filter(revoked_at=None).update(revoked_at=now)
    intervention.uploads.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
