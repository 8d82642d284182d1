"""Client programs: their making and their secrets."""

import secrets

from django.utils.translation import gettext_noop

from core.locks import atomic
from core.models import Application, Organization

# What the history says of it, as the secret itself is not copied there.
NEW_SECRET = gettext_noop("new secret")


def new_secret() -> str:
    """128 random characters: what makes a fast hash enough."""
    return secrets.token_urlsafe(96)


@atomic
def create_client(client: Application, organizations: list[Organization]) -> tuple[Application, str]:
    """Save a filled, unsaved client: it and its secret, which is kept as a hash and cannot be read again.

    Raises ValidationError.
    """
    secret = new_secret()
    client.client_secret = secret
    client.full_clean()
    client.save()
    client.organizations.set(organizations)
    return client, secret


@atomic
def renew_secret(pk: int) -> str:
    """A new secret; the old one stops at once, tokens already given live on until they expire."""
    client = Application.objects.select_for_update().get(pk=pk)
    client.client_secret = secret = new_secret()
    client._change_reason = NEW_SECRET
    client.save()
    return secret
