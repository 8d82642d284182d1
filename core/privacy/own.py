"""What core itself keeps of people."""

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import (
    get_access_token_model,
    get_grant_model,
    get_id_token_model,
    get_refresh_token_model,
)

from core.models import (
    ApiKey,
    Application,
    ClientUsage,
    Event,
    EventFeed,
    IdempotencyKey,
    Membership,
    Organization,
    OutboxMessage,
    SavedView,
    User,
    Webhook,
    WebhookDelivery,
)
from core.privacy.anonymising import forget_messages
from core.privacy.parts import Part, nothing_about, register


class AccountPart(Part):
    def erase(self, pks) -> int:
        """Last of all, once nothing names it."""
        return 0


class MessagePart(Part):
    def erase(self, pks) -> int:
        return forget_messages(OutboxMessage.objects.filter(pk__in=pks))


ACCOUNT = AccountPart(
    "account",
    User,
    lambda subject: subject.is_user("id"),
    hidden=["password"],
    title=_("Account"),
)
register(
    ACCOUNT,
    Part("memberships", Membership, lambda subject: subject.is_user("user"), drops=True),
    Part("saved_views", SavedView, lambda subject: subject.is_user("user"), drops=True),
    Part("back_office_log", LogEntry, lambda subject: subject.is_user("user"), drops=True),
    MessagePart(
        "messages",
        OutboxMessage,
        lambda subject: subject.is_user("recipient") | subject.has_address("address"),
        hidden=["params", "lease_until"],
        is_traced=False,
    ),
)
# What opens a door is deleted and never told: when it was given, and to which client.
TOLD_OF_TOKENS = ["id", "application", "created", "expires"]
for kind, model in (
    ("refresh_tokens", get_refresh_token_model()),
    ("access_tokens", get_access_token_model()),
    ("grants", get_grant_model()),
    ("id_tokens", get_id_token_model()),
    ("device_grants", apps.get_model("oauth2_provider", "DeviceGrant")),
):
    names = {field.name for field in model._meta.concrete_fields}
    shown = [name for name in TOLD_OF_TOKENS if name in names]
    register(Part(kind, model, lambda subject: subject.is_user("user"), shown=shown, drops=True))
nothing_about(Event, EventFeed, Webhook, WebhookDelivery, ClientUsage)
nothing_about(Organization, Application, ApiKey, IdempotencyKey, *apps.get_app_config("auth").get_models())
