import pytest

from core.models import OutboxMessage, Role
from tests.back_office import browser, close_of, messages_of, organization, person, press, url

pytestmark = pytest.mark.django_db
MODEL = "core_outboxmessage"
State = OutboxMessage.State


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def staff(paris):
    return person("mara", Role.BASIC_STAFF, paris)


@pytest.fixture
def message(paris, staff):
    student = person("lea", Role.STUDENT, paris, first_name="Léa")
    close_of(student, staff, paris, {"duration": 7200, "occupation": "Library <b>"})
    return OutboxMessage.objects.get()


def test_the_preview_shows_text_and_html_without_the_signed_link(staff, message):
    client = browser(staff)
    page = client.get(url(MODEL, "change", message.pk)).content.decode()
    assert "Library &lt;b&gt;" in page
    assert "personal link" in page
    assert f'sandbox src="{url(MODEL, "html", message.pk)}"' in page
    html = client.get(url(MODEL, "html", message.pk))
    assert "Library &lt;b&gt;" in html.content.decode()
    assert "/student/" not in html.content.decode()


def test_the_html_may_do_nothing(staff, message):
    response = browser(staff).get(url(MODEL, "html", message.pk))
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_it_is_read_only(staff, message):
    client = browser(staff)
    assert client.post(url(MODEL, "change", message.pk), {"address": "x@example.org"}).status_code == 403
    assert client.get(url(MODEL, "add")).status_code == 403
    assert client.post(url(MODEL, "delete", message.pk), {"post": "yes"}).status_code == 403


def test_a_failed_message_is_sent_again_with_all_its_tries(staff, message):
    OutboxMessage.objects.update(state=State.FAILED, attempts=9, error="refused")
    browser(staff).post(url(MODEL, "do", message.pk, "resend"))
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.QUEUED, 0)


def test_a_queued_message_is_cancelled_and_then_cannot_be(staff, message):
    client = browser(staff)
    client.post(url(MODEL, "do", message.pk, "cancel"))
    message.refresh_from_db()
    assert message.state == State.CANCELLED
    sent = {"action": "cancel", "_selected_action": [message.pk], "confirmed": "yes"}
    report = client.post(url(MODEL, "changelist"), sent, follow=True)
    assert f"#{message.pk}: is not waiting to be sent" in messages_of(report)


def in_french(staff):
    staff.language = "fr"
    staff.save()
    return browser(staff)


def test_the_kinds_are_chosen_by_what_staff_read(staff, message):
    OutboxMessage.objects.create(**copied(message), kind="contest_decided")
    client = browser(staff)
    changelist = client.get(url(MODEL, "changelist")).context["cl"]
    (kinds,) = [spec for spec in changelist.filter_specs if spec.title == "kind"]
    assert kinds.lookup_choices == [
        ("community_service_assigned", "Community service assigned"),
        ("contest_decided", "Contest decided"),
    ]
    found = client.get(url(MODEL, "changelist"), {"kind": "contest_decided"}).context["cl"].queryset
    assert [row.kind for row in found] == ["contest_decided"]
    page = in_french(staff).get(url(MODEL, "changelist")).content.decode()
    assert "Community service assigned" not in page


def test_the_kinds_are_those_of_ones_own_messages(staff, message):
    lyon = organization("Lyon")
    OutboxMessage.objects.create(**{**copied(message), "organization": lyon}, kind="contest_decided")
    assert "Contest decided" not in browser(staff).get(url(MODEL, "changelist")).content.decode()


def copied(message) -> dict:
    names = ("organization", "recipient", "address", "entity", "entity_id", "due_at")
    return {name: getattr(message, name) for name in names}


def test_a_technical_error_stands_as_it_was_said_behind_words_of_ones_language(staff, message):
    OutboxMessage.objects.update(state=State.FAILED, error="SMTPServerDisconnected: <b>gone</b>")
    client = in_french(staff)
    for address in (url(MODEL, "changelist"), url(MODEL, "change", message.pk)):
        page = client.get(address).content.decode()
        assert "Message technique" in page
        assert "<code>SMTPServerDisconnected: &lt;b&gt;gone&lt;/b&gt;</code>" in page


def test_what_we_said_ourselves_is_told_in_ones_language(staff, message):
    press(browser(staff), MODEL, message.pk, "cancel")
    assert "annulé par le personnel" in in_french(staff).get(url(MODEL, "changelist")).content.decode()


def test_other_organizations_messages_do_not_exist(message):
    client = browser(person("leo", Role.ADMINISTRATOR, organization("Lyon")))
    assert client.get(url(MODEL, "change", message.pk)).status_code == 302
    assert client.get(url(MODEL, "html", message.pk)).status_code == 404
    assert client.post(url(MODEL, "do", message.pk, "cancel")).status_code == 404


def test_a_message_that_cannot_be_rendered_says_so(staff, message):
    OutboxMessage.objects.update(kind="gone")
    page = browser(staff).get(url(MODEL, "change", message.pk))
    assert "KeyError" in page.content.decode()


def test_a_message_that_nobody_touched_has_an_empty_history(staff, message):
    page = browser(staff).get(url(MODEL, "history", message.pk))
    assert page.status_code == 200
    assert page.context["entries"] == []
