"""A secret or key with an end: refused from then on, and nobody is surprised by it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core import api_keys
from core.mail import drain
from core.models import ApiKey, Application, OutboxMessage, Role
from tests.api import Caller
from tests.back_office import browser, messages_of, person, press, url
from tests.core.commands import answer
from tests.core.examining import examine, healthy_organization, stand_alone
from tests.factories import make_client, make_member, make_organization
from tests.scripts import run_script

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SCOPES = ["appointments:read", "appointments:write"]


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-22T12:00:00Z"):
        yield


@pytest.fixture
def paris():
    return make_organization("Paris")


@pytest.fixture
def keeper(paris):
    return person("ada", Role.ADMINISTRATOR, paris)


def ends(application: Application, days: float) -> Application:
    Application.objects.filter(pk=application.pk).update(secret_expires_at=timezone.now() + days * DAY)
    return application


def warned(organization) -> list[str]:
    """Whom the run that is made now tells, beside what was told before."""
    before = set(OutboxMessage.objects.values_list("pk", flat=True))
    run_script("warn_of_expiry", organization)
    return [row.address for row in OutboxMessage.objects.exclude(pk__in=before).order_by("address")]


def days_go_by(row, days: float) -> None:
    """All that is noted of it is so much older, and its end so much nearer."""
    name = "expires_at" if isinstance(row, ApiKey) else "secret_expires_at"
    row.refresh_from_db()
    moved = {each: getattr(row, each) - days * DAY for each in (name, "warned_at") if getattr(row, each)}
    type(row).objects.filter(pk=row.pk).update(**moved)


def test_keepers_are_told_thirty_days_seven_days_and_a_day_before_each_time_once(paris, keeper):
    application = ends(make_client(paris), 35)
    told = []
    for _day in range(38):
        told.append(len(warned(paris)) + len(warned(paris)))
        days_go_by(application, 1)
    assert [day for day, count in enumerate(told) if count] == [5, 28, 34]
    assert set(told) == {0, 1}


def test_days_that_were_missed_are_told_once_for_all(paris, keeper):
    application = ends(make_client(paris), 40)
    days_go_by(application, 38)
    assert warned(paris) == ["ada@example.org"]
    assert warned(paris) == []


def test_a_later_end_is_warned_of_anew(paris, keeper):
    application = ends(make_client(paris), 5)
    assert warned(paris) == ["ada@example.org"]
    ends(application, 90)
    days_go_by(application, 60)
    assert warned(paris) == ["ada@example.org"]


def test_the_keepers_of_all_its_organizations_are_told_by_the_first_that_looks(paris, keeper):
    lyon = make_organization("Lyon")
    person("luc", Role.ADVANCED_STAFF, lyon)
    make_member(lyon, Role.BASIC_STAFF)
    keeper.memberships.create(organization=lyon, role=Role.BASIC_STAFF)
    ends(make_client(paris, lyon), 7)
    assert warned(lyon) == ["ada@example.org", "luc@example.org"]
    assert warned(paris) == []


def test_a_client_without_use_of_its_secret_is_no_matter(paris, keeper):
    ends(make_client(paris, is_active=False), 7)
    ends(make_client(paris, client_type=Application.CLIENT_PUBLIC), 7)
    ends(make_client(make_organization()), 7)
    make_client(paris)
    assert warned(paris) == []


def test_the_mail_says_which_and_when_in_the_readers_language(paris, keeper, mailoutbox):
    keeper.language = "fr"
    keeper.save()
    application = ends(make_client(paris, name="Intranet"), 7)
    warned(paris)
    drain()
    assert "Intranet" in mailoutbox[0].subject
    assert f"/admin/core/application/{application.pk}/change/" in mailoutbox[0].body
    assert mailoutbox[0].to == ["ada@example.org"]


def test_a_secret_that_was_renewed_before_the_mail_went_is_not_told_of(paris, keeper, mailoutbox):
    application = ends(make_client(paris), 7)
    warned(paris)
    ends(application, 365)
    drain()
    assert mailoutbox == []


def test_a_key_is_warned_of_likewise(paris, keeper, mailoutbox):
    key, _text = api_keys.new_key(make_client(paris, name="Booking site"), timezone.now() + 8 * DAY)
    assert warned(paris) == ["ada@example.org"]
    assert warned(paris) == []
    days_go_by(key, 2)
    assert warned(paris) == ["ada@example.org"]
    drain()
    assert {each.subject.split(" expires")[0] for each in mailoutbox} == {"An API key of Booking site"}


def test_an_expired_key_is_as_a_wrong_one(paris):
    client = make_client(paris, allowed_scopes=SCOPES)
    row, text = api_keys.new_key(client, timezone.now() + DAY)
    path = f"/api/v1/groups/{paris.pk}/calendars"
    assert Caller().get(path, X_Api_Key=text).status_code == 200
    ApiKey.objects.filter(pk=row.pk).update(expires_at=timezone.now())
    expired, wrong = (Caller().get(path, X_Api_Key=each) for each in (text, "dk_wrong"))
    assert (expired.status_code, expired.content) == (401, wrong.content)


def test_a_second_key_lives_beside_the_first_whose_end_staff_choose(paris, keeper):
    client, staff = make_client(paris, allowed_scopes=SCOPES), browser(keeper)
    first, text = api_keys.new_key(client)
    page = staff.post(url("core_application", "new_key", client.pk), {"expires": "365"}, follow=True)
    press(staff, "core_apikey", first.pk, "expire", expires="7")
    first.refresh_from_db()
    assert 6 * DAY < first.expires_at - timezone.now() <= 7 * DAY
    for each in (text, page.context["text"]):
        assert Caller().get(f"/api/v1/groups/{paris.pk}/calendars", X_Api_Key=each).status_code == 200
    press(staff, "core_apikey", first.pk, "revoke")
    assert "is revoked" in messages_of(press(staff, "core_apikey", first.pk, "expire", expires="30"))


def test_the_commands_give_an_end(paris):
    words = ["--organization", str(paris.pk), "--name", "Bot", "--expires-in", "30"]
    answer("create_api_key", *words, "--profile", "pro")
    answer("create_client", *words, "--scope", "tig")
    found = [ApiKey.objects.get().expires_at, Application.objects.latest("pk").secret_expires_at]
    assert all(29 * DAY < each - timezone.now() <= 30 * DAY for each in found)


TOLD = "A client&#x27;s secret or an API key expires within 30 days"


@pytest.mark.parametrize(
    ("role", "leads_to"),
    [(Role.ADMINISTRATOR, "core_application"), (Role.ADVANCED_STAFF, "core_apikey"), (Role.BASIC_STAFF, None)],
)
@pytest.mark.parametrize("of", ["secret", "key"])
def test_the_back_office_says_so_to_who_can_do_something(paris, role, leads_to, of):
    client = make_client(paris)
    if of == "secret":
        ends(client, 20)
    else:
        api_keys.new_key(client, timezone.now() + 20 * DAY)
    page = browser(person("ada", role, paris)).get("/admin/").content.decode()
    assert (TOLD in page) is bool(leads_to)
    assert not leads_to or url(leads_to, "changelist") + "?quick=expiring" in page


def test_the_back_office_says_nothing_of_other_peoples_clients(paris, keeper):
    lyon = make_organization("Lyon")
    client = ends(make_client(lyon), 20)
    api_keys.new_key(client, timezone.now() + 20 * DAY)
    page = browser(keeper).get("/admin/").content.decode()
    assert TOLD not in page


def test_the_list_finds_what_expires(paris, keeper):
    soon, expired = ends(make_client(paris), 20), ends(make_client(paris), -1)
    ends(make_client(paris), 50)
    with_key = make_client(paris)
    api_keys.new_key(with_key, timezone.now() + DAY)
    found = browser(keeper).get(url("core_application", "changelist"), {"quick": "expiring"}).context["cl"].queryset
    assert {row.pk for row in found} == {soon.pk, expired.pk, with_key.pk}


def test_the_doctor_says_so(settings, tmp_path):
    stand_alone(settings, tmp_path)
    place = healthy_organization()
    client = ends(make_client(place), 20)
    api_keys.new_key(client, timezone.now() + 20 * DAY)
    ends(make_client(place), 50)
    found = [each for each in examine()[1] if each["check"] == "expiry"]
    assert [(each["level"], each["what"][:3]) for each in found] == [("warning", "1 ×")] * 2
