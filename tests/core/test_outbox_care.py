"""What staff and operators do with the outbox, and what the commands print."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail as django_mail
from django.core.management import call_command
from django.utils import timezone

from core import mail
from core.errors import StateConflict
from core.models import OutboxMessage
from tests.factories import make_organization
from tests.notes import SIGNED, TOKEN, a_note

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=100)


@pytest.fixture
def organization():
    return make_organization()


def stored(row: OutboxMessage) -> OutboxMessage:
    return OutboxMessage.objects.get(pk=row.pk)


def test_the_preview_shows_no_signed_link(organization):
    shown = mail.preview(a_note(organization, language="fr"))
    assert "[personal link]" in shown.text or "[lien" in shown.text
    for body in (shown.text, shown.html):
        assert SIGNED not in body
        assert TOKEN not in body
    assert django_mail.outbox == []


def test_the_preview_of_a_sent_one_is_what_was_sent(organization):
    row = a_note(organization)
    mail.send(row.pk)
    OutboxMessage.objects.filter(pk=row.pk).update(params={"number": 2})
    assert mail.preview(stored(row)).subject == "Note 1"


def test_the_preview_of_one_that_is_no_longer_due(organization):
    assert mail.preview(a_note(organization, params={"over": True})) is None


def test_the_preview_of_a_broken_one_says_why(organization):
    with pytest.raises(mail.RenderError, match="division by zero"):
        mail.preview(a_note(organization, params={"broken": True}))


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_parked_message_is_sent_again(organization, state):
    row = a_note(organization, state=state, attempts=9, error="no route to host")
    again = mail.resend(row)
    assert (again.pk, again.state, again.attempts, again.error) == (row.pk, "queued", 0, "")
    assert mail.drain().sent == 1


def test_a_waiting_message_is_sent_now(organization):
    row = a_note(organization, attempts=5, due_at=timezone.now() + timedelta(hours=1))
    mail.resend(row)
    assert mail.drain().sent == 1


def test_a_sent_message_goes_again_as_a_new_one(organization):
    row = a_note(organization)
    mail.send(row.pk)
    copy = mail.resend(stored(row))
    assert copy.pk != row.pk
    assert mail.drain().sent == 1
    first, second = (message.extra_headers["Message-ID"] for message in django_mail.outbox)
    assert first != second
    assert stored(row).state == "sent"


def test_what_is_being_sent_is_left_alone(organization):
    row = a_note(organization, state="sending", lease_until=timezone.now() + timedelta(minutes=1))
    with pytest.raises(StateConflict):
        mail.resend(row)
    with pytest.raises(StateConflict):
        mail.cancel(row)
    assert stored(row).state == "sending"


def test_a_cancelled_message_does_not_go(organization):
    row = a_note(organization)
    mail.cancel(row)
    assert mail.drain().total == 0
    assert row.state == "cancelled"
    with pytest.raises(StateConflict):
        mail.cancel(row)


def test_the_age_of_the_oldest_that_is_due(organization):
    assert mail.oldest_due_age() == timedelta(0)
    now = timezone.now()
    a_note(organization, due_at=now + timedelta(hours=1))
    a_note(organization, state="failed", due_at=now - LONG_AGO)
    assert mail.oldest_due_age() == timedelta(0)
    a_note(organization, due_at=now - timedelta(minutes=5))
    assert timedelta(minutes=5) <= mail.oldest_due_age() < timedelta(minutes=6)


def test_pruning_keeps_what_failed_or_waits(organization):
    then = timezone.now() - LONG_AGO
    for state in OutboxMessage.State.values:
        a_note(organization, state=state, created_at=then)
    a_note(organization, state="sent")
    before = timezone.now() - timedelta(days=90)
    assert mail.prune_outbox(organization.pk, before, dry_run=True) == 3
    assert OutboxMessage.objects.count() == 7
    kept = OutboxMessage.history.count()
    assert mail.prune_outbox(organization.pk, before) == 3
    assert OutboxMessage.history.count() == kept, "age is nobody's deed"
    left = OutboxMessage.objects.values_list("state", flat=True)
    assert sorted(left) == ["failed", "queued", "sending", "sent"]


def test_the_history_of_a_message_does_not_say_whose_it_was(organization):
    row = a_note(organization, state="failed", error="no such mailbox: ann@example.org")
    mail.cancel(row)
    kept = {field.name for field in OutboxMessage.history.model._meta.get_fields()}
    assert OutboxMessage.history.filter(id=row.pk).exists()
    assert not kept & {"address", "recipient", "error", "params", "subject", "text"}


def test_the_command_prints_one_json_object(organization):
    a_note(organization)
    a_note(organization, params={"broken": True})
    a_note(organization, params={"over": True})
    output = StringIO()
    call_command("send_outbox", json=True, stdout=output)
    assert json.loads(output.getvalue()) == {"sent": 1, "cancelled": 1, "retried": 1, "failed": 0, "captured": 0}


def test_the_command_prints_counts(organization):
    a_note(organization)
    output = StringIO()
    call_command("send_outbox", stdout=output)
    assert output.getvalue() == "1 sent, 0 cancelled, 0 retried, 0 failed, 0 captured\n"
