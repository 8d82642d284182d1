"""How webhooks and their deliveries look in lists and pages."""

import json
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.admin.dashboard import list_url
from core.admin.display import EMPTY, local_time, pill
from core.models import Event, Webhook, WebhookDelivery
from core.webhooks.deliveries import ALL
from core.webhooks.envelope import envelope

State = WebhookDelivery.State
TONES: dict[str, str] = {
    State.QUEUED: "blue",
    State.SENDING: "amber",
    State.DELIVERED: "green",
    State.FAILED: "red",
    State.CANCELLED: "grey",
}
# Characters of an address or an error in a list, and types that it names.
LONG, SHORT, NAMED = 60, 80, 3
LATEST = 10


def place_of(webhook: Webhook) -> str:
    """Its host and path: the query may hold what is nobody's business."""
    parts = urlsplit(webhook.url)
    text = f"{parts.netloc}{parts.path}".rstrip("/")
    return f"{text[:LONG]}…" if len(text) > LONG else text


def types_text(webhook: Webhook) -> str:
    if ALL in webhook.types:
        return _("all")
    more = len(webhook.types) - NAMED
    named = ", ".join(webhook.types[:NAMED])
    return _("%(named)s and %(more)d more") % {"named": named, "more": more} if more > 0 else named


def webhook_state(webhook: Webhook):
    """On, failing since when, or off and why."""
    if not webhook.is_enabled:
        why = _(webhook.off_reason) if webhook.off_reason else ""
        return _with_note(pill(_("Off"), "amber" if why else "grey"), why)
    if webhook.failing_since is None:
        return pill(_("On"), "green")
    since = local_time(webhook.failing_since, webhook.organization.zone)
    return _with_note(pill(_("Failing"), "red"), _("since %(moment)s") % {"moment": since})


def _with_note(shown, note: str):
    return format_html('{} <span class="quiet">{}</span>', shown, note) if note else shown


def state_pill(state: str):
    return pill(State(state).label, TONES[state])


def delivery_url(pk: int) -> str:
    return reverse("admin:core_webhookdelivery_change", args=[pk])


def about(event: Event) -> str:
    return f"{event.kind} {event.entity_id}"


def about_link(event: Event):
    """To its page, by an address that finds the row only when it is followed."""
    return format_html('<a href="{}">{}</a>', reverse("admin:core_event_entity", args=[event.pk]), event.entity_id)


def next_try(delivery: WebhookDelivery, zone=None) -> str:
    return local_time(delivery.due_at, zone) if delivery.state == State.QUEUED else EMPTY


def outcome(delivery: WebhookDelivery) -> str:
    """What came of its last try, in a line."""
    if error := error_of(delivery):
        return f"{error[:SHORT]}…" if len(error) > SHORT else error
    return str(delivery.answer_status) if delivery.answer_status else EMPTY


def error_of(delivery: WebhookDelivery) -> str:
    """An answer's is told in the reader's language; any other as it was noted."""
    if delivery.error and delivery.answer_status:
        return _("The answer was %(status)d") % {"status": delivery.answer_status}
    return delivery.error


def envelope_text(event: Event) -> str:
    return json.dumps(envelope(event), indent=2, ensure_ascii=False)


def deliveries_of(rows, all_url: str = "") -> str:
    """As HTML: the newest of these deliveries."""
    found = list(rows.select_related("event", "webhook__organization").order_by("-pk")[:LATEST])
    return render_to_string(
        "admin/webhook_deliveries.html", {"lines": [_line(row) for row in found], "all_url": all_url}
    )


def _line(row: WebhookDelivery) -> dict:
    zone = row.webhook.organization.zone
    return {
        "about": about(row.event),
        "place": place_of(row.webhook),
        "url": delivery_url(row.pk),
        "state": state_pill(row.state),
        "attempts": row.attempts,
        "when": local_time(row.delivered_at or row.created_at, zone),
        "next": next_try(row, zone),
        "outcome": outcome(row),
    }


def list_of(webhook: Webhook) -> str:
    return list_url("core_webhookdelivery", webhook=webhook.pk)
