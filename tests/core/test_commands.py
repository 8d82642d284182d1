"""The operator's commands from outside: what they make, print and refuse."""

import io
import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.models import Application, Membership, Organization, OutboxMessage, Role, User
from scheduling.models import Close, CommunityService, Contest, SchedulingSettings
from tests.core.oauth_clients import ask_token, make_organization, make_person
from tests.servers import database_env

ROOT = Path(__file__).resolve().parents[2]
NAMED = ["student", "basic_staff", "advanced_staff", "other_student"]


@pytest.fixture(autouse=True)
def own_var(settings, tmp_path):
    """Each test is an installation of its own; its passwords need not resist anybody."""
    settings.VAR_DIR = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def run(*words) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def answer(*words) -> dict:
    return json.loads(run(*words, "--json"))


def counts() -> list[int]:
    models = (Organization, User, Membership, Application, Close, CommunityService, Contest, OutboxMessage)
    return [model.objects.count() for model in models]


# seed_demo


@pytest.mark.django_db
class TestSeedDemo:
    def test_the_answer_names_what_was_made(self):
        made = answer("seed_demo")
        assert list(made) == ["organization", "other_organization", *NAMED, "logins"]
        assert all(type(made[name]) is int for name in ["organization", "other_organization", *NAMED])
        assert list(made["logins"]) == NAMED
        for name in NAMED:
            user = User.objects.get(pk=made[name])
            assert made["logins"][name]["login"] == user.login
            assert user.check_password(made["logins"][name]["password"])

    def test_people_hold_the_roles_that_their_names_say(self):
        made = answer("seed_demo")
        places = {"other_student": "other_organization"}
        roles = {"other_student": Role.STUDENT}
        for name in NAMED:
            held = Membership.objects.get(user=made[name])
            assert held.organization_id == made[places.get(name, "organization")]
            assert held.role == roles.get(name, name)
        assert Membership.objects.filter(organization=made["organization"], role=Role.ADMINISTRATOR).exists()

    def test_the_same_again_changes_nothing(self):
        first, before = answer("seed_demo"), counts()
        assert answer("seed_demo") == first
        assert counts() == before

    def test_kept_for_the_owner_alone(self, settings):
        answer("seed_demo")
        path = settings.VAR_DIR / "demo.json"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert list(settings.VAR_DIR.iterdir()) == [path]

    def test_the_zones_and_the_starting_hour(self):
        made = answer("seed_demo")
        assert Organization.objects.get(pk=made["organization"]).time_zone == "Europe/Paris"
        assert Organization.objects.get(pk=made["other_organization"]).time_zone == "America/New_York"
        assert str(SchedulingSettings.objects.get().community_service_start) == "07:00:00"

    def test_every_state_is_shown(self):
        here = {"organization": answer("seed_demo")["organization"]}
        assert set(Close.objects.filter(**here).values_list("state", flat=True)) == set(Close.State.values)
        services = CommunityService.objects.filter(**here)
        assert set(services.values_list("state", flat=True)) == set(CommunityService.State.values)
        assert services.undated().exists()
        assert services.overdue().exists()
        assert services.exclude(makes_up=None).exists()
        assert Contest.objects.filter(state="pending", **here).count() == 1

    def test_written_through_the_services(self):
        answer("seed_demo")
        assert OutboxMessage.objects.filter(kind="community_service_assigned").exists()
        assert set(Close.history.values_list("door", flat=True)) == {"command"}

    def test_a_password_changed_since_is_that_of_the_file_again(self):
        made = answer("seed_demo")
        user = User.objects.get(pk=made["student"])
        user.set_password("something quite different")
        user.save()
        assert answer("seed_demo") == made
        user.refresh_from_db()
        assert user.check_password(made["logins"]["student"]["password"])

    def test_a_lost_file_is_made_anew(self, settings):
        made = answer("seed_demo")
        (settings.VAR_DIR / "demo.json").unlink()
        again = answer("seed_demo", "--if-empty")
        assert again["student"] == made["student"]
        password = again["logins"]["student"]["password"]
        assert password != made["logins"]["student"]["password"]
        assert User.objects.get(pk=made["student"]).check_password(password)

    def test_large(self):
        made = answer("seed_demo", "--size", "large")
        here = {"organization": made["organization"]}
        assert Membership.objects.filter(role=Role.STUDENT, **here).count() == 200
        assert Close.objects.filter(**here).count() == 2000
        assert CommunityService.objects.filter(**here).count() == 5000
        assert call_command("doctor", stdout=io.StringIO()) is None
        before = counts()
        answer("seed_demo", "--size", "large")
        assert counts() == before

    def test_refused_in_production(self, settings):
        settings.PRODUCTION = True
        with pytest.raises(CommandError, match="production"):
            run("seed_demo")
        assert counts() == [0] * 8

    def test_if_empty_leaves_an_organization_alone(self):
        make_organization()
        before = counts()
        assert answer("seed_demo", "--if-empty") == {}
        assert "nothing was seeded" in run("seed_demo", "--if-empty")
        assert "Back office" in run("seed_demo", "--if-empty", "--welcome")
        assert counts() == before

    def test_the_mail_of_the_first_start_goes_before_the_welcome(self, mailoutbox):
        run("seed_demo", "--if-empty", "--welcome")
        assert mailoutbox
        assert not OutboxMessage.objects.filter(state="queued").exists()

    def test_json_is_never_mixed_with_mail_or_welcome(self, mailoutbox):
        assert list(answer("seed_demo", "--if-empty", "--welcome"))
        assert not mailoutbox

    def test_the_welcome_names_addresses_and_logins(self, settings):
        settings.SITE_URL = "http://127.0.0.1:8123"
        text = run("seed_demo", "--if-empty", "--welcome")
        logins = answer("seed_demo")["logins"]
        assert "http://127.0.0.1:8123/admin/" in text
        assert "http://127.0.0.1:8123/api/docs" in text
        assert "/student/" in text
        for name in ["student", "basic_staff", "advanced_staff"]:
            assert logins[name]["login"] in text
            assert logins[name]["password"] in text
        assert logins["other_student"]["password"] not in text

    def test_the_client_lives_through_starts_and_a_lost_secret_is_renewed(self, settings):
        first = welcome_token_line()
        assert welcome_token_line() == first
        path = settings.VAR_DIR / "demo.json"
        path.write_text(json.dumps({"passwords": json.loads(path.read_text())["passwords"]}))
        assert welcome_token_line() != first
        assert Application.objects.count() == 1


def welcome_token_line() -> str:
    return next(line for line in run("seed_demo", "--if-empty", "--welcome").splitlines() if line.startswith("TOKEN="))


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("bash"), reason="needs curl and bash")
@pytest.mark.django_db(transaction=True)
def test_the_welcome_can_be_pasted_again_and_again(live_server, settings):
    settings.SITE_URL = live_server.url
    for _ in range(2):
        text = run("seed_demo", "--if-empty", "--welcome")
        lines = text[text.index("TOKEN=") :].replace("curl -i", "curl -s")
        done = subprocess.run(["bash", "-e"], input=lines, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        made = json.loads(done.stdout)
        assert made["schedule_at"].endswith(("T06:00:00.000Z", "T05:00:00.000Z"))
        assert made["close"]["state"] == "unclose"


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
