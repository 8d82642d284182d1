"""API keys: their making, their end, and how a text is compared with what is kept."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from core.clients import check_ahead, create_client
from core.locks import atomic
from core.models import ApiKey, Application, Organization, Role

# What tells them from other secrets at a glance.
MARK = "dk_"
PREFIX_LENGTH = 12
SCOPES = ["appointments:read", "appointments:write"]
# pro: staff; account: for a page that anybody reads.
PROFILES: dict[str, list[Role]] = {"pro": [Role.BASIC_STAFF], "account": []}


def hash_of(text: str) -> str:
    """A fast hash is enough for 256 random bits."""
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


@atomic
def new_key(application: Application, expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    """Its row and its text, which is kept as a hash and cannot be read again. Raises ValidationError."""
    check_ahead("expires_at", expires_at)
    text = MARK + secrets.token_urlsafe(32)
    values = {"prefix": text[:PREFIX_LENGTH], "key_hash": hash_of(text), "expires_at": expires_at}
    return ApiKey.objects.create(application=application, **values), text


@atomic
def create_client_with_key(
    name: str, profile: str, organization: Organization, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """A client of its own, so that the key can be limited, watched and stopped by itself. Raises ValidationError."""
    client = Application(
        name=name,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        allowed_scopes=SCOPES,
        roles=list(PROFILES[profile]),
        is_sandbox=organization.is_sandbox,
    )
    application, _secret = create_client(client, [organization])
    return new_key(application, expires_at)


@atomic
def let_expire(pk: int, expires_at: datetime | None, versions: Collection[int] | None = None) -> ApiKey:
    """Another end for it; None: it never expires. Raises ValidationError, StaleVersion."""
    check_ahead("expires_at", expires_at)
    key = ApiKey.objects.locked(pk, versions)
    key.changed(expires_at=expires_at).save()
    return key


@atomic
def revoke(pk: int) -> ApiKey:
    """It opens nothing from the next call on; the row stays, to be recognised by."""
    key = ApiKey.objects.locked(pk)
    if key.is_active:
        key.changed(is_active=False).save()
    return key
