"""The page behind the customer's e-mailed link: no log-in, one purpose, GET shows, POST acts [contracts 00 and 40]."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client

from appointments import customer as pages
from appointments.emails import APPOINTMENT_LINK, appointment_url
from appointments.models import Appointment, Customer
from appointments.waiting_emails import WAITING_LINK
from core.links import sign_link
from core.models import Organization, OutboxMessage
from scheduling.models import BusyInterval
from tests.appointment_factories import make_customer
from tests.appointments.practice import DAY, HOUR, NOW, TEN, Practice, cancel, move

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def practice(clock):
    return Practice(min_cancel_notice=24 * 60, phone="01 23 45 67 89")


@pytest.fixture
def appointment(practice):
    return practice.book()


def link(appointment, lifetime=timedelta(days=9), purpose=APPOINTMENT_LINK, customer=None) -> str:
    """The path of the e-mailed link."""
    token = sign_link(purpose, appointment.pk, (customer or appointment.customer).pk, lifetime)
    return f"/customer/appointments/{token}"


def page(path: str, **headers) -> str:
    response = Client().get(path, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def version_in(text: str) -> str:
    return re.search(r'name="version" value="(\d+)"', text)[1]


def press_cancel(path: str):
    return Client().post(path, {"version": version_in(page(path))})


def starts_in(text: str) -> list[str]:
    return re.findall(r'name="start" value="([^"]+)"', text)


# -- the link -----------------------------------------------------------------------------------------------


def dead_links(practice, appointment) -> dict[str, str]:
    """Every kind of link that opens nothing."""
    token = link(appointment).rpartition("/")[2]
    head, _, tail = token.partition(":")
    foreign = signing.dumps(
        [appointment.pk, appointment.customer_id, 2**40], key="another installation's", salt="dutyboard.appointment"
    )
    gone = practice.book(TEN + HOUR, make_customer(practice.group, "Gone", "Guy"))
    Customer.objects.filter(pk=gone.customer_id).update(is_deleted=True)
    return {
        "expired": link(appointment, timedelta(seconds=-1)),
        "tampered": f"/customer/appointments/{head}x:{tail}",
        "cut": f"/customer/appointments/{token[:-1]}",
        "another customer": link(appointment, customer=make_customer(practice.group, "Petit", "Luc")),
        "another purpose": link(appointment, purpose=WAITING_LINK),
        "another installation": f"/customer/appointments/{foreign}",
        "a customer who is deleted": link(gone),
        "no token": "/customer/appointments/hello",
    }


@pytest.mark.parametrize("ending", ["", "/times"])
def test_every_dead_link_is_one_and_the_same_page_that_is_not_found(practice, appointment, ending):
    answers = [Client().get(path + ending) for path in dead_links(practice, appointment).values()]
    assert {response.status_code for response in answers} == {404}
    assert len({response.content for response in answers}) == 1


def test_a_dead_link_cancels_and_moves_nothing(practice, appointment):
    for path in dead_links(practice, appointment).values():
        assert Client().post(path).status_code == 404
        assert Client().post(f"{path}/times", {"start": "2026-11-26T09:00:00"}).status_code == 404
    appointment.refresh_from_db()
    assert (appointment.is_deleted, appointment.start) == (False, TEN)


def test_a_link_lives_until_the_start(appointment, clock, settings):
    url = appointment_url(appointment)
    assert url.startswith(settings.SITE_URL)
    path = url.removeprefix(settings.SITE_URL)
    clock.move_to(TEN - timedelta(seconds=1))
    page(path)
    clock.move_to(TEN)
    assert Client().get(path).status_code == 404


def test_a_link_ends_with_an_earlier_start(practice, appointment, clock, settings):
    path = appointment_url(appointment).removeprefix(settings.SITE_URL)
    move(appointment, TEN - DAY)
    clock.move_to(TEN - DAY + HOUR)
    assert Client().get(path).status_code == 404


# -- GET shows ----------------------------------------------------------------------------------------------


def test_the_page_shows_what_when_with_whom_and_where(appointment):
    text = page(link(appointment))
    for shown in ("Practice Lilas", "Consultation", "Wednesday 25 November 2026", "10:00", "Dr Martin", "rue des"):
        assert shown in text
    assert "Europe/Paris" in text


def test_looking_changes_nothing(appointment):
    for method in ("get", "head", "get"):
        for ending in ("", "/times"):
            assert getattr(Client(), method)(link(appointment) + ending).status_code == 200
    appointment.refresh_from_db()
    assert (appointment.version, appointment.history.count()) == (1, 1)


@pytest.mark.parametrize("ending", ["", "/times"])
def test_the_page_is_not_kept_not_referred_not_indexed_and_needs_no_script(appointment, ending):
    response = Client().get(link(appointment) + ending)
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.content.decode()
    assert "<script" not in response.content.decode()


def test_the_token_is_in_no_log_line(appointment, log):
    path = link(appointment)
    Client().get(path)
    Client().get(f"{path}/times")
    logged = log.getvalue()
    assert path.rpartition("/")[2] not in logged
    assert logged.count("GET /customer/appointments/… 200") == 2


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_the_page_has_no_other_methods(appointment, method):
    assert getattr(Client(), method)(link(appointment)).status_code == 405


def test_in_the_organizations_language_and_zone_whatever_the_browser_says(appointment):
    in_english = page(link(appointment))
    Organization.objects.update(language="fr", time_zone="America/Guadeloupe")
    text = page(link(appointment), Accept_Language="de")
    assert 'lang="fr"' in text
    assert "mercredi 25 novembre 2026, 05:00" in text
    assert 'lang="en"' in in_english


def test_what_people_wrote_is_shown_as_text(practice, appointment):
    practice.service.changed(publicname="<script>alert(1)</script>").save()
    assert "<script>" not in page(link(appointment))


# -- cancelling ---------------------------------------------------------------------------------------------


def test_the_customer_cancels_and_the_page_says_so(appointment, mailoutbox):
    path = link(appointment)
    response = press_cancel(path)
    assert (response.status_code, response["Location"]) == (302, path)
    appointment.refresh_from_db()
    assert appointment.is_deleted
    assert not BusyInterval.objects.exists()
    record = appointment.history.first()
    assert (record.door, record.history_user_id, record.application_id) == ("customer", None, None)
    text = page(path)
    assert "This appointment is cancelled." in text
    assert "<form" not in text
    assert OutboxMessage.objects.filter(kind="appointment_cancelled").count() == 1


def test_a_used_link_cancels_nothing_more(appointment):
    path = link(appointment)
    press_cancel(path)
    assert Client().post(path, {"version": "1"}).status_code == 302
    assert Client().post(f"{path}/times", {"start": "2026-11-26T09:00:00"}).status_code == 302
    appointment.refresh_from_db()
    assert (appointment.version, appointment.start) == (2, TEN)


def test_too_late_says_so_plainly_and_whom_to_call(practice, appointment, clock):
    clock.move_to(TEN - 23 * HOUR)
    path = link(appointment)
    text = page(path)
    assert "It is too late to cancel or move this appointment here." in text
    assert "Please call us: 01 23 45 67 89" in text
    assert "<form" not in text
    assert Client().post(path).status_code == 422
    assert Client().get(f"{path}/times").status_code == 302
    assert Client().post(f"{path}/times", {"start": "2026-11-26T09:00:00"}).status_code == 302
    appointment.refresh_from_db()
    assert (appointment.is_deleted, appointment.start) == (False, TEN)


def test_what_staff_moved_meanwhile_is_not_cancelled_unseen(appointment):
    path = link(appointment)
    seen = version_in(page(path))
    move(appointment, TEN + DAY)
    response = Client().post(path, {"version": seen})
    assert response.status_code == 409
    assert "This appointment was changed in the meantime." in response.content.decode()
    assert "Thursday 26 November 2026" in response.content.decode()
    appointment.refresh_from_db()
    assert not appointment.is_deleted


def test_a_cancel_that_is_lost_to_another_shows_what_was_done(appointment, monkeypatch):
    """The page reads the link before the lock; in between staff may cancel."""
    path, read = link(appointment), pages.linked_appointment

    def read_then_cancel(token):
        found = read(token)
        cancel(appointment)
        return found

    monkeypatch.setattr(pages, "linked_appointment", read_then_cancel)
    assert Client().post(path, {}).status_code == 302
    assert Appointment.history.filter(id=appointment.pk).count() == 2


def test_a_browser_that_sends_no_referrer_and_no_cookie_can_cancel(appointment):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link(appointment), headers={"Origin": "null"}).status_code == 302
    appointment.refresh_from_db()
    assert appointment.is_deleted


@pytest.mark.parametrize("version", ["", "x", "9" * 40, "٣"])
def test_a_version_that_is_none_is_no_failure(appointment, version):
    assert Client().post(link(appointment), {"version": version}).status_code in {302, 409}


def test_what_has_begun_early_is_not_cancelled_by_the_customer(appointment):
    Appointment.objects.update(state="came")
    path = link(appointment)
    assert "<form" not in page(path)
    assert Client().post(path).status_code == 302
    assert Client().post(f"{path}/times", {"start": "2026-11-26T09:00:00"}).status_code == 302
    appointment.refresh_from_db()
    assert (appointment.is_deleted, appointment.start) == (False, TEN)
