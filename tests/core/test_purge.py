"""What the purge deletes, and what it leaves alone."""

import io

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from core.mail import resend
from core.models import IdempotencyKey, OutboxMessage
from tests.core.oauth_clients import make_application, make_organization, make_person
from tests.core.purging import AccessToken, Grant, RefreshToken, ago, purge, purge_twice

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization():
    return make_organization()


def access_token(application, expires, **fields):
    return AccessToken.objects.create(application=application, token=f"t{timezone.now()}", expires=expires, **fields)


def refresh_token(application, user, expires, revoked=None):
    access = access_token(application, expires, user=user)
    token = f"r{timezone.now()}"
    return RefreshToken.objects.create(
        application=application, user=user, token=token, access_token=access, revoked=revoked
    )


def test_tokens(organization):
    application, person = make_application(organization), make_person("ada")
    access_token(application, ago(hours=1))
    living = [access_token(application, ago(hours=-1)).pk]
    refresh_token(application, person, ago(days=15))
    refresh_token(application, person, ago(days=1), revoked=ago(days=15))
    kept = [
        # Still of use; and revoked, to tell when a stolen one comes back.
        refresh_token(application, person, ago(days=13)),
        refresh_token(application, person, ago(days=-1), revoked=ago(days=1)),
    ]
    purge_twice(refresh_tokens=2, access_tokens=3)
    assert set(RefreshToken.objects.all()) == set(kept)
    assert set(AccessToken.objects.values_list("pk", flat=True)) == {*living, *(row.access_token_id for row in kept)}


def test_more_tokens_than_a_batch(organization, monkeypatch):
    monkeypatch.setattr("core.purge.BATCH", 2)
    application = make_application(organization)
    for _ in range(5):
        access_token(application, ago(hours=1))
    purge_twice(access_tokens=5)


def test_grants(organization):
    application, person = make_application(organization), make_person("ada")
    for expires, code in ((ago(hours=1), "old"), (ago(hours=-1), "new")):
        Grant.objects.create(application=application, user=person, code=code, expires=expires, redirect_uri="x")
    purge_twice(grants=1)
    assert Grant.objects.get().code == "new"


def test_idempotency_keys():
    for number, hours in ((1, 25), (2, 23)):
        row = IdempotencyKey.objects.create(fingerprint=bytes([number]), body_hash=b"")
        IdempotencyKey.objects.filter(pk=row.pk).update(created_at=ago(hours=hours))
    purge_twice(idempotency_keys=1)
    assert bytes(IdempotencyKey.objects.get().fingerprint) == b"\x02"


def test_an_answer_that_takes_an_old_ones_place_while_that_is_purged_stays():
    row = IdempotencyKey.objects.create(fingerprint=b"1", body_hash=b"")
    IdempotencyKey.objects.filter(pk=row.pk).update(created_at=ago(hours=25))

    def answer_first(execute, sql, params, many, context):
        if sql.startswith("DELETE"):
            IdempotencyKey.objects.update(created_at=timezone.now())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(answer_first):
        assert purge()["idempotency_keys"] == 0
    assert IdempotencyKey.objects.get() == row


def test_sessions():
    for key, expires in (("old", ago(hours=1)), ("new", ago(hours=-1))):
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    purge_twice(sessions=1)
    assert Session.objects.get().session_key == "new"


def test_messages(organization):
    for state in OutboxMessage.State.values:
        for days in (31, 29):
            fields = {"kind": "x", "address": "a@example.org", "entity": "x", "entity_id": 1, "due_at": timezone.now()}
            row = OutboxMessage.objects.create(organization=organization, state=state, **fields)
            OutboxMessage.objects.filter(pk=row.pk).update(created_at=ago(days=days))
    purge_twice(outbox_messages=3)
    assert OutboxMessage.objects.count() == 9


def test_a_cancelled_message_that_is_sent_again_while_it_is_purged_stays(organization):
    fields = {"kind": "x", "address": "a@example.org", "entity": "x", "entity_id": 1, "due_at": timezone.now()}
    row = OutboxMessage.objects.create(organization=organization, state="cancelled", **fields)
    OutboxMessage.objects.filter(pk=row.pk).update(created_at=ago(days=31))

    def resend_first(execute, sql, params, many, context):
        if sql.startswith("DELETE"):
            resend(row)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(resend_first):
        assert purge()["outbox_messages"] == 0
    assert OutboxMessage.objects.get().state == "queued"


def test_for_people(organization):
    out = io.StringIO()
    call_command("purge", "--dry-run", stdout=out)
    assert "Would be purged:" in out.getvalue()
    assert "0  idempotency keys" in out.getvalue()
