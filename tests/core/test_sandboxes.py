"""A sandbox client: tries every dialect on its organization's twin, and reaches nothing real."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone

from core.mail import drain
from core.models import Application, Membership, Organization, OutboxMessage, Role, User
from core.organizations import twin_of
from scheduling.models import BusyInterval, Close, Job, SchedulingSettings
from scheduling.services.job_planning import schedule_job
from svctasks.models import ServiceTask
from tests.api import Caller
from tests.back_office import browser, person, url
from tests.core.commands import answer
from tests.core.oauth_clients import post_form
from tests.factories import make_client, make_close, make_member, make_organization, make_token
from tests.job_factories import make_job, make_resource
from tests.scripts import run_script

pytestmark = pytest.mark.django_db
SCOPES = ["tig", "jobs:read", "jobs:write", "appointments:read", "appointments:write"]
SCOPES += ["interventions:read", "interventions:write", "svctasks:read", "svctasks:write"]


@pytest.fixture
def paris():
    return make_organization("Paris", time_zone="America/New_York", language="fr")


@pytest.fixture
def administrator(paris):
    return person("ada", Role.ADMINISTRATOR, paris)


def make_sandbox_client(place: Organization) -> dict:
    words = ["--organization", str(place.pk), "--name", "Trial", "--scope", *SCOPES, "--role", "advanced_staff"]
    return answer("create_client", *words, "--sandbox")


@pytest.fixture
def made(paris, administrator):
    return make_sandbox_client(paris)


@pytest.fixture
def twin(paris, made):
    return Organization.objects.get(sandbox_of=paris)


@pytest.fixture
def trial(client, made):
    """Calls of the program, with a token that it asked for."""
    fields = {name: made[name] for name in ("client_id", "client_secret")}
    token = post_form(client, "/oauth/token", {**fields, "grant_type": "client_credentials"}).json()["access_token"]
    return Caller(token)


# -- the twin -------------------------------------------------------------------------------------------------


def test_the_twin_is_an_organization_of_its_own(paris, administrator, made, twin):
    assert made["organizations"] == [twin.pk]
    assert (twin.name, twin.time_zone, twin.language) == ("Paris (sandbox)", "America/New_York", "fr")
    assert twin.memberships.get(user=administrator).role == Role.ADMINISTRATOR
    assert ServiceTask.objects.filter(organization=twin, script__code="cleardata").exists()


def test_each_further_client_gets_the_same_twin_with_those_who_administer_by_now(paris, made, twin):
    later = person("luc", Role.ADMINISTRATOR, paris)
    person("bob", Role.ADVANCED_STAFF, paris)
    assert make_sandbox_client(paris)["organizations"] == [twin.pk]
    assert Organization.objects.filter(sandbox_of=paris).count() == 1
    people = {row.user.login for row in twin.memberships.filter(user__email__endswith="@example.org")}
    assert people == {"ada", later.login}


@pytest.mark.django_db(transaction=True)
def test_two_that_need_it_first_at_the_same_time_make_one():
    paris = make_organization("Paris")

    def need() -> int:
        try:
            return twin_of(paris).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        twins = [each.result() for each in [pool.submit(need) for _ in range(2)]]
    assert twins == [Organization.objects.get(sandbox_of=paris).pk] * 2


def test_the_twin_keeps_its_name_and_zone_when_the_organization_changes_them(paris, made, twin):
    root = browser(person("root", Role.STUDENT, is_superuser=True))
    form = {"name": "Lyon", "time_zone": "Europe/Paris", "language": "en", "is_active": "on"}
    saved = root.post(url("core_organization", "change", paris.pk), {**form, "version": paris.version})
    assert saved.status_code == 302
    paris.refresh_from_db()
    assert (paris.name, paris.time_zone) == ("Lyon", "Europe/Paris")
    assert make_sandbox_client(paris)["organizations"] == [twin.pk]
    twin.refresh_from_db()
    assert (twin.name, twin.time_zone, twin.language) == ("Paris (sandbox)", "America/New_York", "fr")


def test_a_long_name_leaves_room_for_the_mark():
    assert twin_of(make_organization("x" * 120)).name == "x" * 110 + " (sandbox)"


def test_nobody_logs_in_as_its_people_and_no_mail_reaches_them(twin):
    people = User.objects.filter(memberships__organization=twin, login__startswith="sandbox-")
    assert {each.has_usable_password() for each in people} == {False}
    assert {each.email.rpartition("@")[2] for each in people} == {"example.invalid"}


# -- what it reaches ------------------------------------------------------------------------------------------


def test_every_dialect_can_be_tried_at_once(trial, twin):
    close = trial.get("/v2/closes").json()[0]["id"]
    service = {"community_service": {"close_id": close, "duration": 7200, "occupation": "Sweep"}}
    assert trial.post("/v2/community_services", service).status_code == 201
    here = {"Customer_Id": str(twin.pk)}
    ids = [trial.get(f"/v1/{name}", **here).json()["items"][0]["id"] for name in ("jobTypes", "contacts")]
    assert trial.post("/v1/jobs", dict(zip(("typeId", "contactId"), ids, strict=True)), **here).status_code == 201
    book(trial, f"/api/v1/groups/{twin.pk}")
    task = {"name": "Nightly", "svcscriptcode": "cleardata", "isregular": 1, "intervalsec": 86400}
    task["dtstart"] = "2030-01-01T02:00:00Z"
    assert trial.post("/rest/v1/service/svctasks", task).status_code == 200


def book(trial, group: str) -> None:
    service = trial.get(f"{group}/interventions").json()["records"][0]["id"]
    slots = trial.get(f"{group}/availabletimeslots?intervention_ids[]={service}&nDays=14").json()
    values = {"date": slots["firstSlot"], "intervention_ids": [service], "fiche": {"lastname": "Trial"}}
    assert trial.post(f"{group}/appointments", {"appointment": values}).status_code == 201


def test_the_register_takes_the_session_of_a_person_of_the_twin(trial, twin):
    words = ["--organization", str(twin.pk), "--login", "trier", "--role", "advanced_staff"]
    login = {"login": "trier", "password": answer("create_staff", *words)["password"]}
    session = trial.post("/interventions/v2/sessions", login).json()["data"]["token"]
    site = trial.get("/sites/v1/rs", x_session_token=session).json()["data"][0]["id"]
    observation = {"title": "A lamp is out", "siteId": site, "risk": 2}
    answered = trial.post("/anomalies/v2/rs/observations", observation, x_session_token=session)
    assert answered.status_code == 201


def test_it_learns_no_password_of_who_is_not_in_the_sandbox_and_makes_nobody_wait(trial, paris, client):
    make_member(paris, Role.BASIC_STAFF, "bob", password="a good long one")
    tries = [{"login": "bob", "password": word} for word in ["a good long one", *["wrong"] * 6]]
    answers = [trial.post("/interventions/v2/sessions", body) for body in tries]
    assert {(each.status_code, each.content) for each in answers} == {(401, answers[1].content)}
    assert client.post("/admin/login/", {"username": "bob", "password": "a good long one"}).status_code == 302


def test_the_real_organization_is_not_there_for_it(trial, paris):
    real, gone = make_close(paris), 999_999
    assert trial.get(f"/v2/closes/{real.pk}").status_code == 404
    assert real.pk not in [row["id"] for row in trial.get("/v2/closes").json()]
    for name in (paris.pk, gone):
        assert trial.get("/v2/closes", X_Organization_Id=str(name)).status_code == 403
        assert trial.get("/v1/jobs", Customer_Id=str(name)).status_code == 403
        assert trial.get(f"/api/v1/groups/{name}/appointments").status_code == 403


@pytest.mark.parametrize("is_sandbox", [True, False])
def test_whatever_was_granted_each_kind_reaches_its_own_alone(paris, twin, is_sandbox):
    wrong = paris if is_sandbox else twin
    make_close(wrong)
    caller = Caller(make_token(make_client(paris, twin, is_sandbox=is_sandbox)))
    assert caller.get("/v2/closes", X_Organization_Id=str(wrong.pk)).status_code == 403
    seen = {row["id"] for row in caller.get("/v2/closes").json()}
    assert not seen & set(Close.objects.filter(organization=wrong).values_list("pk", flat=True))


def test_a_client_stays_of_its_kind(made):
    application = Application.objects.get(client_id=made["client_id"])
    application.is_sandbox = False
    with pytest.raises(ValidationError) as refused:
        application.full_clean()
    assert refused.value.message_dict == {"is_sandbox": ["cannot be changed: make another client"]}


def test_a_client_for_real_data_is_not_granted_a_sandbox(twin):
    with pytest.raises(CommandError, match="a sandbox is for sandbox clients alone"):
        answer("create_client", "--organization", str(twin.pk), "--name", "Real", "--scope", "tig")
    assert Application.objects.filter(name="Real").count() == 0


def test_a_key_belongs_to_a_sandbox_by_choosing_it(twin, paris):
    words = ["--organization", str(twin.pk), "--name", "Booking site", "--profile", "pro"]
    key = answer("create_api_key", *words)["key"]
    statuses = [Caller().get(f"/api/v1/groups/{pk}/calendars", X_Api_Key=key).status_code for pk in (twin.pk, paris.pk)]
    assert statuses == [200, 403]
    assert Application.objects.get(name="Booking site").is_sandbox


# -- what leaves it -------------------------------------------------------------------------------------------


def test_its_mail_is_captured_and_never_handed_over(trial, paris, twin, mailoutbox, settings):
    close = trial.get("/v2/closes").json()[0]["id"]
    service = {"close_id": close, "duration": 7200, "occupation": "Sweep the yard"}
    assert trial.post("/v2/community_services", {"community_service": service}).status_code == 201
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    done = drain()
    rows = OutboxMessage.objects.filter(organization=twin, kind="community_service_assigned")
    assert {(row.state, "Sweep the yard" in row.text, row.sent_at) for row in rows} == {("captured", True, None)}
    assert (done.captured, done.retried) == (OutboxMessage.objects.filter(organization=twin).count(), 0)
    assert mailoutbox == []


def test_the_mail_of_the_real_one_goes_on(trial, paris, mailoutbox):
    close = make_close(paris)
    real = Caller(make_token(make_client(paris)))
    values = {"close_id": close.pk, "duration": 7200, "occupation": "Sweep"}
    assert real.post("/v2/community_services", {"community_service": values}).status_code == 201
    drain()
    assert [mail.to for mail in mailoutbox] == [[close.user.email]]


def test_a_warning_of_its_secrets_end_is_not_captured(made, twin, administrator, mailoutbox):
    soon = timezone.now() + timedelta(days=1)
    Application.objects.filter(client_id=made["client_id"]).update(secret_expires_at=soon)
    run_script("warn_of_expiry", twin)
    drain()
    assert [mail.to for mail in mailoutbox] == [[administrator.email]]


# -- whose time -----------------------------------------------------------------------------------------------


def test_it_takes_nobodys_real_time_nor_is_its_own_taken(paris, twin):
    """The same person at the same time, in both, where jobs must not overlap."""
    somebody = make_member(paris, Role.BASIC_STAFF)
    Membership.objects.create(user=somebody, organization=twin, role=Role.BASIC_STAFF)
    at, jobs = timezone.now() + timedelta(days=3), []
    for place in (paris, twin):
        SchedulingSettings.objects.update_or_create(organization=place, defaults={"forbids_job_overlaps": True})
        crew = make_resource(Organization.objects.get(pk=place.pk), user=somebody)
        jobs.append(make_job(crew.organization))
        schedule_job(jobs[-1].pk, resource=crew, vehicle=None, planned_start_at=at)
    for job in Job.objects.filter(pk__in=[each.pk for each in jobs]):
        taken = BusyInterval.objects.overlapping(job.resource_ids, job.interval)
        assert [(busy.organization_id, busy.source_id) for busy in taken] == [(job.organization_id, job.pk)]
