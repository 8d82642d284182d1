"""What core puts into the back office."""

from core.admin import api_keys, clients, memberships, organizations, outbox, people  # noqa: F401
