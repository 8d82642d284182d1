"""As tests/factories.py, for webhooks, events and deliveries. Straight into the tables: nothing is sent."""

from datetime import timedelta

from django.utils import timezone

from core.crypto import encrypt
from core.models import Event, Organization, Webhook, WebhookDelivery

ADDRESS = "https://hooks.example.org/dutyboard"


def make_webhook(organization: Organization, url: str = ADDRESS, **fields) -> Webhook:
    defaults = {"types": ["*"], "secret": encrypt(b"k" * 32)}
    return Webhook.objects.create(organization=organization, url=url, **{**defaults, **fields})


def make_event(organization: Organization, kind: str = "job.created", entity_id: object = 1, **fields) -> Event:
    return Event.objects.create(organization=organization, kind=kind, entity_id=str(entity_id), **fields)


def make_delivery(webhook: Webhook, event: Event | None = None, **fields) -> WebhookDelivery:
    """Queued and due, unless the fields say else."""
    event = event or make_event(webhook.organization)
    until = timezone.now() + timedelta(days=1)
    return WebhookDelivery.objects.create(webhook=webhook, event=event, **{"until": until, **fields})
