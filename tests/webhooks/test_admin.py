"""Webhooks in the back office, as mara (advanced staff) uses it."""

import base64
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import events
from core.admin.banners import banners_for
from core.crypto import decrypt
from core.models import Event, Role, User, Webhook, WebhookDelivery
from core.webhooks.services import MOST_WEBHOOKS
from tests.back_office import browser, errors_of, messages_of, organization, person, press, sent_form, url
from tests.webhook_factories import ADDRESS, make_delivery, make_webhook

pytestmark = pytest.mark.django_db
HOOK, DELIVERY, EVENT = "core_webhook", "core_webhookdelivery", "core_event"


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def mara(paris):
    return browser(person("mara", Role.ADVANCED_STAFF, paris))


def add(client, **values):
    return client.post(url(HOOK, "add"), {"url": ADDRESS, "types": ["close.closed"], "is_enabled": "on", **values})


def added(client, **values) -> tuple[Webhook, str]:
    """And the secret, as its page shows it."""
    page = client.get(add(client, **values).headers["Location"])
    return Webhook.objects.latest("pk"), page.context["secret"]


def column(client, model: str, name: str) -> list[str]:
    response = client.get(url(model, "changelist"))
    back_office = response.context["cl"].model_admin
    return [str(getattr(back_office, name)(row)) for row in response.context["cl"].result_list]


def page_of(client, row) -> str:
    return client.get(url(f"core_{row._meta.model_name}", "change", row.pk)).content.decode()


# -- making and changing -------------------------------------------------------------------------------------


def test_its_secret_is_shown_once_with_how_to_verify_and_then_never_again(mara, paris):
    webhook, secret = added(mara)
    assert (webhook.organization, webhook.url, webhook.types, webhook.is_enabled) == (
        paris,
        ADDRESS,
        ["close.closed"],
        True,
    )
    assert decrypt(webhook.secret) == base64.b64decode(secret.removeprefix("whsec_"))
    again = mara.get(url(HOOK, "secret", webhook.pk))
    assert again.context["secret"] is None
    assert "no-store" in again["Cache-Control"]
    assert "HMAC-SHA256" in again.content.decode()
    pages = [url(HOOK, "changelist"), *(url(HOOK, page, webhook.pk) for page in ("change", "history"))]
    assert not any(secret in mara.get(page).content.decode() for page in pages)
    assert webhook.history.first().history_user.login == "mara"


def test_types_are_offered_in_groups_by_their_titles(mara):
    page = mara.get(url(HOOK, "add")).content.decode()
    for words in ("<legend>Closes</legend>", "<legend>Service tasks</legend>", "An account was closed", "All events"):
        assert words in page


def test_each_type_is_offered_with_the_name_that_its_messages_bear(mara):
    page = mara.get(url(HOOK, "add")).content.decode()
    found = re.findall(r'value="([a-z_.]+)"[^>]*> <span>([^<]+) <code[^>]*>([^<]+)</code>', page)
    assert [value for value, _title, _name in found] == [name for _value, _title, name in found]
    assert len(found) == len(events.types())


def test_all_events_is_one_word(mara):
    assert added(mara, types=["*", "close.closed"])[0].types == ["*"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"url": "http://hooks.example.org/x"}, "url"),
        ({"url": "https://user:word@hooks.example.org/x"}, "url"),
        ({"url": "hooks"}, "url"),
        ({"url": ""}, "url"),
        ({"types": []}, "types"),
        ({"types": ["close.nosuch"]}, "types"),
    ],
)
def test_what_the_service_refuses_stands_on_its_field(mara, values, field):
    assert list(errors_of(add(mara, **values))) == [field]
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("address", ["http://n8n:5678/x", "http://[fd00::5]:5678/x"])
def test_a_host_of_the_operators_own_network_is_taken(mara, settings, address):
    settings.OUTBOUND_PRIVATE_HOSTS = ["n8n", "fd00::5"]
    assert added(mara, url=address)[0].url == address


def test_one_more_than_the_most_is_refused(mara, paris):
    for _ in range(MOST_WEBHOOKS):
        make_webhook(paris)
    assert "are the most" in str(errors_of(add(mara))["url"])


def test_it_is_changed_and_its_history_says_what(mara, paris):
    webhook = make_webhook(paris, types=["close.closed", "job.created"])
    address = url(HOOK, "change", webhook.pk)
    mara.post(address, sent_form(mara, address) | {"types": ["job.created", "job.sent"]})
    webhook.refresh_from_db()
    assert (webhook.types, webhook.url, webhook.version) == (["job.created", "job.sent"], ADDRESS, 2)
    assert "job.sent" in mara.get(url(HOOK, "history", webhook.pk)).content.decode()


@pytest.mark.parametrize("sent", ["[", "[1", "[" * 100_000, '[{"a": 1}]'])
def test_a_list_that_cannot_be_read_names_no_event(mara, sent):
    assert set(errors_of(add(mara, types=[sent]))) == {"types"}
    assert not Webhook.objects.exists()


def test_the_head_of_each_page_asks_no_more_for_a_superuser(paris):
    counts = []
    for user in (person("ada", Role.ADMINISTRATOR, paris), person("root", Role.STUDENT, is_superuser=True)):
        fresh = User.objects.get(pk=user.pk)
        list(fresh.roles)
        with CaptureQueriesContext(connection) as asked:
            banners_for(fresh)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_two_people_do_not_overwrite_each_other_and_the_second_sees_both(mara, paris):
    webhook = make_webhook(paris, types=["job.created"])
    address = url(HOOK, "change", webhook.pk)
    stale = sent_form(mara, address)
    webhook.changed(types=["job.sent"]).save()
    answer = mara.post(address, stale | {"url": "https://elsewhere.example.org/", "types": ["job.created"]})
    form = answer.context["adminform"].form
    assert form.collision
    page = answer.content.decode()
    assert 'value="job.sent" id="id_types_' in page
    webhook.refresh_from_db()
    assert webhook.url == ADDRESS
    mara.post(address, {**_resent(form), "types": ["job.sent"]})
    webhook.refresh_from_db()
    assert (webhook.url, webhook.types) == ("https://elsewhere.example.org/", ["job.sent"])


