"""The page behind the student's e-mailed link: no log-in, one purpose, GET shows, POST acts [contract 00]."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import signing
from django.test import Client

from core.links import sign_link
from scheduling import student as student_pages
from scheduling.emails import CLOSE_LINK, LINK_LIFETIME, SERVICE_LINK, service_url
from scheduling.models import Close, CommunityService
from tests.factories import make_close, make_community_service, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def campus(noon):
    return make_organization("Paris", start=time(7))


@pytest.fixture
def service(close):
    return make_community_service(close)


def link(service, lifetime=LINK_LIFETIME, purpose=SERVICE_LINK, version=None) -> str:
    """The path of the e-mailed link."""
    token = sign_link(purpose, service.pk, version or service.link_version, lifetime)
    return f"/student/services/{token}"


def page(path: str, **headers):
    return Client().get(path, headers=headers)


def choose(path: str, day: str):
    return Client().post(path, {"day": day})


# -- the link -----------------------------------------------------------------------------------------------


def dead_links(service) -> dict[str, str]:
    """Every kind of link that opens nothing."""
    token = link(service).rpartition("/")[2]
    moved = make_community_service(service.close, link_version=2)
    gone = make_community_service(service.close)
    deleted = link(gone)
    gone.delete()
    head, _, tail = token.partition(":")
    foreign = signing.dumps(
        [service.pk, 1, 2**40], key="another installation's key", salt="dutyboard.community_service"
    )
    return {
        "expired": link(service, timedelta(seconds=-1)),
        "tampered": f"/student/services/{head}x:{tail}",
        "cut": f"/student/services/{token[:-1]}",
        "another version": link(moved, version=1),
        "another purpose": link(service, purpose=CLOSE_LINK),
        "another installation": f"/student/services/{foreign}",
        "deleted": deleted,
        "without a close": link(make_community_service(organization=service.organization)),
        "no token": "/student/services/hello",
    }


def test_every_dead_link_is_one_and_the_same_page_that_is_not_found(service):
    answers = {name: page(path) for name, path in dead_links(service).items()}
    assert {response.status_code for response in answers.values()} == {404}
    assert len({response.content for response in answers.values()}) == 1


def test_a_dead_link_accepts_no_choice(service):
    for path in dead_links(service).values():
        assert choose(path, "2017-11-27").status_code == 404
    assert not CommunityService.objects.exclude(schedule_at=None).exists()


def test_a_link_that_ends_while_a_day_is_sent_chooses_nothing(service, monkeypatch):
    """The page reads the link before the lock; in between the service may go to another student."""
    path, read = link(service), student_pages.linked_service

    def read_then_reassign(token):
        found = read(token)
        CommunityService.objects.update(link_version=2)
        return found

    monkeypatch.setattr(student_pages, "linked_service", read_then_reassign)
    assert choose(path, "2017-11-27").status_code == 302
    service.refresh_from_db()
    assert (service.schedule_at, service.version) == (None, 1)


def test_a_link_lives_for_two_weeks(service, noon):
    path = link(service)
    noon.shift(timedelta(days=14) - timedelta(seconds=1))
    assert page(path).status_code == 200
    noon.shift(timedelta(seconds=2))
    assert page(path).status_code == 404


def test_a_link_ends_when_the_service_goes_to_another_student(service, campus, staff):
    path = link(service)
    other = make_close(campus)
    body = {"community_service": {"close_id": other.pk}}
    assert staff.patch(f"/v2/community_services/{service.pk}", body).status_code == 204
    assert page(path).status_code == 404


def test_the_token_opens_the_page_of_its_own_purpose_alone(service):
    token = link(service).rpartition("/")[2]
    assert page(f"/student/closes/{token}").status_code == 404


def test_the_mailed_address_opens_the_page(service, settings):
    url = service_url(service)
    assert url.startswith(settings.SITE_URL)
    assert page(url.removeprefix(settings.SITE_URL)).status_code == 200


# -- GET shows ----------------------------------------------------------------------------------------------


def test_the_page_shows_what_why_how_long_and_the_days(service, tiger):
    service.changed(supervisor=tiger, duration=14400).save()
    text = page(link(service)).content.decode()
    for shown in ("Clean the kitchen", "Connecticut giants", "4 h", tiger.login):
        assert shown in text
    days = [f"2017-11-{day}" for day in range(23, 31)] + [f"2017-12-0{day}" for day in range(1, 7)]
    assert re.findall(r'name="day" value="([^"]+)"', text) == days


def test_looking_changes_nothing(service):
    for method in ("get", "head", "get"):
        assert getattr(Client(), method)(link(service)).status_code == 200
    service.refresh_from_db()
    assert (service.schedule_at, service.version, service.history.count()) == (None, 1, 1)


def test_the_page_is_not_kept_not_referred_and_not_indexed(service):
    response = page(link(service))
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.content.decode()


def test_the_page_needs_no_script(service):
    assert "<script" not in page(link(service)).content.decode()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_the_page_has_no_other_methods(service, method):
    assert getattr(Client(), method)(link(service)).status_code == 405


# -- POST acts ----------------------------------------------------------------------------------------------


def test_choosing_a_day_dates_the_service_at_the_organizations_hour_and_uncloses(service, student):
    path = link(service)
    response = choose(path, "2017-11-27")
    assert (response.status_code, response["Location"]) == (302, path)
    service.refresh_from_db()
    assert service.schedule_at == datetime(2017, 11, 27, 6, tzinfo=UTC)
    assert Close.objects.get().state == "unclose"
    record = service.history.first()
    assert (record.door, record.history_user_id) == ("student", student.pk)


def test_without_an_hour_the_day_starts_at_local_midnight(noon):
    service = make_community_service(make_close(make_organization(time_zone="America/New_York")))
    choose(link(service), "2017-11-27")
    service.refresh_from_db()
    assert service.schedule_at == datetime(2017, 11, 27, 5, tzinfo=UTC)


def test_a_used_link_shows_what_was_done_and_changes_nothing_more(service):
    path = link(service)
    choose(path, "2017-11-27")
    text = page(path).content.decode()
    assert "Monday 27 November 2017" in text
    assert "<form" not in text
    assert choose(path, "2017-11-28").status_code == 302
    service.refresh_from_db()
    assert service.schedule_at == datetime(2017, 11, 27, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "day", ["2017-11-22", "2017-11-21", "2017-12-07", "0001-01-01", "9999-12-31", "", "tomorrow", "2017-02-30"]
)
def test_a_day_that_cannot_be_chosen_is_refused_and_the_page_shown_again(service, day):
    response = choose(link(service), day)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert "<form" in response.content.decode()
    service.refresh_from_db()
    assert service.schedule_at is None


@pytest.mark.parametrize("state", ["validated", "invalidated"])
def test_a_service_that_is_judged_already_takes_no_day(service, state):
    service.changed(state=state).save()
    assert "<form" not in page(link(service)).content.decode()
    choose(link(service), "2017-11-27")
    service.refresh_from_db()
    assert service.schedule_at is None


def test_a_browser_that_sends_no_referrer_and_no_cookie_can_choose(service):
    """The link is the only credential, so there is no cookie whose power another site could borrow."""
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link(service), {"day": "2017-11-27"}, headers={"Origin": "null"}).status_code == 302
    service.refresh_from_db()
    assert service.schedule_at is not None


def test_what_staff_wrote_is_shown_as_text(service):
    service.changed(occupation="<b>bold</b><script>alert(1)</script>").save()
    text = page(link(service)).content.decode()
    assert "<script>" not in text
    assert "&lt;b&gt;bold" in text


# -- language and zone --------------------------------------------------------------------------------------


def test_a_french_student_reads_french_whatever_his_browser_says(service, student):
    in_english = page(link(service)).content.decode()
    student.changed(language="fr").save()
    text = page(link(service), Accept_Language="de").content.decode()
    assert 'lang="fr"' in text
    assert "jeudi 23 novembre 2017" in text
    for sentence in ("Your community service", "Choose your day", "Confirm this day"):
        assert sentence in in_english
        assert sentence not in text


def test_the_hour_is_that_of_the_organizations_zone(service):
    choose(link(service), "2017-11-27")
    text = page(link(service)).content.decode()
    assert "7:00" in text
    assert "Europe/Paris" in text


# -- after log-in -------------------------------------------------------------------------------------------


def test_a_logged_in_student_sees_his_own_services_with_their_links(service, campus, student):
    make_community_service(make_close(campus), occupation="Somebody else's")
    client = Client()
    client.force_login(student)
    text = client.get("/student/").content.decode()
    assert "Clean the kitchen" in text
    assert "Somebody else" not in text
    assert "no-store" in client.get("/student/")["Cache-Control"]


def test_nobody_sees_the_home_page_without_log_in():
    response = page("/student/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
