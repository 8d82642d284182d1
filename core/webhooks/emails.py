"""To who keeps an organization's webhooks."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.mail import Rendered, email, queue_email, render
from core.models import OutboxMessage, Webhook
from core.people import keepers


def queue_switched_off(webhook: Webhook) -> None:
    """Nothing arrived there for days."""
    for person in keepers(webhook.organization):
        queue_email(
            kind="webhook_switched_off",
            organization=webhook.organization,
            recipient=person,
            address=person.email,
            language=person.language,
            entity=webhook,
        )


@email("webhook_switched_off", _("Webhook switched off"))
def render_switched_off(row: OutboxMessage) -> Rendered | None:
    """None where somebody switched it on again, or removed it."""
    webhook = Webhook.objects.filter(pk=row.entity_id, is_enabled=False).first()
    if webhook is None:
        return None
    page = settings.SITE_URL + reverse("admin:core_webhook_change", args=[webhook.pk])
    return render(row, {"host": urlsplit(webhook.url).hostname, "page_url": page})
