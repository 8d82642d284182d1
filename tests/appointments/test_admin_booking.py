"""Booking by staff: free starts alone are offered, and a rule is passed over only with its name and a reason."""

import pytest
import time_machine

from appointments.models import Appointment, Customer
from core.models import OutboxMessage
from tests.appointment_factories import make_calendar, make_customer, make_group, make_service
from tests.appointments.front_desk import DAY, LIST, FrontDesk, offers
from tests.appointments.practice import NOW, TEN
from tests.back_office import browser, messages_of, url

pytestmark = pytest.mark.django_db
NINE = f"{DAY}T09:00"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return FrontDesk()


def test_only_free_starts_of_the_day_are_offered(desk):
    desk.book(TEN)
    found = offers(desk.book_page())
    assert found[:3] == ["09:00", "09:15", "09:30"]
    assert not {"09:45", "10:00", "10:15"} & set(found)
    assert "10:30" in found
    assert found[-1] == "16:30"


def test_what_is_over_today_is_not_offered(desk):
    with time_machine.travel("2026-11-25T14:05:00Z", tick=False):
        desk.client = browser(desk.mara)
        assert offers(desk.book_page())[0] == "15:15"


def test_an_empty_day_leads_to_the_next_free_start(desk):
    page = desk.book_page(day="2026-11-28")
    assert offers(page) == []
    assert page.context["picker"].next_offer.label == "30 Nov 09:00"


def test_from_the_first_page_to_the_booking_by_links_and_forms_alone(desk):
    page = desk.book_page()
    start = page.context["picker"].offers[0].url
    page = desk.client.get(url(LIST, "book") + start + "&q=dur")
    (found,) = page.context["found"]
    assert found["row"] == desk.anne
    page = desk.client.get(url(LIST, "book") + found["url"])
    answer = desk.client.post(page.wsgi_request.get_full_path(), {"comments": "By phone"}, follow=True)
    booked = Appointment.objects.get()
    assert (booked.customer, booked.calendar, booked.comments) == (desk.anne, desk.calendar, "By phone")
    assert booked.start.isoformat() == "2026-11-25T08:00:00+00:00"
    assert "Anne Durand is booked with Dr Martin, 25 Nov 09:00" in messages_of(answer)
    assert answer.redirect_chain[0][0] == url(LIST, "change", booked.pk)
    assert booked.history.get().history_user == desk.mara
    assert OutboxMessage.objects.filter(kind="appointment_booked").exists()


def test_a_new_customer_is_made_with_the_booking(desk):
    desk.send_booking({"firstname": "Ida", "lastname": "Roux", "email": "ida@example.org"}, start=NINE)
    assert Appointment.objects.get().customer == Customer.objects.get(email="ida@example.org")


def test_an_address_of_somebody_else_is_refused_on_its_field_and_leaves_nothing(desk):
    answer = desk.send_booking({"lastname": "Roux", "email": "ANNE@example.org"}, start=NINE)
    assert answer.context["form"].errors == {"email": ["belongs to another customer"]}
    assert (Appointment.objects.count(), Customer.objects.count()) == (0, 1)


def test_a_rule_that_is_passed_over_is_named_before_and_needs_a_reason(desk):
    desk.rule(min_notice=60 * 24 * 7)
    page = desk.book_page(start=NINE, customer=desk.anne.pk)
    told = "Too soon: 10080 min of notice are asked for, the start is in 2940 min"
    assert [verdict.text for verdict in page.context["outlook"].soft] == [told]
    assert told in page.content.decode()
    answer = desk.send_booking({}, start=NINE, customer=desk.anne.pk)
    assert answer.context["form"].errors == {"reason": ["This field is required."]}
    assert not Appointment.objects.exists()
    desk.send_booking({"reason": "An emergency"}, start=NINE, customer=desk.anne.pk)
    assert Appointment.objects.get().history.get().history_change_reason == f"min_notice: {told}. An emergency"


def test_another_time_outside_opening_hours_is_named_too(desk):
    page = desk.book_page(start=f"{DAY}T20:00")
    assert [verdict.code for verdict in page.context["outlook"].soft] == ["opening_hours", "step"]


