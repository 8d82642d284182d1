"""The doctor: a healthy installation, and each illness with its remedy."""

import fcntl
import io
import json
import socket
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from core import demo
from core.crypto import encrypt
from core.models import IdempotencyKey, Membership, Organization, OutboxMessage, Role, User
from tests.core.examining import examine, healthy_organization, only_finding, stand_alone
from tests.core.oauth_clients import make_application, make_person
from tests.smtp import Catcher, free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_var(settings, tmp_path):
    stand_alone(settings, tmp_path)


@pytest.fixture
def organization():
    return healthy_organization()


def test_a_healthy_installation(organization):
    assert examine() == (0, [])


def test_for_people(organization):
    out = io.StringIO()
    call_command("doctor", stdout=out)
    assert "ok       database: " in out.getvalue()
    assert out.getvalue().endswith("All is well.\n")


def test_a_demo_is_healthy():
    demo.seed()
    assert examine() == (0, [])


@pytest.fixture
def production(settings):
    """In good health too, with a mail server."""
    settings.PRODUCTION, settings.SITE_URL, settings.ALLOWED_HOSTS = True, "https://duty.example.org", ["*"]
    with Catcher() as smtp:
        use_smtp(settings, smtp.port)
        yield settings


def use_smtp(settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


def test_healthy_production(organization, production):
    assert examine() == (0, [])


# The set-up


def test_a_missing_migration(organization):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'scheduling'")
    finding = only_finding("database", "error")
    assert "not applied" in finding["what"]
    assert finding["mend"] == "manage.py migrate"


def test_a_database_that_cannot_be_reached(organization, monkeypatch):
    def refuse():
        raise ConnectionError

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    assert "cannot be reached" in only_finding("database", "error")["what"]


def test_a_broker_that_does_not_answer(organization, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert "Redis does not answer" in only_finding("broker", "error")["what"]


def test_no_broker_is_no_illness(organization, settings):
    settings.REDIS_URL = ""
    assert examine() == (0, [])


def test_a_mail_server_that_is_down(organization, settings):
    use_smtp(settings, free_port())
    assert "ConnectionRefusedError" in only_finding("mail_server", "error")["what"]


def test_a_mail_server_that_never_greets(organization, settings, monkeypatch):
    monkeypatch.setattr("core.checkup.MAIL_TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        use_smtp(settings, listener.getsockname()[1])
        only_finding("mail_server", "error")


def test_mail_that_is_printed_in_production(organization, production):
    production.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "goes to nobody (console)" in only_finding("mail_server", "error")["what"]


@pytest.mark.parametrize(
    "url", ["duty.example.org", "ftp://duty.example.org", "https://", "https://duty.example.org/x"]
)
def test_a_site_url_that_is_none(organization, settings, url):
    settings.SITE_URL = url
    only_finding("site_url", "error")


def test_a_site_url_that_is_not_served(organization, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://duty.example.org", ["other.example.org"]
    assert "ALLOWED_HOSTS" in only_finding("site_url", "error")["mend"]


@pytest.mark.parametrize("url", ["http://duty.example.org", "https://localhost:8000"])
def test_a_site_url_that_is_not_for_production(organization, production, url):
    production.SITE_URL = url
    only_finding("site_url", "warning")


def test_an_embedded_worker_that_does_not_run(organization, settings):
    settings.EMBEDDED_WORKER = True
    only_finding("embedded_worker", "warning")


def test_an_embedded_worker_that_runs(organization, settings):
    settings.EMBEDDED_WORKER = True
    with (settings.VAR_DIR / "embedded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert examine() == (0, [])


@pytest.mark.postgres
def test_clocks_apart(organization, monkeypatch):
    monkeypatch.setattr("core.checkup.CLOCK_LIMIT", timedelta(seconds=-1))
    only_finding("clocks", "warning")


# Core's rows


def make_message(organization, **fields):
    defaults = {"kind": "x", "address": "a@example.org", "entity": "x", "entity_id": 1, "due_at": timezone.now()}
    return OutboxMessage.objects.create(organization=organization, **{**defaults, **fields})


def test_a_message_due_for_too_long(organization):
    make_message(organization, due_at=timezone.now() - timedelta(minutes=40))
    assert "due for 40 min" in only_finding("outbox", "error")["what"]


def test_messages_that_failed(organization):
    rows = [make_message(organization, state="failed") for _ in range(12)]
    what = only_finding("outbox", "warning")["what"]
    assert what.startswith("12 × ")
    assert f"id {rows[0].pk}, " in what
    assert what.endswith(", …)")


def test_an_unknown_time_zone(organization):
    Organization.objects.filter(pk=organization.pk).update(time_zone="Europe/Atlantis")
    assert f"(id {organization.pk})" in only_finding("time_zones", "error")["what"]


def test_an_encryption_key_that_was_lost(organization, settings):
    IdempotencyKey.objects.create(fingerprint=b"1", body_hash=b"", answer=encrypt(b"{}"))
    assert examine() == (0, [])
    settings.ENCRYPTION_KEYS = ["another key"]
    assert "ENCRYPTION_KEY" in only_finding("encryption", "error")["mend"]


def test_an_organization_without_administrator(organization):
    Membership.objects.update(role=Role.ADVANCED_STAFF)
    assert "create_staff" in only_finding("administrators", "warning")["mend"]


def test_an_administrator_who_left(organization):
    User.objects.update(is_active=False)
    only_finding("administrators", "warning")


def test_an_empty_database_has_nobody_to_log_in():
    only_finding("people", "warning")


def test_a_client_without_organization(organization):
    make_application()
    assert "no organization" in only_finding("clients", "warning")["what"]


@pytest.mark.parametrize("fields", [{"allowed_scopes": ["tig", "gone"]}, {"allowed_scopes": []}, {"roles": ["boss"]}])
def test_a_client_with_unknown_words(organization, fields):
    make_application(organization, **fields)
    assert "unknown" in only_finding("clients", "warning")["what"]


def test_demo_people_in_production(organization, production):
    make_person("demo-advanced", organization, Role.ADVANCED_STAFF)
    only_finding("demo_logins", "error")


def test_a_superuser_with_a_demo_password_in_production(organization, production):
    (production.VAR_DIR / "demo.json").write_text(json.dumps({"passwords": {"demo-student": "known to all"}}))
    User.objects.create_superuser("root", "known to all", email="root@example.org")
    assert "root" in only_finding("demo_logins", "error")["what"]


def test_a_check_that_fails_is_told_and_stops_nothing(organization, monkeypatch):
    monkeypatch.setattr("core.checkup_data.SCOPES", None)
    make_application(organization)
    assert "TypeError" in only_finding("clients", "error")["what"]
