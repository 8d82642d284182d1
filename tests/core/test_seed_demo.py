"""seed_demo from outside: the demo that every newcomer meets."""

import json
import shutil
import stat
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.utils import timezone

from appointments.models import Appointment, Calendar, CalendarEvent, CalendarFeed, Customer, Waiting
from core.models import Application, Membership, Organization, OutboxMessage, Role, User, Webhook, WebhookDelivery
from interventions.models import InterventionStep
from scheduling.models import (
    Close,
    CommunityService,
    Contest,
    CustomFieldDefinition,
    Job,
    JobOccurrence,
    JobStatus,
    Resource,
    SchedulingSettings,
)
from svctasks.models import ServiceRun, ServiceTask
from tests.core.commands import answer, run
from tests.core.examining import examine
from tests.core.oauth_clients import make_organization
from tests.scheduling.jobs_calls import jobs_program

ROOT = Path(__file__).resolve().parents[2]
NAMED = ["student", "basic_staff", "advanced_staff", "other_student"]


@pytest.fixture(autouse=True)
def own_var(settings, tmp_path):
    """Each test is an installation of its own; its passwords need not resist anybody."""
    settings.VAR_DIR = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def errors_of_the_doctor() -> list[dict]:
    """But for mail that waits: nothing sends it here, and a slow machine makes it wait long."""
    errors = [finding for finding in examine()[1] if finding["level"] == "error"]
    return [finding for finding in errors if finding["check"] != "outbox"]


def counts() -> list[int]:
    models = (
        Organization,
        User,
        Membership,
        Application,
        Close,
        CommunityService,
        Contest,
        OutboxMessage,
        Job,
        Appointment,
        Webhook,
        WebhookDelivery,
    )
    return [model.objects.count() for model in models]


# seed_demo


