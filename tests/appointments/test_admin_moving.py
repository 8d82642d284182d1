"""Moving by staff: a card's drop and the form behind it, through the service that moves for everybody."""

import pytest
import time_machine

from appointments.models import Appointment
from core.models import OutboxMessage, Role
from tests.appointment_factories import make_calendar, make_group
from tests.appointments.front_desk import DAY, LIST, FrontDesk, offers
from tests.appointments.practice import NOW, TEN
from tests.back_office import browser, messages_of, person, url

pytestmark = pytest.mark.django_db
ELEVEN = 11 * 60


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return FrontDesk()


def place_of(appointment: Appointment) -> str:
    appointment.refresh_from_db()
    return f"{appointment.calendar} {appointment.start:%d %H:%M}"


# -- a drop -------------------------------------------------------------------------------------------------


def test_a_card_dropped_on_another_hour_is_moved_and_the_customer_told(desk):
    appointment = desk.book(TEN)
    answer = desk.drop(appointment, ELEVEN)
    assert answer.json() == {"message": "Anne Durand is booked with Dr Martin, 25 Nov 11:00–11:30."}
    assert place_of(appointment) == "Dr Martin 25 10:00"
    assert OutboxMessage.objects.filter(kind="appointment_moved").count() == 1
    assert appointment.history.first().history_user == desk.mara


def test_on_another_calendar_and_day(desk):
    other = make_calendar(desk.group, desk.service, name="Dr Leroy")
    appointment = desk.book(TEN)
    desk.drop(appointment, ELEVEN, "2026-11-26", other)
    assert place_of(appointment) == "Dr Leroy 26 10:00"


def test_what_is_taken_is_refused_with_the_reason(desk):
    first, second = desk.book(TEN), desk.book(TEN.replace(hour=12))
    answer = desk.drop(second, 10 * 60)
    said = {"errors": ["This time slot is not available anymore"], "place": "Dr Martin, 25 Nov 10:00"}
    assert (answer.status_code, answer.json()) == (422, said)
    assert place_of(first) == "Dr Martin 25 09:00"
    assert place_of(second) == "Dr Martin 25 12:00"


def test_a_rule_is_named_and_leads_to_the_form_that_asks_for_a_reason(desk):
    appointment = desk.book(TEN)
    answer = desk.drop(appointment, 19 * 60)
    assert answer.status_code == 422
    assert answer.json()["errors"][0] == "Not within the opening hours"
    assert answer.json()["place"] == "Dr Martin, 25 Nov 19:00"
    assert place_of(appointment) == "Dr Martin 25 09:00"
    page = desk.client.get(answer.json()["url"])
    assert page.context["start"].isoformat() == "2026-11-25T18:00:00+00:00"
    sent = {"version": appointment.version, "reason": "No other day"}
    desk.client.post(answer.json()["url"], sent)
    assert place_of(appointment) == "Dr Martin 25 18:00"
    assert "No other day" in appointment.history.first().history_change_reason


def test_a_calendar_that_does_not_offer_the_service_is_refused(desk):
    appointment = desk.book(TEN)
    answer = desk.drop(appointment, ELEVEN, calendar=make_calendar(desk.group))
    assert answer.json()["errors"] == ["does not offer these services"]


def test_somebody_else_was_faster(desk):
    appointment = desk.book(TEN)
    stale = appointment.version
    desk.drop(appointment, ELEVEN)
    answer = desk.drop(appointment, ELEVEN + 60, version=stale)
    assert answer.status_code == 409
    assert place_of(appointment) == "Dr Martin 25 10:00"


@pytest.mark.parametrize("values", [{"minute": "x"}, {"minute": 1440}, {"day": "0001-01-01"}, {"calendar": 0}])
def test_what_is_no_place_is_said(desk, values):
    sent = {"version": 1, "day": DAY, "minute": ELEVEN, **values}
    answer = desk.client.post(url(LIST, "drop", desk.book(TEN).pk), sent)
    assert (answer.status_code, answer.json()["errors"]) == (422, ["This is no place in the calendar."])


def test_a_drop_is_a_post(desk):
    assert desk.client.get(url(LIST, "drop", desk.book(TEN).pk)).status_code == 405


