"""From the row to a real SMTP server, and what becomes of a message that cannot go."""

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.utils import timezone

from core import mail
from core.mail.delivery import PAUSES
from core.models import OutboxMessage
from tests.factories import make_organization
from tests.notes import SIGNED, TOKEN, a_note, make_due
from tests.smtp import Catcher, free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return make_organization("École “Été”")


@pytest.fixture
def smtp(settings):
    with Catcher() as server:
        send_by(settings, server.port)
        yield server


def send_by(settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


def test_what_arrives(organization, smtp):
    row = a_note(organization, params={"number": 3})
    assert mail.send(row.pk) == "sent"
    (message,) = smtp.messages
    assert message["Subject"] == "Note 3"
    assert message["To"] == row.address
    assert message["From"].addresses[0].display_name == "École “Été”"
    assert message["From"].addresses[0].addr_spec == "dutyboard@localhost"
    assert message["Message-ID"] == f"<{row.uuid}@localhost>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert SIGNED in message.get_body(["plain"]).get_content()
    assert SIGNED.replace("&", "&amp;") in message.get_body(["html"]).get_content()


def test_what_is_kept(organization, smtp):
    row = a_note(organization)
    mail.send(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.lease_until, row.error) == ("sent", 1, None, "")
    assert row.subject == "Note 1"
    assert "[personal link]" in row.text
    assert SIGNED not in row.text
    assert TOKEN not in row.text
    assert row.sent_at is not None


def test_in_the_recipients_language_and_the_organizations_zone(organization, smtp):
    written = timezone.now().replace(2017, 11, 27, 23, 30)
    for language in ("fr", "en"):
        mail.send(a_note(organization, language=language, created_at=written).pk)
    french, english = (message.get_body(["plain"]).get_content() for message in smtp.messages)
    assert french.startswith("mardi 28 novembre 2017 00:30")
    assert english.startswith("Tuesday 28 November 2017 00:30")


def test_sent_once(organization, smtp):
    row = a_note(organization)
    assert [mail.send(row.pk), mail.send(row.pk), mail.drain().total] == ["sent", None, 0]
    assert len(smtp.messages) == 1


def test_not_sent_when_no_longer_due(organization, smtp):
    row = a_note(organization, params={"over": True})
    assert mail.drain().cancelled == 1
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert row.error
    assert smtp.messages == []


def test_oldest_first_over_few_connections(organization, smtp):
    now = timezone.now()
    for number in (3, 1, 2):
        a_note(organization, params={"number": number}, due_at=now - timedelta(minutes=10 - number))
    assert mail.drain().sent == 3
    assert [message["Subject"] for message in smtp.messages] == ["Note 1", "Note 2", "Note 3"]
    assert smtp.connections == 1


def test_the_limit(organization, smtp):
    for _ in range(3):
        a_note(organization)
    assert [mail.drain(limit=2).sent, mail.drain(limit=2).sent] == [2, 1]


def test_a_message_that_cannot_be_rendered_stops_no_other(organization, smtp):
    broken = a_note(organization, params={"broken": True})
    unknown = a_note(organization, kind="forgotten")
    a_note(organization)
    done = mail.drain()
    assert (done.sent, done.retried) == (1, 2)
    broken.refresh_from_db()
    unknown.refresh_from_db()
    assert "ZeroDivisionError" in broken.error
    assert "forgotten" in unknown.error


def test_a_refused_address_stops_no_other(organization, settings):
    with Catcher(refuse=lambda address: "550 no such user" if address.startswith("bad") else None) as smtp:
        send_by(settings, smtp.port)
        bad = a_note(organization, address="bad@example.org")
        a_note(organization)
        done = mail.drain()
    assert (done.sent, done.retried) == (1, 1)
    bad.refresh_from_db()
    assert "no such user" in bad.error


def test_hostile_values_break_no_header(settings, smtp):
    organization = make_organization(name='Évil "Corp"\r\nBcc: everyone@example.org, x')
    a_note(organization, params={"number": "x\r\nBcc: everyone@example.org"})
    done = mail.drain()
    assert all(message["Bcc"] is None for message in smtp.messages)
    assert (done.sent, done.retried) == (0, 1), "a line break that a message's function lets through is refused"


def test_retried_with_growing_pauses_then_parked(organization, settings):
    send_by(settings, free_port())
    row = a_note(organization)
    for number, pause in enumerate(PAUSES, start=1):
        before = timezone.now()
        assert mail.drain().retried == 1
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("queued", number)
        assert pause <= row.due_at - before < pause + timedelta(seconds=5)
        assert mail.drain().total == 0, "its pause holds"
        make_due(row)
    assert mail.drain().failed == 1
    row.refresh_from_db()
    assert row.state == "failed"
    assert "refused" in row.error
    make_due(row)
    assert mail.drain().total == 0


def test_a_mail_server_that_is_down_takes_one_try_not_everyones(organization, settings):
    port = free_port()
    send_by(settings, port)
    rows = [a_note(organization) for _ in range(5)]
    assert mail.drain().retried == 1
    assert OutboxMessage.objects.filter(attempts=0).count() == 4
    make_due(rows[0])
    with Catcher(port=port) as smtp:
        assert mail.drain().sent == 5
    assert len(smtp.messages) == 5


def test_a_dead_workers_message_is_taken_after_its_lease(organization, smtp):
    now = timezone.now()
    held = a_note(organization, state="sending", attempts=1, lease_until=now + timedelta(minutes=1))
    dead = a_note(organization, state="sending", attempts=1, lease_until=now - timedelta(seconds=1))
    assert mail.drain().sent == 1
    held.refresh_from_db()
    dead.refresh_from_db()
    assert (held.state, dead.state, dead.attempts) == ("sending", "sent", 2)


def test_what_is_being_sent_is_its_workers_alone_for_the_lease(organization, settings, monkeypatch):
    settings.OUTBOX_LEASE = timedelta(minutes=5)
    row, claimed, taken = a_note(organization), [], []

    def look_around(mailer, message):
        if not claimed:
            claimed.append(OutboxMessage.objects.get(pk=row.pk))
            taken.append(mail.drain().total)

    monkeypatch.setattr("core.mail.smtp.Mailer.deliver", look_around)
    assert mail.drain().sent == 1
    assert (taken, claimed[0].state, claimed[0].attempts) == ([0], "sending", 1)
    assert timedelta(minutes=4) < claimed[0].lease_until - timezone.now() < timedelta(minutes=5)


def test_a_message_that_kills_its_workers_is_parked(organization, smtp):
    past = timezone.now() - timedelta(seconds=1)
    row = a_note(organization, state="sending", attempts=len(PAUSES) + 1, lease_until=past)
    mail.drain()
    row.refresh_from_db()
    assert row.state == "failed"
    assert smtp.messages == []


def test_who_outlived_the_lease_changes_nothing(organization, smtp, monkeypatch):
    row = a_note(organization)
    taken = timezone.now() + timedelta(minutes=5)

    def slow_delivery(mailer, message):
        OutboxMessage.objects.filter(pk=row.pk).update(lease_until=taken, attempts=2)

    monkeypatch.setattr("core.mail.smtp.Mailer.deliver", slow_delivery)
    assert mail.send(row.pk) is None
    row.refresh_from_db()
    assert (row.state, row.lease_until) == ("sending", taken)


def test_what_the_database_cannot_hold_does_not_make_it_go_out_for_ever(organization, monkeypatch):
    monkeypatch.setattr("core.mail.delivery.render_row", lambda row: mail.Rendered("a\x00b", "c\x00d", ""))
    row = a_note(organization)
    assert mail.send(row.pk) == "sent"
    row.refresh_from_db()
    assert (row.subject, row.text) == ("ab", "cd")
    assert len(django_mail.outbox) == 1


def test_what_no_mail_can_hold_is_put_off(organization, monkeypatch):
    monkeypatch.setattr("core.mail.delivery.render_row", lambda row: mail.Rendered("a", "\ud800", ""))
    assert mail.send(a_note(organization).pk) == "queued"


def test_a_link_that_cannot_be_made_tells_nothing_of_itself(organization, monkeypatch):
    def fail():
        raise LookupError(SIGNED)

    monkeypatch.setattr(
        "core.mail.delivery.render_row", lambda row: mail.Rendered("a", TOKEN, "", link=fail, token=TOKEN)
    )
    row = a_note(organization)
    assert mail.send(row.pk) == "queued"
    row.refresh_from_db()
    assert row.error == "RenderError: LookupError in making the link"


def test_the_clock_ends_a_drain(organization, smtp):
    for _ in range(3):
        a_note(organization)
    assert mail.drain(seconds=0).sent == 1
