"""How long each kind of data is kept: decided by organization, obeyed by the purge, shown on one page."""

import pytest
from django.core.exceptions import ValidationError

from core.models import OutboxMessage, Retention, Role
from core.purge import waiting
from core.retention import decide
from scheduling.models import Close
from tests.back_office import browser, organization, person, url
from tests.core.purging import ago, purge, purge_twice
from tests.factories import make_close
from tests.notes import a_note
from tests.scripts import run_script

pytestmark = pytest.mark.django_db
MODEL = "core_organization"


@pytest.fixture
def paris():
    return organization("Paris")


@pytest.fixture
def lyon():
    return organization("Lyon")


@pytest.fixture
def client(paris):
    return browser(person("ada", Role.ADMINISTRATOR, paris))


def page_of(client, place):
    return client.get(url(MODEL, "retention", place.pk))


def sent(client, place, **days):
    page = page_of(client, place)
    data = {name: field.initial or "" for name, field in page.context["form"].fields.items()}
    data |= {name: value for name, value in page.context["form"].initial.items() if value is not None}
    return client.post(url(MODEL, "retention", place.pk), {**data, **days})


def old_message(place, days: int) -> OutboxMessage:
    return a_note(place, state="sent", created_at=ago(days=days))


def test_each_organization_keeps_its_messages_as_long_as_it_decided(paris, lyon):
    decide(paris, {"outbox_messages": 7})
    kept, _gone = old_message(lyon, 8), old_message(paris, 8)
    purge_twice(outbox_messages=1)
    assert list(OutboxMessage.objects.all()) == [kept]


def test_without_a_decision_the_default_holds(paris):
    old_message(paris, 29)
    decide(paris, {"outbox_messages": 5})
    decide(paris, {"outbox_messages": None})
    purge_twice()
    assert [record.history_type for record in Retention.history.order_by("history_id")] == ["+", "-"]


def test_the_history_of_a_deleted_row_is_kept_for_ever_until_somebody_decides(paris, lyon):
    for place in (paris, lyon):
        close = make_close(place)
        close.changed(reason="Noise").save()
        close.delete()
    Close.history.update(history_date=ago(days=60))
    there = make_close(paris)
    purge_twice()
    decide(paris, {"history_of_deleted_rows": 45})
    purge_twice(history_of_deleted_rows=3)
    assert Close.history.filter(organization=paris).values_list("id", flat=True).get() == there.pk
    assert Close.history.filter(organization=lyon).count() == 3


def test_the_daily_cleaning_obeys_it(paris):
    decide(paris, {"outbox_messages": 7})
    old_message(paris, 8)
    assert run_script("purge_archived", paris) == {"outbox_messages": 1}


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"outbox_messages": 0}, "must be from 1 to 3650 days"),
        ({"closes_and_services": 29}, "must be from 30 to 36525 days"),
        ({"history_of_deleted_rows": 36526}, "must be from 30 to 36525 days"),
        ({"sessions": 5}, "is no kind of data to decide about"),
        ({"biscuits": 5}, "is no kind of data to decide about"),
    ],
)
def test_what_cannot_be_decided_is_refused(paris, wanted, told):
    with pytest.raises(ValidationError) as caught:
        decide(paris, {"service_runs": 10, **wanted})
    assert caught.value.message_dict == {next(iter(wanted)): [told]}
    assert not Retention.objects.exists()


def test_the_page_shows_every_kind_its_default_and_what_the_next_run_takes(client, paris):
    old_message(paris, 40)
    page = page_of(client, paris)
    lines = {
        line["kind"].name: (line["default"], line["count"], line["field"] is None) for line in page.context["lines"]
    }
    assert lines["outbox_messages"] == ("30 days", 1, False)
    assert lines["closes_and_services"] == ("for ever", 0, False)
    assert lines["idempotency_keys"] == ("24 hours", 0, True)
    assert set(lines) == set(waiting(paris))
    assert purge("--dry-run")["outbox_messages"] == 1


def test_an_administrator_decides_on_the_page(client, paris):
    assert sent(client, paris, outbox_messages="14", closes_and_services="400").status_code == 302
    assert dict(Retention.objects.values_list("kind", "days")) == {"outbox_messages": 14, "closes_and_services": 400}
    assert sent(client, paris, outbox_messages="").status_code == 302
    assert list(Retention.objects.values_list("kind", flat=True)) == ["closes_and_services"]


@pytest.mark.parametrize(("days", "told"), [("0", "must be from 1 to 3650"), ("x", "whole number"), ("-3", "must be")])
def test_the_page_refuses_in_words(client, paris, days, told):
    page = sent(client, paris, outbox_messages=days)
    assert page.status_code == 200
    assert told in str(page.context["form"].errors["outbox_messages"])
    assert not Retention.objects.exists()


def test_a_page_that_is_older_than_a_colleagues_decision_is_refused(client, paris):
    data = {"seen": page_of(client, paris).context["form"].initial["seen"], "outbox_messages": "9"}
    decide(paris, {"service_runs": 10})
    page = client.post(url(MODEL, "retention", paris.pk), data)
    assert "Somebody has changed this meanwhile" in page.content.decode()
    assert list(Retention.objects.values_list("kind", flat=True)) == ["service_runs"]
    assert client.post(url(MODEL, "retention", paris.pk), {**data, "seen": "made up"}).status_code == 200
    assert Retention.objects.count() == 1


def test_only_its_administrators_see_the_page(client, paris, lyon):
    assert page_of(client, lyon).status_code == 404
    staff = browser(person("bruno", Role.ADVANCED_STAFF, paris))
    assert page_of(staff, paris).status_code == 403
    assert staff.post(url(MODEL, "retention", paris.pk), {"outbox_messages": "9"}).status_code == 403
    assert page_of(browser(person("root", Role.STUDENT, is_superuser=True)), lyon).status_code == 200