def _resent(form) -> dict:
    return {name: form.data[name] for name in ("url", "version")}


@pytest.mark.parametrize("button", ["switch_on", "switch_off"])
def test_a_button_switches_it(mara, paris, button):
    webhook = make_webhook(paris, is_enabled=button == "switch_off", off_reason="Nothing arrived there for 5 days")
    press(mara, HOOK, webhook.pk, button)
    webhook.refresh_from_db()
    assert webhook.is_enabled is (button == "switch_on")
    assert webhook.off_reason == ""
    assert [str(one["label"]) for one in mara.get(url(HOOK, "change", webhook.pk)).context["row_actions"]] == [
        "Switch off" if webhook.is_enabled else "Switch on"
    ]


def test_a_button_on_a_page_that_somebody_saved_since_does_nothing(mara, paris):
    webhook = make_webhook(paris)
    webhook.changed(types=["job.sent"]).save()
    page = press(mara, HOOK, webhook.pk, "switch_off", version=1)
    assert page.context["overtaken"]
    webhook.refresh_from_db()
    assert webhook.is_enabled


def test_several_are_switched_off_in_the_list(mara, paris):
    rows = [make_webhook(paris), make_webhook(paris, is_enabled=False)]
    sent = {"action": "switch_off", "_selected_action": [row.pk for row in rows], "confirmed": "1"}
    assert "1 done; 1 skipped" in messages_of(mara.post(url(HOOK, "changelist"), sent, follow=True))
    assert not Webhook.objects.filter(is_enabled=True).exists()


def test_deleting_it_says_how_much_goes_with_it(mara, paris):
    webhook = make_webhook(paris)
    for _ in range(3):
        make_delivery(webhook)
    assert "3 deliveries" in mara.get(url(HOOK, "delete", webhook.pk)).content.decode()
    press(mara, HOOK, webhook.pk, "delete")
    assert (Webhook.objects.count(), WebhookDelivery.objects.count(), Event.objects.count()) == (0, 0, 3)
    assert ADDRESS in mara.get(url(HOOK, "deleted")).content.decode()


# -- another secret -------------------------------------------------------------------------------------------


def test_another_secret_leaves_a_day_in_which_both_sign(mara):
    webhook, first = added(mara)
    asked = mara.get(url(HOOK, "renew", webhook.pk)).content.decode()
    assert "For 24 hours both" in asked
    answer = mara.post(url(HOOK, "renew", webhook.pk), {"version": webhook.version}, follow=True)
    second = answer.context["secret"]
    assert second not in {None, first}
    assert "signed with the former secret as well" in answer.content.decode()
    webhook.refresh_from_db()
    assert webhook.former_until - timezone.now() > timedelta(hours=23)
    assert "the former secret signs too, until" in page_of(mara, webhook)
    assert "Another one is still being replaced" in mara.get(url(HOOK, "renew", webhook.pk)).content.decode()


def test_no_secret_is_made_on_a_page_that_somebody_saved_since(mara, paris):
    webhook = make_webhook(paris)
    webhook.changed(types=["job.sent"]).save()
    answer = mara.post(url(HOOK, "renew", webhook.pk), {"version": 1})
    assert answer.context["overtaken"]
    webhook.refresh_from_db()
    assert webhook.former_until is None


# -- the list -------------------------------------------------------------------------------------------------


def test_the_list_says_whether_it_is_on_failing_or_off_and_why(mara, paris):
    since = timezone.now() - timedelta(hours=3)
    make_webhook(paris, "https://a.example.org/in?token=abc")
    make_webhook(paris, "https://b.example.org/", failing_since=since)
    make_webhook(paris, "https://c.example.org/", is_enabled=False)
    make_webhook(paris, "https://d.example.org/", is_enabled=False, off_reason="Nothing arrived there for 5 days")
    assert column(mara, HOOK, "place") == ["a.example.org/in", "b.example.org", "c.example.org", "d.example.org"]
    on, failing, off, given_up = column(mara, HOOK, "state")
    assert ">On<" in on
    assert ">Failing<" in failing
    assert "since " in failing
    assert ">Off<" in off
    assert "Nothing arrived there for 5 days" in given_up
    for name, number in (("on", 2), ("failing", 1), ("off", 2)):
        assert mara.get(url(HOOK, "changelist"), {"quick": name}).context["cl"].result_count == number


def test_the_list_tells_the_last_delivery_and_how_many_arrived_in_a_week(mara, paris):
    webhook = make_webhook(paris)
    for state in ("delivered", "delivered", "failed", "cancelled"):
        make_delivery(webhook, state=state)
    make_delivery(webhook, state="failed", created_at=timezone.now() - timedelta(days=8))
    last = make_delivery(webhook)
    make_webhook(paris, "https://quiet.example.org/")
    busy, quiet = column(mara, HOOK, "delivered_share")
    assert (busy, quiet) == ("50 % (2 of 4)", "–")
    shown = column(mara, HOOK, "last_delivery")
    assert url(DELIVERY, "change", last.pk) in shown[0]
    assert shown[1] == "–"
