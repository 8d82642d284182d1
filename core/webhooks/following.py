"""What else the product does for webhooks: the embedded worker's part, the service task, the deletion of old events."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from core import embedded, feed, purge
from core.context import acting
from core.models import Organization
from core.retention import Kind, deadlines
from core.service_scripts import Run, Shipped, service_script
from core.webhooks import deliveries, sending

EVENTS = Kind("events", _("Events, with what was delivered of them"), default=30, highest=3650)


def drain() -> None:
    with acting(door="embedded"):
        sending.drain(seconds=embedded.DRAIN_SECONDS)


embedded.register("webhooks", drain, deliveries.wake)


@service_script(
    "retry_webhooks",
    title=_("Tries the deliveries of webhooks that are due"),
    ships=Shipped("retrywebhooks", "Retries of webhooks", every=timedelta(minutes=15)),
)
def retry_webhooks(run: Run) -> dict[str, int]:
    return {"tried": sending.drain(run.organization)}


def purge_events(dry_run: bool, organization: Organization | None = None) -> int:
    """With what was delivered of them."""
    places = deadlines(EVENTS, organization)
    return sum(feed.purge(Organization.objects.get(pk=pk), before, dry_run=dry_run) for pk, before in places)


purge.register("events", purge_events, EVENTS)
