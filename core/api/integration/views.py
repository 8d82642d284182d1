from functools import cached_property

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from rest_framework.response import Response

from core import events, feed
from core.api.errors import Refusal
from core.api.integration import documentation, forms
from core.api.integration.base import READ, WRITE, IntegrationView, path_number, write_cursor
from core.api.integration.shapes import shown_delivery, shown_webhook
from core.errors import StaleVersion
from core.models import Event, Webhook, WebhookDelivery
from core.webhooks import services
from core.webhooks.envelope import entity_of, envelope

WEBHOOKS, DELIVERIES, FEED = "webhooks", "deliveries", "events"


class Webhooks(IntegrationView):
    documentation = documentation.WEBHOOKS
    accesses = {
        "list": READ,
        "retrieve": READ,
        "create": WRITE,
        "update": WRITE,
        "destroy": WRITE,
        "rotate": WRITE,
        "deliveries": READ,
        "replay": WRITE,
    }

    def rows(self) -> QuerySet[Webhook]:
        return self.in_organizations(Webhook.objects.all())

    def find(self, pk: str) -> Webhook:
        webhook = self.rows().filter(pk=path_number(pk)).first()
        if webhook is None:
            raise Http404
        return webhook

    def list(self, request):
        return self.page(self.rows(), WEBHOOKS, shown_webhook)

    def retrieve(self, request, pk):
        webhook = self.find(pk)
        return self.single(shown_webhook(webhook), webhook.version)

    def create(self, request):
        values = forms.read(request.data, forms.WEBHOOK, required=("url", "types"))
        webhook, secret = self.written(lambda: services.create_webhook(self.organization, values))
        address = {"Location": f"{request.path.rstrip('/')}/{webhook.pk}"}
        return self.single({**shown_webhook(webhook), "secret": secret}, webhook.version, 201, address)

    def update(self, request, pk):
        webhook = self.checked(self.find(pk))
        values = forms.read(request.data, forms.WEBHOOK)
        written = self.written(lambda: services.update_webhook(webhook.pk, values, self.expected_versions))
        return self.single(shown_webhook(written), written.version)

    def destroy(self, request, pk):
        services.delete_webhook(self.checked(self.find(pk)).pk, self.expected_versions)
        return Response(status=204)

    def rotate(self, request, pk):
        webhook, secret = services.rotate_secret(self.checked(self.find(pk)).pk, self.expected_versions)
        return self.single({**shown_webhook(webhook), "secret": secret}, webhook.version)

    def deliveries(self, request, pk):
        rows = WebhookDelivery.objects.filter(webhook=self.find(pk)).select_related("event")
        return self.page(rows, DELIVERIES, shown_delivery)

    def replay(self, request, delivery):
        rows = WebhookDelivery.objects.filter(webhook__in=self.rows()).select_related("event")
        found = rows.filter(pk=path_number(delivery)).first()
        if found is None:
            raise Http404
        return Response(shown_delivery(services.replay(found)), status=202)

    def page(self, rows: QuerySet, of: str, shown) -> Response:
        """The newest first."""
        limit, before = self.limit, self.position("after", of)
        self.query.check()
        rows = rows.filter(pk__lt=before) if before else rows
        found = list(rows.order_by("-pk")[: limit + 1])
        cursor = write_cursor(found[limit - 1].pk, of) if len(found) > limit else None
        return Response({"items": [shown(row) for row in found[:limit]], "nextCursor": cursor})

    def written(self, write):
        try:
            return write()
        except StaleVersion:
            raise
        except ValidationError as error:
            raise forms.told(error, forms.WEBHOOK) from None


class Events(IntegrationView):
    """The feed: each event once for whoever goes on from his cursor, in an order that never changes."""

    documentation = documentation.EVENTS
    accesses = {"list": READ}

    @cached_property
    def readable(self) -> list[str]:
        """The types of the entities that the caller may read."""
        return [kind.name for kind in events.types() if entity_of(kind.name).scope in self.caller.scopes]

    def _read(self, after: int, limit: int) -> tuple[list[Event], int]:
        try:
            return feed.read(self.organization, after, limit, self.readable)
        except feed.Gone as error:
            raise Refusal(410, "gone", str(error)) from None

    def list(self, request):
        of = f"{FEED} {self.organization.pk}"
        limit, after = self.limit, self.position("after", of)
        self.query.check()
        found, reached = self._read(after, limit)
        # Also of an empty page: a reader goes on from where he stood.
        return Response({"items": [envelope(event) for event in found], "nextCursor": write_cursor(reached, of)})
