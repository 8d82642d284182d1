"""What core puts into the back office."""

from core.admin import clients, memberships, organizations, outbox, people  # noqa: F401
