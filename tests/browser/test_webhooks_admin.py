"""Webhooks in a browser: made, its secret copied, what failed looked at and sent again, another secret, off."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Role, Webhook, WebhookDelivery
from tests.back_office import organization, person, url
from tests.browser.axe import look_at, too_wide_or_hard
from tests.browser.steps import follow, log_in
from tests.factories import make_close
from tests.webhook_factories import ADDRESS, make_delivery, make_event, make_webhook

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOOK, DELIVERY, EVENT = "core_webhook", "core_webhookdelivery", "core_event"
OFF = "Nothing arrived there for 5 days"


@pytest.fixture
def paris():
    place = organization()
    person("mara", Role.ADVANCED_STAFF, place)
    person("ada", Role.ADMINISTRATOR, place)
    return place


def test_staff_make_a_webhook_and_see_to_what_did_not_arrive(page, paris, take_screenshot):
    log_in(page)
    follow(page.get_by_role("link", name="Webhooks"))
    follow(page.get_by_role("link", name="Add webhook").first)
    page.get_by_label("Address").fill(ADDRESS)
    page.get_by_role("group", name="Jobs").get_by_label("A job was created").check()
    take_screenshot(page, "form")
    follow(page.get_by_role("button", name="Save", exact=True))
    secret = page.locator(".secret code").inner_text()
    assert secret.startswith("whsec_")
    take_screenshot(page, "secret")
    follow(page.get_by_role("link", name="Back to the webhook"))
    assert page.get_by_label("A job was created").is_checked()
    told = {"attempts": 9, "answer_status": 503, "answer_body": "down for repairs", "error": "The answer was 503"}
    webhook = Webhook.objects.get()
    make_delivery(webhook, make_event(paris, "job.created", 12), state="failed", **told)
    page.reload()
    follow(page.get_by_role("link", name="job.created 12"))
    assert page.get_by_text("down for repairs").is_visible()
    take_screenshot(page, "failed")
    follow(page.get_by_role("button", name="Send again"))
    assert page.locator(".pill", has_text="Queued").first.is_visible()
    assert WebhookDelivery.objects.get().state == "queued"
    page.goto(url(HOOK, "change", webhook.pk))
    follow(page.get_by_role("link", name="New secret"))
    follow(page.get_by_role("button", name="Make a new secret"))
    assert page.locator(".secret code").inner_text() not in {"", secret}
    follow(page.get_by_role("link", name="Back to the webhook"))
    assert "the former secret signs too" in page.locator(".summary").inner_text()
    follow(page.get_by_role("button", name="Switch off"))
    assert page.locator(".summary .pill").inner_text() == "Off"


# -- for everybody ------------------------------------------------------------------------------------------


@pytest.fixture
def addresses(paris):
    """One of each, and the pages to look at."""
    now = timezone.now()
    failing = make_webhook(paris, failing_since=now - timedelta(hours=5), types=["close.closed", "job.created"])
    make_webhook(paris, "https://hooks.example.org/" + "long/" * 30, is_enabled=False, off_reason=OFF)
    on = make_webhook(paris, "https://records.example.org/in", former_until=now + timedelta(hours=5))
    event = make_event(paris, "close.closed", make_close(paris).pk)
    told = {"answer_status": 503, "answer_body": "down " * 300, "error": "The answer was 503"}
    failed = make_delivery(failing, event, state="failed", attempts=9, **told)
    arrived = make_delivery(on, event, state="delivered", delivered_at=now, attempts=1, answer_status=200)
    make_delivery(failing)
    return [
        "/admin/",
        *(url(model, "changelist") for model in (HOOK, DELIVERY, EVENT)),
        url(HOOK, "add"),
        *(url(HOOK, "change", row.pk) for row in (failing, on)),
        *(url(HOOK, name, on.pk) for name in ("secret", "renew", "history", "delete")),
        url(HOOK, "deleted"),
        *(url(DELIVERY, "change", row.pk) for row in (failed, arrived)),
        url(EVENT, "change", event.pk),
    ]


def test_nothing_serious_is_found_on_a_wide_screen_light_and_dark(page, addresses):
    assert look_at(page, addresses) == []


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_is_wider_than_its_screen_or_hard_to_use_there(page, addresses, width, take_screenshot):
    page.set_viewport_size({"width": width, "height": 844})
    log_in(page, "ada")
    found = []
    for number, address in enumerate(addresses):
        page.goto(address)
        found += too_wide_or_hard(page)
        take_screenshot(page, str(number))
    assert found == []


def test_the_policy_refuses_nothing_that_the_pages_need(page, addresses):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    log_in(page, "ada")
    for address in addresses:
        page.goto(address)
    assert complaints == []