def test_the_customers_own_rules_are_asked_once_the_customer_is_known(desk):
    other = make_calendar(desk.group, desk.service)
    desk.book(TEN)
    query = {"start": f"{DAY}T10:00", "calendar": other.pk}
    assert desk.book_page(**query).context["outlook"].soft == []
    known = desk.book_page(**query, customer=desk.anne.pk)
    assert [verdict.code for verdict in known.context["outlook"].soft] == ["same_time"]


def test_what_is_taken_is_never_passed_over(desk):
    desk.book(TEN)
    page = desk.book_page(start=f"{DAY}T10:00", customer=desk.anne.pk)
    assert [verdict.code for verdict in page.context["outlook"].refused] == ["places"]
    assert "This time cannot be had:" in page.content.decode()
    desk.send_booking({"reason": "All the same"}, start=f"{DAY}T10:00", customer=desk.anne.pk)
    assert Appointment.objects.count() == 1


def test_somebody_was_quicker_between_the_page_and_its_button(desk):
    calendar = make_calendar(desk.group, desk.service)
    page = desk.book_page(start=NINE, customer=desk.anne.pk, calendar=calendar.pk)
    assert page.context["may_save"]
    desk.book(TEN.replace(hour=8), make_customer(desk.group), calendar_id=calendar.pk)
    answer = desk.send_booking({}, start=NINE, customer=desk.anne.pk, calendar=calendar.pk)
    assert not answer.context["may_save"]
    assert Appointment.objects.count() == 1


def test_any_free_calendar_is_chosen_by_the_groups_way_which_is_told(desk):
    desk.rule(assignment="priority")
    make_calendar(desk.group, desk.service, name="Dr First", priority=-1)
    answer = desk.send_booking({}, start=NINE, customer=desk.anne.pk)
    assert Appointment.objects.get().calendar.name == "Dr First"
    assert "(priority: -1 is the first)" in messages_of(answer)


def test_a_closed_calendar_is_not_drawn_while_an_open_one_is_free(desk):
    desk.rule(assignment="priority")
    make_calendar(desk.group, desk.service, name="Dr Closed", opening_hours=[], priority=-1)
    desk.send_booking({}, start=NINE, customer=desk.anne.pk)
    assert Appointment.objects.get().calendar == desk.calendar


def test_no_calendar_that_offers_all_is_said(desk):
    other = make_service(desk.group, name="X-ray")
    page = desk.book_page(services=[desk.service.pk, other.pk])
    assert "No calendar offers all these services." in page.content.decode()


def test_rows_of_another_organization_are_not_there(desk):
    theirs = make_group("Other")
    service = make_service(theirs)
    page = desk.book_page(services=service.pk, organization=theirs.pk, calendar=make_calendar(theirs, service).pk)
    assert page.context["organization"] == desk.group
    assert page.context["picker"].services == []
    page = desk.book_page(start=NINE, customer=make_customer(theirs).pk)
    assert page.context["customer"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"services": "x"},
        {"services": "99999999999999999999"},
        {"day": "yesterday"},
        {"day": "0001-01-01"},
        {"start": "2026-13-45T99:99"},
        {"start": "9999-12-31T23:59"},
        {"customer": "x"},
        {"customer": "9" * 30},
        {"calendar": "-1"},
        {"organization": "x"},
    ],
)
def test_nonsense_in_the_address_is_no_failure(desk, query):
    assert desk.book_page(**query).status_code == 200


@pytest.mark.parametrize("page", ["book", "explain"])
def test_a_start_that_the_clocks_skip_is_refused_in_words(desk, page):
    answer = desk.client.get(url(LIST, page), {"services": desk.service.pk, "start": "2027-03-28T02:30"})
    assert answer.context["start"] is None
    assert "This time does not exist: the clocks skip it." in answer.content.decode()


def test_one_that_comes_twice_is_its_first_coming(desk):
    page = desk.book_page(start="2027-10-31T02:30", day=None)
    assert page.context["start"].isoformat() == "2027-10-31T00:30:00+00:00"


def test_adding_from_the_list_leads_to_the_page_of_booking(desk):
    assert desk.client.get(url(LIST, "add")).url == url(LIST, "book")