def test_a_cancelled_one_stays_where_it_is(desk):
    appointment = desk.book(TEN)
    desk.press(appointment, "cancel", reason="")
    answer = desk.drop(appointment, ELEVEN)
    assert (answer.status_code, answer.json()) == (409, {"errors": ["The appointment is cancelled."]})
    assert place_of(appointment) == "Dr Martin 25 09:00"


def test_a_drop_on_a_time_that_the_clocks_skip_is_refused_in_words(desk):
    answer = desk.drop(desk.book(TEN), 150, "2027-03-28")
    said = {"errors": ["This time does not exist: the clocks skip it."]}
    assert (answer.status_code, answer.json()) == (422, said)


@pytest.mark.parametrize("page", ["drop", "move"])
def test_nobody_moves_what_is_of_another_organization(desk, page):
    appointment = desk.book(TEN)
    stranger = browser(person("eve", Role.ADMINISTRATOR, make_group("Other")))
    sent = {"version": appointment.version, "day": DAY, "minute": ELEVEN}
    assert stranger.post(url(LIST, page, appointment.pk), sent).status_code == 404
    assert place_of(appointment) == "Dr Martin 25 09:00"


# -- the form -----------------------------------------------------------------------------------------------


def move_url(appointment: Appointment, **query) -> str:
    return url(LIST, "move", appointment.pk) + "?" + "&".join(f"{name}={value}" for name, value in query.items())


def test_the_form_offers_the_starts_around_its_own_time_too(desk):
    appointment = desk.book(TEN)
    desk.book(TEN.replace(hour=12))
    found = offers(desk.client.get(move_url(appointment)))
    assert {"09:45", "10:00", "10:15"} <= set(found)
    assert "13:00" not in found


def test_the_form_moves_and_leads_back_to_where_it_was_opened(desk):
    appointment = desk.book(TEN)
    back = url(LIST, "calendar")
    page = desk.client.get(move_url(appointment, back=back))
    start = next(offer.url for offer in page.context["picker"].offers if offer.label == "10:15")
    answer = desk.client.post(url(LIST, "move", appointment.pk) + start, {"version": appointment.version}, follow=True)
    assert answer.redirect_chain[0][0] == back
    assert "is booked with Dr Martin, 25 Nov 10:15" in messages_of(answer)
    assert place_of(appointment) == "Dr Martin 25 09:15"


def test_to_no_other_site(desk):
    appointment = desk.book(TEN)
    address = move_url(appointment, start=f"{DAY}T11:00", back="https://evil.example/")
    assert desk.client.post(address, {"version": appointment.version}).url == url(LIST, "change", appointment.pk)


def test_a_stale_form_says_so_once_and_then_moves(desk):
    appointment = desk.book(TEN)
    address = move_url(appointment, start=f"{DAY}T11:00")
    form = desk.client.post(address, {"version": 99}).context["form"]
    assert form.non_field_errors() == ["somebody else changed this in the meantime"]
    assert desk.client.post(address, {"version": form["version"].value()}).status_code == 302


def test_more_moves_than_customers_have_need_a_reason(desk):
    desk.rule(max_moves=1)
    appointment = desk.book(TEN)
    desk.drop(appointment, ELEVEN)
    appointment.refresh_from_db()
    answer = desk.drop(appointment, ELEVEN + 60)
    assert answer.json()["errors"] == ["Moved 1 times already, and 1 is the most"]


def test_the_form_refuses_a_time_that_the_clocks_skip(desk):
    answer = desk.client.post(move_url(desk.book(TEN), start="2027-03-28T02:30"), {"version": 1})
    assert "This time does not exist: the clocks skip it." in answer.content.decode()
    assert place_of(Appointment.objects.get()) == "Dr Martin 25 09:00"


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_form_of_one_that_was_cancelled_leads_to_its_page_which_says_so(desk, method):
    appointment = desk.book(TEN)
    opened = move_url(appointment, start=f"{DAY}T11:00")
    desk.press(appointment, "cancel", reason="")
    answer = getattr(desk.client, method)(opened, {"version": 1}, follow=True)
    assert answer.request["PATH_INFO"] == url(LIST, "change", appointment.pk)
    assert "The appointment is cancelled." in messages_of(answer)
    assert place_of(appointment) == "Dr Martin 25 09:00"