@pytest.mark.django_db
class TestSeedDemo:
    def test_the_answer_names_what_was_made(self):
        made = answer("seed_demo")
        assert list(made) == ["organization", "other_organization", "sandbox", *NAMED, "logins"]
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

    def test_jobs_are_shown_in_every_state_this_week_with_a_conflict(self):
        here = {"organization": answer("seed_demo")["organization"]}
        jobs = Job.objects.filter(**here)
        assert set(jobs.values_list("status", flat=True)) == set(JobStatus.values)
        assert {row.kind for row in CustomFieldDefinition.objects.filter(**here)} == set(CustomFieldDefinition.Kind)
        assert Resource.objects.filter(**here, kind="vehicle").exists()
        assert Resource.objects.filter(**here, is_archived=False).exclude(user=None).exists()
        assert JobOccurrence.objects.filter(recurrence__organization=here["organization"], outcome="made").exists()
        caller = jobs_program(Organization.objects.get(pk=here["organization"]))
        week = [timezone.now() - timedelta(days=7), timezone.now() + timedelta(days=7)]
        start, end = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in week)
        items = caller.get(f"/v1/jobs?plannedAtFrom={start}&plannedAtTo={end}").json()["items"]
        kinds = {conflict["kind"] for item in items for conflict in item["conflicts"]}
        assert {"job", "absence"} <= kinds
        assert all(item["customFields"] for item in items)

    def test_appointments_are_shown_in_every_state_with_what_they_are_made_of(self):
        here = {"organization": answer("seed_demo")["organization"]}
        appointments = Appointment.objects.filter(**here)
        # On a Monday before nine nobody came yet.
        assert {"in_progress", "pending"} <= set(appointments.values_list("state", flat=True))
        assert appointments.filter(is_deleted=True).exists()
        assert Calendar.objects.filter(**here).count() == 3
        assert Calendar.objects.filter(resource__user__isnull=False, **here).exists()
        assert {event.kind for event in CalendarEvent.objects.filter(**here)} == set(CalendarEvent.Kind)
        assert Waiting.objects.filter(**here).exists()
        assert CalendarFeed.objects.filter(user__login="demo-advanced", **here).exists()

    def test_each_step_of_a_visit_that_people_made_was_somebodys(self):
        here = {"intervention__organization": answer("seed_demo")["organization"]}
        steps = InterventionStep.objects.filter(intervention__is_automatic=False, **here)
        assert steps.exists()
        assert not steps.filter(user=None, by="").exists()

    def test_service_tasks_are_shown_with_a_past_of_successes_failures_and_skips(self):
        here = {"organization": answer("seed_demo")["organization"]}
        tasks = ServiceTask.objects.filter(**here)
        assert tasks.filter(is_system=True, script__code="cleardata", is_enabled=True).exists()
        assert tasks.get(name="Debtor calls").is_enabled is False
        assert tasks.filter(clock="local", interval_seconds=604800, is_enabled=True).exists()
        states = set(ServiceRun.objects.filter(**here, task__name="Debtor calls").values_list("state", flat=True))
        assert states == {"succeeded", "failed", "skipped"}

    def test_the_doctor_finds_nothing_wrong_with_it(self):
        answer("seed_demo")
        assert errors_of_the_doctor() == []

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
        assert Appointment.objects.filter(**here).count() == 3000
        assert Customer.objects.filter(**here).count() == 500
        assert errors_of_the_doctor() == []
        before = counts()
        answer("seed_demo", "--size", "large")
        assert counts() == before

    def test_refused_in_production(self, settings):
        settings.PRODUCTION = True
        with pytest.raises(CommandError, match="production"):
            run("seed_demo")
        assert not any(counts())

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
        # Reminders wait for their time.
        assert not OutboxMessage.objects.filter(state="queued", due_at__lte=timezone.now()).exists()

    def test_json_is_never_mixed_with_mail_or_welcome(self, mailoutbox):
        assert list(answer("seed_demo", "--if-empty", "--welcome"))
        assert not mailoutbox

    def test_the_welcome_names_addresses_and_logins(self, settings):
        settings.SITE_URL = "http://127.0.0.1:8123"
        text = run("seed_demo", "--if-empty", "--welcome")
        logins = answer("seed_demo")["logins"]
        assert "http://127.0.0.1:8123/admin/" in text
        assert "http://127.0.0.1:8123/api/docs" in text
        assert "http://127.0.0.1:8123/api/events" in text
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
        assert Application.objects.filter(is_sandbox=False).count() == 1

    def test_one_client_is_for_the_sandbox(self, settings):
        made = answer("seed_demo")
        answer("seed_demo")
        client = Application.objects.get(is_sandbox=True)
        assert [place.pk for place in client.organizations.all()] == [made["sandbox"]]
        kept = json.loads((settings.VAR_DIR / "demo.json").read_text())["sandbox_client"]
        assert kept["client_id"] == client.client_id


def documents_of(text: str) -> list[dict]:
    """JSON documents one after another."""
    found = []
    while text:
        document, end = json.JSONDecoder().raw_decode(text)
        found.append(document)
        text = text[end:].lstrip()
    return found


def welcome_token_line() -> str:
    return next(line for line in run("seed_demo", "--if-empty", "--welcome").splitlines() if line.startswith("TOKEN="))


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("bash"), reason="needs curl and bash")
@pytest.mark.django_db(transaction=True)
def test_the_welcome_can_be_pasted_again_and_again(live_server, settings):
    settings.SITE_URL = live_server.url
    for _ in range(3):
        text = run("seed_demo", "--if-empty", "--welcome")
        lines = text[text.index("TOKEN=") :].replace("curl -i", "curl -s")
        done = subprocess.run(["bash", "-e"], input=lines, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        made, job, booked, visit, task, feed = documents_of(done.stdout)
        assert list(job) == ["id"]
        assert list(booked) == ["records"]
        assert visit["data"]["id"]
        assert task["svcscriptcode"] == "dialByCallList"
        assert "job.created" in {event["type"] for event in feed["items"]}
        assert made["schedule_at"].endswith(("T06:00:00.000Z", "T05:00:00.000Z"))
        assert made["close"]["state"] == "unclose"
