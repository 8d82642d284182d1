"""The page behind the notice to a customer who waits: what is free in the window, booked by one press [contract 40]."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from appointments.emails import APPOINTMENT_LINK
from appointments.models import Appointment, Waiting
from appointments.services.waitings import create_waiting
from appointments.waiting_emails import WAITING_LINK
from core.links import sign_link
from core.models import Organization, OutboxMessage
from tests.appointment_factories import make_calendar, make_customer
from tests.appointments.practice import DAY, HOUR, NOW, TEN, Practice, cancel, sent
from tests.appointments.test_customer_page import page, starts_in
from tests.factories import make_client

pytestmark = pytest.mark.django_db
ONE_A_DAY = [{"day": day, "start": "10:00", "end": "10:30", "services": []} for day in range(1, 6)]
WEDNESDAY, THURSDAY = "2026-11-25T09:00:00", "2026-11-26T09:00:00"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def practice(clock):
    practice = Practice(phone="01 23 45 67 89")
    practice.calendar.changed(opening_hours=ONE_A_DAY).save()
    return practice


@pytest.fixture
def site(practice):
    """The client program through which customers wait."""
    return make_client(practice.group)


@pytest.fixture
def waiting(practice, site):
    """Paul, from Wednesday to Thursday."""
    paul = make_customer(practice.group, "Petit", "Paul", email="paul@example.org", made_by=site)
    waiting = create_waiting(
        practice.group,
        customer_id=paul.pk,
        customer={},
        services=[practice.service.pk],
        start=TEN - HOUR,
        end=TEN + DAY + HOUR,
        is_staff=True,
    )
    return waiting.changed(made_by=site)


@pytest.fixture
def path(waiting):
    waiting.save()
    return link(waiting)


def link(waiting, lifetime=timedelta(days=9), purpose=WAITING_LINK, customer_id=None) -> str:
    token = sign_link(purpose, waiting.pk, customer_id or waiting.customer_id, lifetime)
    return f"/customer/waitings/{token}"


def choose(path: str, start: str):
    return Client().post(path, {"start": start})


def test_the_mailed_link_opens_the_page_with_what_is_free_in_the_window(practice, path, mailoutbox, settings):
    cancel(practice.book())
    (message,) = [each for each in sent(mailoutbox) if each.to == ["paul@example.org"]]
    mailed = re.search(r"http\S+/customer/waitings/\S+", message.body)[0]
    text = page(mailed.removeprefix(settings.SITE_URL))
    assert starts_in(text) == [WEDNESDAY, THURSDAY]
    assert "Consultation" in text
    assert "Anne" not in text


def test_every_dead_link_is_one_and_the_same_page_that_is_not_found(practice, waiting, path):
    dead = [
        link(waiting, timedelta(seconds=-1)),
        link(waiting, purpose=APPOINTMENT_LINK),
        link(waiting, customer_id=practice.anne.pk),
        f"{path}x",
        "/customer/waitings/hello",
    ]
    answers = [Client().get(each) for each in dead] + [choose(each, WEDNESDAY) for each in dead]
    assert {response.status_code for response in answers} == {404}
    assert len({response.content for response in answers}) == 1
    assert not Appointment.objects.exists()


def test_it_lives_until_the_window_ends(path, clock):
    clock.move_to(TEN + DAY)
    page(path)
    clock.move_to(TEN + DAY + HOUR)
    assert Client().get(path).status_code == 404


def test_it_is_private_unlogged_and_changes_nothing_by_being_looked_at(waiting, path, log):
    response = Client().get(path)
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert "<script" not in response.content.decode()
    assert path.rpartition("/")[2] not in log.getvalue()
    version = waiting.version
    waiting.refresh_from_db()
    assert waiting.version == version


def test_the_customer_books_and_waits_no_longer(practice, site, waiting, path):
    response = choose(path, WEDNESDAY)
    assert (response.status_code, response["Location"]) == (302, path)
    appointment = Appointment.objects.get()
    assert (appointment.customer, appointment.start) == (waiting.customer, TEN)
    assert appointment.made_by == site, "it is of the credential through which the customer waits"
    assert appointment.history.first().door == "customer"
    waiting.refresh_from_db()
    assert waiting.is_deleted
    assert OutboxMessage.objects.filter(kind="appointment_booked", address="paul@example.org").count() == 1


def test_a_used_link_shows_the_appointment_and_books_no_other(path):
    choose(path, WEDNESDAY)
    text = page(path)
    assert "It is booked." in text
    assert "Wednesday 25 November 2026, 10:00" in text
    assert "<form" not in text
    assert choose(path, THURSDAY).status_code == 302
    assert Appointment.objects.count() == 1
    own = re.search(r'href="(/customer/appointments/[^"]+|http[^"]+/customer/appointments/[^"]+)"', text)[1]
    assert "Cancel this appointment" in page(own[own.index("/customer") :])


def test_one_that_staff_confirm_says_so(practice, path):
    practice.rule(confirm_required=True)
    choose(path, WEDNESDAY)
    assert "It is not confirmed yet" in page(path)
    assert Appointment.objects.get().state == "pending"


def test_what_was_taken_meanwhile_is_refused_and_the_rest_offered(practice, path):
    practice.book()
    response = choose(path, WEDNESDAY)
    assert response.status_code == 422
    assert "This time was taken in the meantime. Choose another." in response.content.decode()
    assert starts_in(response.content.decode()) == [THURSDAY]


@pytest.mark.parametrize(
    "start",
    [
        "2026-11-27T09:00:00",
        "2026-11-24T09:00:00",
        "2026-11-25T09:15:00",
        "",
        "x",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59",
    ],
)
def test_what_is_outside_the_window_or_no_start_is_refused(path, start):
    assert choose(path, start).status_code == 422
    assert not Appointment.objects.exists()


def test_the_rules_of_a_booking_bind(practice, waiting, path):
    practice.rule(max_upcoming=1)
    practice.book(TEN + 2 * DAY, waiting.customer)
    response = choose(path, WEDNESDAY)
    assert response.status_code == 422
    assert "You have as many appointments as one may have at a time." in response.content.decode()
    assert not Waiting.objects.get().is_deleted


def test_only_the_calendars_that_were_asked_for_are_offered_and_booked(practice, waiting, path):
    other = make_calendar(practice.group, practice.service, name="Dr Blanc", opening_hours=ONE_A_DAY)
    waiting.calendars.set([other])
    practice.book(TEN + DAY, calendar_id=other.pk)
    assert starts_in(page(path)) == [WEDNESDAY]
    assert choose(path, THURSDAY).status_code == 422
    choose(path, WEDNESDAY)
    assert Appointment.objects.get(start=TEN).calendar == other


def test_where_nothing_is_free_the_page_says_so(practice, path):
    practice.book()
    practice.book(TEN + DAY)
    text = page(path)
    assert "Nothing is free at the moment. You stay on the waiting list." in text
    assert "01 23 45 67 89" in text


def test_where_the_service_is_offered_no_more_nothing_is(practice, path):
    practice.service.changed(is_deleted=True).save()
    assert starts_in(page(path)) == []
    assert choose(path, WEDNESDAY).status_code == 422


def test_the_customer_can_leave_the_list(waiting, path):
    assert Client().post(path, {"end": "1"}).status_code == 302
    waiting.refresh_from_db()
    assert waiting.is_deleted
    text = page(path)
    assert "You are not on the waiting list any more." in text
    assert "<form" not in text
    assert Client().post(path, {"end": "1"}).status_code == 302
    assert choose(path, WEDNESDAY).status_code == 302
    assert not Appointment.objects.exists()


def test_in_the_organizations_language(practice, path):
    Organization.objects.update(language="fr")
    text = page(path)
    assert 'lang="fr"' in text
    assert "mercredi 25 novembre 2026" in text
