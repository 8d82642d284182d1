"""Client programs: their making and their secrets."""

import secrets
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.changes import refuse
from core.locks import atomic
from core.models import Application, Organization
from core.organizations import twin_of

# What the history says of it, as the secret itself is not copied there.
NEW_SECRET = gettext_noop("new secret")
FORMER_STOPPED = gettext_noop("former secret stopped")
# How long a former secret may live on beside the new one, in days, and for how many it does where nobody chose.
KEEP_DAYS = (0, 1, 7, 30)
KEEP = timedelta(days=7)


def new_secret() -> str:
    """128 random characters: what makes a fast hash enough."""
    return secrets.token_urlsafe(96)


def check_ahead(field: str, moment: datetime | None) -> None:
    """Raises ValidationError for an end that is past already."""
    if moment and moment <= timezone.now():
        refuse(field, "past", _("must be in the future"))


@atomic
def create_client(client: Application, organizations: list[Organization]) -> tuple[Application, str]:
    """Save a filled, unsaved client: it and its secret, which is kept as a hash and cannot be read again.

    Raises ValidationError.
    """
    secret = new_secret()
    client.client_secret = secret
    client.full_clean()
    check_ahead("secret_expires_at", client.secret_expires_at)
    granted = granted_to(client, organizations)
    client.save()
    client.organizations.set(granted)
    return client, secret


def granted_to(client: Application, organizations: list[Organization]) -> list[Organization]:
    """What this client is granted of these: a sandbox client their sandboxes, which are made when first needed.

    Raises ValidationError for a sandbox and a client that is for real data.
    """
    if client.is_sandbox:
        return [twin_of(each) for each in organizations]
    if any(each.is_sandbox for each in organizations):
        refuse("organizations", "sandbox", _("a sandbox is for sandbox clients alone"))
    return organizations


@atomic
def renew_secret(pk: int, keep_for: timedelta = KEEP, expires_at: datetime | None = None) -> str:
    """A new secret; the old one lives on beside it for so long, but not beyond its own end.

    Two live at most: one that was former already stops. Tokens already given live on until they expire.
    """
    check_ahead("secret_expires_at", expires_at)
    client = Application.objects.locked(pk)
    client.former_secret, client.former_until = _former(client, keep_for)
    client.client_secret = secret = new_secret()
    client.secret_expires_at = expires_at
    client._change_reason = NEW_SECRET
    client.save()
    return secret


def _former(client: Application, keep_for: timedelta) -> tuple[str, datetime | None]:
    if not keep_for or client.is_secret_expired:
        return "", None
    until = timezone.now() + keep_for
    return client.client_secret, min(until, client.secret_expires_at or until)


@atomic
def stop_former_secret(pk: int) -> Application:
    """Only the present secret opens from now on."""
    client = Application.objects.locked(pk)
    if client.former_secret:
        client._change_reason = FORMER_STOPPED
        client.changed(former_secret="", former_until=None).save()
    return client
