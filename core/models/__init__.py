from core.models.api_key import ApiKey
from core.models.base import OrganizationRow, VersionedModel
from core.models.client import Application
from core.models.event import Event, EventFeed
from core.models.idempotency import IdempotencyKey
from core.models.organization import Organization
from core.models.outbox import OutboxMessage
from core.models.retention import Retention
from core.models.saved_view import SavedView
from core.models.usage import ClientUsage
from core.models.user import Membership, Role, User
from core.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "ApiKey",
    "Application",
    "ClientUsage",
    "Event",
    "EventFeed",
    "IdempotencyKey",
    "Membership",
    "Organization",
    "OrganizationRow",
    "OutboxMessage",
    "Retention",
    "Role",
    "SavedView",
    "User",
    "VersionedModel",
    "Webhook",
    "WebhookDelivery",
]
