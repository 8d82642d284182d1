"""A client's secret is changed while the program runs: the old one works on beside the new one, for a chosen time."""

from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.utils import timezone

from core.clients import renew_secret
from core.models import Application, Role
from tests.back_office import browser, errors_of, messages_of, person, press, url
from tests.core.commands import answer
from tests.core.oauth_clients import SECRET, ask_token, make_application, make_organization, post_form, token_of

pytestmark = pytest.mark.django_db
MODEL = "core_application"
CALLS = ["/oauth/token", "/oauth/introspect", "/oauth/revoke"]


@pytest.fixture
def organization():
    return make_organization()


@pytest.fixture
def application(organization):
    return make_application(organization)


@pytest.fixture
def staff(organization):
    return browser(person("ada", Role.ADMINISTRATOR, organization))


def status(client, application, secret: str, path: str = "/oauth/token") -> int:
    fields = {"client_id": application.client_id, "client_secret": secret}
    more = {"grant_type": "client_credentials"} if path == "/oauth/token" else {"token": "unknown"}
    return post_form(client, path, {**fields, **more}).status_code


def is_over(application, **fields) -> None:
    """As if these moments had passed a second ago."""
    Application.objects.filter(pk=application.pk).update(
        **{name: timezone.now() - timedelta(seconds=1) for name in fields}
    )


@pytest.mark.parametrize("path", CALLS)
def test_both_secrets_open_wherever_the_client_names_itself(client, application, path):
    new = renew_secret(application.pk)
    assert [status(client, application, each, path) for each in (SECRET, new, "wrong")] == [200, 200, 401]


@pytest.mark.parametrize("path", CALLS)
def test_the_former_one_ends_by_itself(client, application, path):
    new = renew_secret(application.pk)
    is_over(application, former_until=True)
    assert [status(client, application, each, path) for each in (SECRET, new)] == [401, 200]


@pytest.mark.parametrize("path", CALLS)
def test_an_expired_secret_is_as_a_wrong_one(client, application, path):
    wrong = post_form(client, path, {"client_id": application.client_id, "client_secret": "wrong", "token": "t"})
    is_over(application, secret_expires_at=True)
    expired = post_form(client, path, {"client_id": application.client_id, "client_secret": SECRET, "token": "t"})
    assert (expired.status_code, expired.content) == (wrong.status_code, wrong.content)
    assert status(client, application, SECRET, path) == 401


def test_a_token_given_before_lives_on(client, application):
    token = token_of(ask_token(client, application))
    renew_secret(application.pk, timedelta(0))
    assert client.get("/oauth/token/info", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 200


def test_two_live_at_most(client, application):
    second = renew_secret(application.pk)
    third = renew_secret(application.pk)
    assert [status(client, application, each) for each in (SECRET, second, third)] == [401, 200, 200]


def test_a_former_secret_does_not_outlive_its_own_end(client, application):
    end = timezone.now() + timedelta(days=2)
    Application.objects.filter(pk=application.pk).update(secret_expires_at=end)
    renew_secret(application.pk, timedelta(days=30))
    application.refresh_from_db()
    assert (application.former_until, application.secret_expires_at) == (end, None)


def test_an_expired_secret_is_not_brought_back_by_a_new_one(client, application):
    is_over(application, secret_expires_at=True)
    new = renew_secret(application.pk)
    assert [status(client, application, each) for each in (SECRET, new)] == [401, 200]


@pytest.mark.parametrize(("keep", "days"), [("1", 1), ("7", 7), ("30", 30)])
def test_staff_choose_how_long_the_old_one_works(client, application, staff, keep, days):
    page = staff.get(url(MODEL, "renew", application.pk))
    assert page.context["form"]["keep"].value() == "7"
    shown = staff.post(url(MODEL, "renew", application.pk), {"keep": keep, "expires": "365"}, follow=True)
    application.refresh_from_db()
    assert timedelta(days=days - 1) < application.former_until - timezone.now() <= timedelta(days=days)
    assert timedelta(days=364) < application.secret_expires_at - timezone.now() <= timedelta(days=365)
    assert [status(client, application, each) for each in (SECRET, shown.context["secret"])] == [200, 200]


def test_a_time_that_is_not_offered_makes_no_secret(application, staff):
    before = application.client_secret
    page = staff.post(url(MODEL, "renew", application.pk), {"keep": "365", "expires": "never"})
    application.refresh_from_db()
    assert page.status_code == 200
    assert list(page.context["form"].errors) == ["keep"]
    assert application.client_secret == before


def test_staff_stop_the_former_one_before_its_time(client, application, staff):
    page = staff.get(url(MODEL, "change", application.pk)).content.decode()
    assert "Stop the former secret now" not in page
    new = renew_secret(application.pk)
    press(staff, MODEL, application.pk, "stop-former")
    assert [status(client, application, each) for each in (SECRET, new)] == [401, 200]
    assert "has no former secret" in messages_of(press(staff, MODEL, application.pk, "stop-former"))
    assert application.history.first().history_change_reason == "former secret stopped"


def test_the_end_of_a_secret_is_a_field_of_the_client_and_lies_ahead(application, staff):
    form = {"name": "Kiosk", "is_active": "on", "organizations": [application.organizations.get().pk]}
    form |= {"allowed_scopes": ["tig"], "authorization_grant_type": "client-credentials", "client_type": "confidential"}
    at = {"secret_expires_at_1": "12:00", "version": application.version}
    past = staff.post(url(MODEL, "change", application.pk), {**form, **at, "secret_expires_at_0": "2001-01-01"})
    assert list(errors_of(past)) == ["secret_expires_at"]
    staff.post(url(MODEL, "change", application.pk), {**form, **at, "secret_expires_at_0": "2101-01-01"})
    application.refresh_from_db()
    assert application.secret_expires_at.year == 2101


def test_the_command_keeps_the_old_one_for_a_week_or_as_long_as_it_is_told(client, application):
    told = answer("renew_client_secret", "--client", application.client_id)
    assert [status(client, application, each) for each in (SECRET, told["client_secret"])] == [200, 200]
    assert told["former_until"]
    told = answer("renew_client_secret", "--client", application.client_id, "--keep-for", "0", "--expires-in", "90")
    application.refresh_from_db()
    assert told["former_until"] is None
    assert application.secret_expires_at > timezone.now() + timedelta(days=89)


def test_the_command_names_a_client_that_is_not_there():
    with pytest.raises(CommandError, match="There is no client 'nobody'"):
        answer("renew_client_secret", "--client", "nobody")


def test_no_hash_of_a_secret_is_shown_or_kept_in_the_history(application, staff):
    renew_secret(application.pk)
    application.refresh_from_db()
    for page in ("change", "history"):
        text = staff.get(url(MODEL, page, application.pk)).content.decode()
        assert application.former_secret not in text
    copied = {field.name for field in Application.history.model._meta.get_fields()}
    assert not copied & {"client_secret", "former_secret"}
