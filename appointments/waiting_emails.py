"""The notice to a customer who waits: something is free now [contract 40]."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models import BookingSettings, Waiting
from appointments.services import waiting_slots
from core.links import sign_link
from core.mail import Rendered, email, queue_email, render
from core.models import OutboxMessage

WAITING_LINK = "waiting"


# Of the starts that freed so many are kept, in case that the first ones are gone when the message is sent.
MOST_STARTS = 20


def queue_notice(waiting: Waiting, starts: Sequence[datetime]) -> None:
    """Of these starts, in their order; the customer has an address."""
    queue_email(
        kind="waiting_notice",
        organization=waiting.organization,
        recipient=None,
        address=waiting.customer.email,
        language=waiting.organization.language,
        entity=waiting,
        params={"starts": [start.isoformat() for start in starts[:MOST_STARTS]]},
    )


@email("waiting_notice", _("Waiting list: a time is free"))
def render_notice(row: OutboxMessage) -> Rendered | None:
    """None once the customer waits no longer, or nothing of what freed is free any more."""
    rows = Waiting.objects.alive().select_related("customer", "organization__booking_settings")
    waiting = rows.filter(pk=row.entity_id, end__gt=timezone.now()).exclude(customer__email="").first()
    starts = [datetime.fromisoformat(text) for text in row.params["starts"]]
    first = waiting and waiting_slots.first_free(waiting, starts)
    if waiting is None or first is None:
        return None
    values = {
        "name": waiting.customer.full_name,
        "services": ", ".join(service.public_name for service in waiting_slots.services_of(waiting)),
        "first": first,
        "phone": BookingSettings.of(waiting.organization).phone,
    }
    return render(row, values, link=lambda: waiting_url(waiting), address=waiting.customer.email)


def waiting_url(waiting: Waiting) -> str:
    """The page where its customer chooses, until the window ends."""
    token = sign_link(WAITING_LINK, waiting.pk, waiting.customer_id, waiting.end - timezone.now())
    return settings.SITE_URL + reverse("customer-waiting", args=[token])
