"""To who looks after an organization's clients."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.mail import Rendered, email, queue_email, render
from core.models import ApiKey, Application, Organization, OutboxMessage, User

# A day more than the earliest warning, for clocks that change.
NEAR = timedelta(days=31)


def queue_expiring(row: Model, organization: Organization, person: User) -> None:
    """A client's secret or an API key ends soon."""
    queue_email(
        kind="key_expiring" if isinstance(row, ApiKey) else "secret_expiring",
        organization=organization,
        recipient=person,
        address=person.email,
        language=person.language,
        entity=row,
    )


@email("secret_expiring", _("Client secret expires"))
def render_secret_expiring(row: OutboxMessage) -> Rendered | None:
    """None for a client that is stopped or gone, and for a secret that was renewed."""
    client = Application.objects.filter(pk=row.entity_id, is_active=True).first()
    if client is None or not _is_ahead(client.secret_expires_at, row):
        return None
    page = settings.SITE_URL + reverse("admin:core_application_change", args=[client.pk])
    return render(row, {"client": client, "expires_at": client.secret_expires_at, "page_url": page})


@email("key_expiring", _("API key expires"))
def render_key_expiring(row: OutboxMessage) -> Rendered | None:
    """The same for a key."""
    key = ApiKey.objects.select_related("application").filter(pk=row.entity_id, is_active=True).first()
    if key is None or not key.application.is_active or not _is_ahead(key.expires_at, row):
        return None
    page = settings.SITE_URL + reverse("admin:core_apikey_change", args=[key.pk])
    return render(row, {"key": key, "client": key.application, "expires_at": key.expires_at, "page_url": page})


def _is_ahead(ends: datetime | None, row: OutboxMessage) -> bool:
    """Whether the end is near still, as it was when the message was written."""
    return ends is not None and timezone.now() < ends < row.created_at + NEAR
