"""What the tests of webhooks share: who calls, what is sent to, and what was written of events."""

from contextlib import contextmanager

import standardwebhooks
import time_machine

from core.events import EventType, record, types
from core.locks import atomic
from core.models import Application, Event, Organization, Role, Webhook, WebhookDelivery
from core.webhooks.services import create_webhook
from tests import api
from tests.api import Caller
from tests.dns import hosts
from tests.factories import make_client, make_close, make_member
from tests.receiver import Receiver

URL = "/api/webhooks"
FEED = "/api/events"
BODY = {"url": "https://hooks.example.org/dutyboard", "types": ["job.created", "job.scheduled"]}
RECEIVER = "hooks.test"
SCOPES = ["webhooks:read", "webhooks:write"]
READS = ["tig", "jobs:read", "interventions:read", "appointments:read", "svctasks:read"]


def integrator(organization: Organization, *scopes: str) -> Caller:
    """A program without any role; without scopes, with all that webhooks and the whole feed take."""
    return api.program(organization, roles=[], scopes=list(scopes) or [*SCOPES, *READS])


def member(organization: Organization, role: Role) -> Caller:
    """A person with this role, through a client that is allowed all of that."""
    grant = Application.GRANT_AUTHORIZATION_CODE
    client = make_client(organization, roles=[], allowed_scopes=[*SCOPES, *READS], authorization_grant_type=grant)
    return api.person(make_member(organization, role), client)


def kind_named(name: str) -> EventType:
    return next(kind for kind in types() if kind.name == name)


def happen(organization: Organization, *names: str) -> list[Event]:
    """Events of these types, each in a transaction of its own, of one close."""
    close = make_close(organization)
    for name in names:
        with atomic():
            record(kind_named(name), close)
    return list(Event.objects.order_by("-pk")[: len(names)])[::-1]


@contextmanager
def listening(settings, **options):
    """A receiver by the name of `hooks.test`, on a network that the operator opened to webhooks."""
    settings.OUTBOUND_PRIVATE_HOSTS = [RECEIVER]
    with hosts({RECEIVER: [["127.0.0.1"]]}), Receiver(**options) as server:
        yield server


def webhook_to(server: Receiver, organization: Organization, *types: str) -> tuple[Webhook, str]:
    """With its secret, as it is shown. Without types: of all."""
    url = f"http://{RECEIVER}:{server.port}/dutyboard"
    return create_webhook(organization, {"url": url, "types": list(types) or ["*"]})


def answered_delivery(organization: Organization, body: str) -> WebhookDelivery:
    """One that arrived, and to which the receiver said this."""
    create_webhook(organization, {"url": BODY["url"], "types": ["close.closed"]})
    happen(organization, "close.closed")
    delivery = WebhookDelivery.objects.latest("pk")
    WebhookDelivery.objects.filter(pk=delivery.pk).update(state="delivered", answer_body=body)
    return delivery


def verified(call, secret: str) -> dict:
    """The body, as the published library of the Standard Webhooks reads it."""
    return standardwebhooks.Webhook(secret).verify(call.body, call.headers)


def only_delivery() -> WebhookDelivery:
    return WebhookDelivery.objects.select_related("webhook", "event").get()


def at(moment):
    """The clock stands there."""
    return time_machine.travel(moment, tick=False)
