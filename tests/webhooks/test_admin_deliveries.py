"""Deliveries and events in the back office, who sees them, and the line at the head of every page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Role, WebhookDelivery
from tests.back_office import browser, errors_of, messages_of, organization, person, press, url
from tests.factories import make_close, make_member
from tests.svctask_factories import make_task
from tests.webhook_factories import ADDRESS, make_delivery, make_event, make_webhook
from tests.webhooks.test_admin import DELIVERY, EVENT, HOOK, add, column, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def mara(paris):
    return browser(person("mara", Role.ADVANCED_STAFF, paris))


# -- deliveries ----------------------------------------------------------------------------------------------


@pytest.fixture
def failed(paris):
    told = {"attempts": 4, "answer_status": 503, "answer_body": "<b>down</b>", "error": "The answer was 503"}
    event = make_event(paris, "job.sent", 7)
    return make_delivery(make_webhook(paris), event, state="failed", **told)


def test_a_deliverys_page_shows_what_is_sent_and_what_came_of_it(mara, failed):
    page = page_of(mara, failed)
    for words in ("job.sent", "/v1/jobs/7", f"evt_{failed.event.uuid.hex}", "The answer was 503", "&lt;b&gt;down"):
        assert words in page
    assert "What was sent" in page
    assert "What will be sent" in page_of(mara, make_delivery(failed.webhook))
    assert "&quot;organizationId&quot;" in page
    assert url(DELIVERY, "change", failed.pk) in page_of(mara, failed.webhook)
    assert url(DELIVERY, "change", failed.pk) in page_of(mara, failed.event)


def test_what_a_receiver_answered_is_told_in_the_readers_language(paris, failed):
    french = browser(person("luc", Role.ADVANCED_STAFF, paris, language="fr"))
    assert "La réponse était 503" in page_of(french, failed)
    assert "The answer was" not in page_of(french, failed) + page_of(french, failed.webhook)


def test_what_failed_is_sent_again_itself(mara, failed):
    press(mara, DELIVERY, failed.pk, "send_again")
    failed.refresh_from_db()
    assert (failed.state, failed.attempts, WebhookDelivery.objects.count()) == ("queued", 0, 1)


def test_what_arrived_is_sent_again_by_another_delivery(mara, paris):
    first = make_delivery(make_webhook(paris), state="delivered", answer_status=200)
    press(mara, DELIVERY, first.pk, "send_again")
    second = WebhookDelivery.objects.exclude(pk=first.pk).get()
    assert (second.event, second.state, second.is_replay) == (first.event, "queued", True)


def test_nothing_is_sent_again_to_a_webhook_that_is_off(mara, failed):
    failed.webhook.changed(is_enabled=False).save()
    assert "This webhook is off" in messages_of(press(mara, DELIVERY, failed.pk, "send_again"))
    failed.refresh_from_db()
    assert failed.state == "failed"


def test_deliveries_are_found_by_state_and_by_webhook(mara, failed, paris):
    other = make_delivery(make_webhook(paris, "https://other.example.org/"))
    ids = lambda **query: [  # noqa: E731
        row.pk for row in mara.get(url(DELIVERY, "changelist"), query).context["cl"].result_list
    ]
    assert ids() == [other.pk, failed.pk]
    assert ids(quick="failed") == [failed.pk]
    assert ids(webhook=other.webhook_id) == [other.pk]
    assert ids(q="job.sent") == [failed.pk]


# -- events -------------------------------------------------------------------------------------------------


def test_events_are_read_and_lead_to_the_rows_that_they_tell_of(mara, paris):
    close = make_close(paris)
    task = make_task(paris)
    told = [
        (make_event(paris, "close.closed", close.pk), url("scheduling_close", "change", close.pk)),
        (make_event(paris, "svctask.paused", task.public_id), url("svctasks_servicetask", "change", task.pk)),
    ]
    assert column(mara, EVENT, "title") == [
        "A service task was paused, by hand or for its failures",
        "An account was closed",
    ]
    for event, address in told:
        assert url(EVENT, "entity", event.pk) in page_of(mara, event)
        assert mara.get(url(EVENT, "entity", event.pk)).headers["Location"] == address
    assert mara.get(url(EVENT, "changelist"), {"entity": "close"}).context["cl"].result_count == 1


def test_an_event_of_a_row_that_is_gone_or_of_a_type_that_is_no_more_is_still_read(mara, paris):
    event = make_event(paris, "job.created", 404)
    answer = mara.get(url(EVENT, "entity", event.pk), follow=True)
    assert "It is no longer there." in messages_of(answer)
    make_event(paris, "close.evaporated", 5)
    assert column(mara, EVENT, "title") == ["close.evaporated", "A job was created"]


# -- who may ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [HOOK, DELIVERY, EVENT])
def test_basic_staff_see_nothing_of_it(paris, model):
    bo = browser(person("bo", Role.BASIC_STAFF, paris))
    assert bo.get(url(model, "changelist")).status_code == 403
    assert url(model, "changelist") not in bo.get("/admin/").content.decode()
    assert add(bo).status_code == 403


def test_another_organizations_rows_are_not_there(mara):
    lyon = organization("Lyon")
    delivery = make_delivery(make_webhook(lyon), state="failed")
    rows = {HOOK: delivery.webhook, DELIVERY: delivery, EVENT: delivery.event}
    for model, row in rows.items():
        assert mara.get(url(model, "changelist")).context["cl"].result_count == 0
        assert mara.get(url(model, "change", row.pk)).status_code == 302
    alien = [
        (HOOK, "secret", delivery.webhook_id),
        (HOOK, "renew", delivery.webhook_id),
        (HOOK, "do", delivery.webhook_id, "switch_off"),
        (DELIVERY, "do", delivery.pk, "send_again"),
        (EVENT, "entity", delivery.event_id),
    ]
    for model, *args in alien:
        assert mara.post(url(model, *args)).status_code == 404
    assert ADDRESS not in mara.get(url(DELIVERY, "changelist")).content.decode()
    assert list(errors_of(add(browser(_of_two(lyon)), organization=organization("Nice").pk))) == ["organization"]


def _of_two(place):
    return person("tom", Role.ADVANCED_STAFF, place, organization("Metz"))


# -- the head of every page ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({"failing_since": timedelta(hours=2)}, True),
        ({"failing_since": timedelta(minutes=2)}, False),
        ({"is_enabled": False, "off_reason": "Nothing arrived there for 5 days"}, True),
        ({"is_enabled": False}, False),
        ({}, False),
    ],
)
def test_one_that_gets_nothing_is_told_at_the_head_of_every_page(mara, paris, fields, is_told):
    values = {**fields}
    if "failing_since" in values:
        values["failing_since"] = timezone.now() - values["failing_since"]
    webhook = make_webhook(paris, **values)
    page = mara.get("/admin/").content.decode()
    assert ("Nothing arrives at the webhook hooks.example.org/dutyboard." in page) is is_told
    assert (f'href="{url(HOOK, "change", webhook.pk)}"' in page) is is_told
    bo = browser(make_member(paris, Role.BASIC_STAFF))
    assert "Nothing arrives" not in bo.get("/admin/").content.decode()


def test_several_that_get_nothing_are_one_line(mara, paris):
    for _ in range(2):
        make_webhook(paris, failing_since=timezone.now() - timedelta(days=1))
    assert "Nothing arrives at several webhooks." in mara.get("/admin/").content.decode()
