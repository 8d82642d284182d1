"""create_client and create_staff from outside, and what all commands share."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError

from core.models import Application, Membership, Role, User
from tests.core.commands import answer, run
from tests.core.oauth_clients import ask_token, make_organization, make_person
from tests.servers import database_env

ROOT = Path(__file__).resolve().parents[2]
NAMED = ["student", "basic_staff", "advanced_staff", "other_student"]


@pytest.fixture(autouse=True)
def own_var(settings, tmp_path):
    """Each test is an installation of its own; its passwords need not resist anybody."""
    settings.VAR_DIR = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


# create_client


@pytest.mark.django_db
class TestCreateClient:
    def test_the_secret_mints_tokens(self, client):
        organization = make_organization()
        made = answer(*client_words(organization))
        assert list(made) == ["client_id", "client_secret"]
        row = Application.objects.get(client_id=made["client_id"])
        assert (row.allowed_scopes, row.roles) == (["tig"], ["basic_staff"])
        assert list(row.organizations.all()) == [organization]
        assert made["client_secret"] not in row.client_secret
        response = ask_token(client, row, client_secret=made["client_secret"])
        assert response.json()["scope"] == "tig"

    def test_roles_and_scopes_as_people_write_them(self):
        first, second = make_organization(), make_organization("Second")
        made = answer(
            *("create_client", "--organization", first.pk, second.pk, "--name", "Timetable"),
            *("--scope", "public tig", "--scope", "jobs:read", "--role", "Basic staff", "--role", "Advanced_staff"),
        )
        row = Application.objects.get(client_id=made["client_id"])
        assert row.allowed_scopes == ["public", "tig", "jobs:read"]
        assert row.roles == ["basic_staff", "advanced_staff"]
        assert row.organizations.count() == 2

    def test_a_redirect_uri_makes_a_client_for_people(self):
        made = answer(*client_words(make_organization()), "--redirect-uri", "http://127.0.0.1:9/callback")
        row = Application.objects.get(client_id=made["client_id"])
        assert row.authorization_grant_type == Application.GRANT_AUTHORIZATION_CODE
        assert row.redirect_uris == "http://127.0.0.1:9/callback"

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["--scope", "nope"], "There are: public, tig"),
            (["--role", "boss"], "There are: student, basic_staff"),
            (["--organization", 999999], "There are: "),
            (["--organization", 10**30], "There is no organization"),
            (["--redirect-uri", "javascript:alert(1)"], "redirect_uris"),
            (["--name", " "], "--name"),
            (["--name", "x" * 300], "name"),
        ],
    )
    def test_refusals_tell_what_there_is(self, words, told):
        with pytest.raises(CommandError, match=told):
            run(*client_words(make_organization()), *words)
        assert not Application.objects.exists()

    def test_people_are_told_to_keep_the_secret(self):
        text = run(*client_words(make_organization()))
        assert "client_secret: " in text
        assert "not shown again" in text


def client_words(organization) -> list:
    words = ["create_client", "--organization", organization.pk, "--name", "Timetable"]
    return [*words, "--scope", "tig", "--role", "Basic staff"]


# create_staff


@pytest.mark.django_db
class TestCreateStaff:
    def test_the_person_can_log_in(self, client):
        organization = make_organization()
        made = answer("create_staff", "--organization", organization.pk, "--login", "ada", "--role", "Basic staff")
        assert list(made) == ["id", "login", "password"]
        assert client.login(username="ada", password=made["password"])
        held = Membership.objects.get(user_id=made["id"])
        assert (held.organization, held.role) == (organization, Role.BASIC_STAFF)

    def test_addresses(self):
        words = staff_words(make_organization())
        emails = {
            tuple(extra): User.objects.get(pk=answer(*words, *extra)["id"]).email
            for extra in (["--login", "a"], ["--login", "b@example.org"], ["--login", "c", "--email", "c@example.net"])
        }
        assert list(emails.values()) == ["a@example.invalid", "b@example.org", "c@example.net"]

    def test_a_password_of_standard_input_is_not_repeated(self, monkeypatch):
        monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
        made = answer(*staff_words(make_organization()), "--login", "ada", "--password-stdin")
        assert made["password"] is None
        assert User.objects.get().check_password("correct horse battery")

    def test_a_weak_password_is_refused(self, monkeypatch):
        monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
        with pytest.raises(CommandError, match="too short"):
            run(*staff_words(make_organization()), "--login", "ada", "--password-stdin")
        assert not User.objects.exists()

    def test_a_member_is_refused(self):
        organization = make_organization()
        make_person("ada", organization)
        with pytest.raises(CommandError, match=r"member of this organization already \(Student\)"):
            run(*staff_words(organization), "--login", "ada")
        assert Membership.objects.get().role == Role.STUDENT

    def test_a_person_of_another_organization_joins_and_keeps_the_password(self):
        person = make_person("ada", make_organization("Second"), Role.STUDENT)
        made = answer(*staff_words(make_organization()), "--login", "ada")
        assert made == {"id": person.pk, "login": "ada", "password": None}
        assert person.memberships.count() == 2
        person.refresh_from_db()
        assert person.check_password("a long enough password")

    def test_a_password_is_not_set_for_one_who_exists(self):
        make_person("ada", make_organization("Second"))
        with pytest.raises(CommandError, match="is not changed here"):
            run(*staff_words(make_organization()), "--login", "ada", "--password-stdin")

    def test_an_inactive_account_is_refused(self):
        person = make_person("ada", make_organization("Second"))
        person.changed(is_active=False).save()
        with pytest.raises(CommandError, match="inactive"):
            run(*staff_words(make_organization()), "--login", "ada")

    @pytest.mark.parametrize("login", ["12345", "a b", "", "x" * 81])
    def test_a_bad_login_is_refused(self, login):
        with pytest.raises(CommandError, match="login"):
            run(*staff_words(make_organization()), f"--login={login}")
        assert not User.objects.exists()

    def test_an_unknown_role_is_refused(self):
        with pytest.raises(CommandError, match="There are: student"):
            run("create_staff", "--organization", make_organization().pk, "--login", "ada", "--role", "boss")


def staff_words(organization) -> list:
    return ["create_staff", "--organization", organization.pk, "--role", "advanced_staff"]


# As processes


@pytest.mark.django_db(transaction=True)
def test_with_json_standard_output_holds_one_object_and_nothing_else(tmp_path):
    made = of_process(tmp_path, 0, "seed_demo", "--json")
    organization = str(made["organization"])
    scoped = ["--organization", organization, "--json"]
    assert of_process(tmp_path, 0, "create_client", "--name", "x", "--scope", "tig", "--role", "basic_staff", *scoped)
    assert of_process(tmp_path, 0, "create_staff", "--login", "ada", "--role", "basic_staff", *scoped)
    assert of_process(tmp_path, 0, "purge", "--dry-run", "--json")["dry_run"] is True
    assert of_process(tmp_path, 0, "doctor", "--json")["ok"] is True


@pytest.mark.django_db(transaction=True)
def test_a_refusal_goes_to_standard_error_with_exit_code_1(tmp_path):
    done = process(tmp_path, "create_client", "--organization", "1", "--name", "x", "--scope", "tig", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no organization 1. There are: none yet." in done.stderr


def of_process(var: Path, code: int, *words: str) -> dict:
    done = process(var, *words)
    assert done.returncode == code, done.stderr
    assert done.stdout.count("\n") == 1
    return json.loads(done.stdout)


def process(var: Path, *words: str) -> subprocess.CompletedProcess:
    environment = {**database_env(), "DUTYBOARD_VAR": str(var)}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
