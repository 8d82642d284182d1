"""What core puts into the back office."""

from core.admin import (  # noqa: F401
    api_keys,
    clients,
    deliveries,
    events,
    memberships,
    organizations,
    outbox,
    people,
    usage,
    webhooks,
)
