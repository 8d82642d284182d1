"""What appointments are made of, in the back office: by whom it is written, deleted by a mark, restored."""

from datetime import timedelta

import pytest
import time_machine

from appointments.models import (
    Appointment,
    BookingSettings,
    Calendar,
    CalendarEvent,
    CalendarFeed,
    CalendarSet,
    Customer,
    Hold,
    Service,
    Waiting,
)
from appointments.services.holds import create_hold
from core.models import Role
from scheduling.models import BusyInterval
from tests.appointment_factories import make_calendar_set, make_customer, make_event, make_group
from tests.appointments.front_desk import DAY, FrontDesk
from tests.appointments.practice import HOUR, NOW, TEN
from tests.back_office import browser, errors_of, person, press, sent_form, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return FrontDesk()


def change(client, model: str, pk: int, **values):
    address = url(model, "change", pk)
    return client.post(address, {**sent_form(client, address), **values}, follow=True)


def add(client, model: str, **values):
    return client.post(url(model, "add"), values, follow=True)


# -- sets, services -----------------------------------------------------------------------------------------


def test_a_set_is_made_changed_deleted_and_restored(desk):
    add(desk.client, "appointments_calendarset", name="Ground floor", sort=0)
    made = CalendarSet.objects.get()
    change(desk.client, "appointments_calendarset", made.pk, name="First floor")
    press(desk.client, "appointments_calendarset", made.pk, "delete_row")
    made.refresh_from_db()
    assert (made.name, made.is_deleted) == ("First floor", True)
    page = desk.client.get(url("appointments_calendarset", "change", made.pk))
    assert not page.context["has_change_permission"]
    press(desk.client, "appointments_calendarset", made.pk, "restore")
    assert not CalendarSet.objects.get().is_deleted


def test_basic_staff_read_the_set_up_and_do_not_write_it(desk):
    ground = make_calendar_set(desk.group)
    assert desk.basic.get(url("appointments_calendarset", "changelist")).status_code == 200
    assert desk.basic.get(url("appointments_calendar", "change", desk.calendar.pk)).status_code == 200
    assert desk.basic.get(url("appointments_calendarset", "add")).status_code == 403
    address = url("appointments_calendarset", "change", ground.pk)
    assert desk.basic.post(address, {"name": "Mine"}).status_code == 403
    press(desk.basic, "appointments_calendarset", ground.pk, "delete_row")
    assert not CalendarSet.objects.get().is_deleted


def test_a_service_is_offered_by_calendars(desk):
    values = {"name": "Vaccination", "length": 15, "buffer_before": 0, "buffer_after": 5, "sort": 0}
    add(desk.client, "appointments_service", **values, colorref="#dddddd", calendars=[desk.calendar.pk], is_open="on")
    made = Service.objects.get(name="Vaccination")
    assert list(made.calendars.all()) == [desk.calendar]
    change(desk.client, "appointments_service", made.pk, calendars=[], length=20)
    made.refresh_from_db()
    assert (made.length, made.calendars.count()) == (20, 0)


def test_a_service_that_is_too_long_is_refused_on_its_field(desk):
    answer = change(desk.client, "appointments_service", desk.service.pk, length=5000)
    assert list(errors_of(answer)) == ["length"]


def test_a_deleted_calendar_flags_its_appointments_and_is_offered_no_more(desk):
    desk.book(TEN)
    press(desk.client, "appointments_calendar", desk.calendar.pk, "delete_row")
    assert Calendar.objects.get().is_deleted
    assert Appointment.objects.get().attention
    assert desk.book_page().context["picker"].calendars == []
    press(desk.client, "appointments_calendar", desk.calendar.pk, "restore")
    assert desk.book_page().context["picker"].calendars == [desk.calendar]


def test_fewer_places_than_are_taken_are_refused(desk):
    Calendar.objects.update(capacity=2)
    desk.book(TEN)
    desk.book(TEN, make_customer(desk.group))
    answer = change(desk.client, "appointments_calendar", desk.calendar.pk, capacity=1)
    assert errors_of(answer) == {"capacity": ["must be at least 2, as so many places are taken"]}


# -- customers ----------------------------------------------------------------------------------------------


def test_a_customers_card_shows_history_and_no_shows(desk):
    missed, ahead = desk.book(TEN - timedelta(days=7)), desk.book(TEN)
    Appointment.objects.filter(pk=missed.pk).update(state="not_came")
    page = desk.client.get(url("appointments_customer", "change", desk.anne.pk))
    text = page.content.decode()
    assert "1 no-show" in page.context["summary"]
    for one in (missed, ahead):
        assert url("appointments_appointment", "change", one.pk) in text
    assert f"/book/?organization={desk.group.pk}&amp;customer={desk.anne.pk}" in text
    (row,) = (
        desk.client.get(url("appointments_customer", "changelist"), {"quick": "no_shows"}).context["cl"].result_list
    )
    assert (row.missed_count, row.booked_count, row.ahead_count) == (1, 2, 1)


def test_an_address_belongs_to_one_customer(desk):
    other = make_customer(desk.group, "Roux", email="ida@example.org")
    answer = change(desk.client, "appointments_customer", other.pk, email="ANNE@example.org")
    assert errors_of(answer) == {"email": ["belongs to another customer"]}
    add(desk.client, "appointments_customer", lastname="New", email="new@example.org")
    assert Customer.objects.filter(email="new@example.org").exists()


# -- events -------------------------------------------------------------------------------------------------


def event_form(desk, kind: str, start: str, end: str | None, **more) -> dict:
    parts = {"start_0": DAY, "start_1": start, "end_0": DAY if end else "", "end_1": end or ""}
    return {"kind": kind, "calendar": desk.calendar.pk, "colorref": "#dddddd", "text": "Meeting", **parts, **more}


def test_a_block_flags_what_it_hits(desk):
    desk.book(TEN)
    add(desk.basic, "appointments_calendarevent", **event_form(desk, "block", "09:00", "12:00"))
    event = CalendarEvent.objects.get()
    assert (event.start, event.end) == (TEN - HOUR, TEN + 2 * HOUR)
    assert Appointment.objects.get().attention
    press(desk.basic, "appointments_calendarevent", event.pk, "delete_row")
    assert CalendarEvent.objects.get().is_deleted


def test_a_note_has_no_end_and_an_order_is_kept(desk):
    add(desk.client, "appointments_calendarevent", **event_form(desk, "note", "00:00", None))
    note = CalendarEvent.objects.get()
    assert note.start == note.end
    answer = add(desk.client, "appointments_calendarevent", **event_form(desk, "block", "12:00", "09:00"))
    assert errors_of(answer) == {"end": ["must be after the start"]}


# -- rules --------------------------------------------------------------------------------------------------


def test_booking_rules_are_changed_and_checked(desk):
    change(desk.client, "appointments_bookingsettings", desk.group.pk, min_notice=60, reminders="120; 1440")
    settings = BookingSettings.objects.get()
    assert (settings.min_notice, settings.reminders) == (60, [1440, 120])
    answer = change(desk.client, "appointments_bookingsettings", desk.group.pk, reminders="soon")
    assert list(errors_of(answer)) == ["reminders"]
    answer = change(desk.client, "appointments_bookingsettings", desk.group.pk, holidays_country="ZZ")
    assert list(errors_of(answer)) == ["holidays_country"]


def test_booking_rules_saved_twice_at_once_collide(desk):
    address = url("appointments_bookingsettings", "change", desk.group.pk)
    sent = sent_form(desk.client, address)
    desk.client.post(address, {**sent, "min_notice": 60})
    answer = desk.client.post(address, {**sent, "min_notice": 90})
    assert "mara saved this" in str(errors_of(answer))
    assert BookingSettings.objects.get().min_notice == 60


def test_an_organization_without_rules_gets_its_own(desk):
    BookingSettings.objects.all().delete()
    values = {
        "organization": desk.group.pk,
        "assignment": "priority",
        "sendmail": "on",
        "max_moves": 2,
        "reminders": "",
    }
    answer = add(desk.client, "appointments_bookingsettings", **values)
    assert answer.redirect_chain, errors_of(answer)
    assert (BookingSettings.objects.get().assignment, BookingSettings.objects.get().max_moves) == ("priority", 2)
    assert desk.basic.get(url("appointments_bookingsettings", "add")).status_code == 403


# -- holds, waiting list, feeds -----------------------------------------------------------------------------


def test_a_hold_is_looked_at_and_released(desk):
    hold = create_hold(desk.group, TEN, [desk.service.pk], is_staff=True)
    page = desk.client.get(url("appointments_hold", "change", hold.pk))
    assert "CONS" in page.content.decode()
    press(desk.client, "appointments_hold", hold.pk, "release")
    assert not Hold.objects.exists()
    assert not BusyInterval.objects.exists()


def test_somebody_is_taken_off_the_waiting_list(desk):
    window = {"start": TEN, "end": TEN + HOUR}
    waiting = Waiting.objects.create(organization=desk.group, customer=desk.anne, services=[desk.service.pk], **window)
    assert "Durand" in desk.client.get(url("appointments_waiting", "changelist")).content.decode()
    press(desk.client, "appointments_waiting", waiting.pk, "end")
    assert Waiting.objects.get().is_deleted


def test_a_feeds_address_is_shown_once_and_reads_the_calendar_until_it_is_revoked(desk, client):
    answer = add(desk.client, "appointments_calendarfeed", calendar=desk.calendar.pk)
    address = answer.context["address"]
    assert address.split("?")[0].endswith(f"/api/v1/groups/{desk.group.pk}/calendars/{desk.calendar.pk}/feed.ics")
    assert "no-store" in answer["Cache-Control"]
    again = desk.client.get(url("appointments_calendarfeed", "address", CalendarFeed.objects.get().pk))
    assert again.context["address"] is None
    path = "/" + address.split("/", 3)[3]
    assert client.get(path).status_code == 200
    press(desk.client, "appointments_calendarfeed", CalendarFeed.objects.get().pk, "revoke")
    assert client.get(path).status_code in {401, 404}


def test_a_feeds_address_is_nobody_elses(desk):
    add(desk.client, "appointments_calendarfeed", calendar=desk.calendar.pk)
    page = url("appointments_calendarfeed", "address", CalendarFeed.objects.get().pk)
    assert desk.basic.get(page).status_code == 404


# -- others -------------------------------------------------------------------------------------------------


MODELS = ["appointment", "calendar", "calendarset", "service", "serviceset", "customer", "calendarevent"]


@pytest.mark.parametrize("model", MODELS)
def test_lists_show_nothing_of_another_organization(desk, model):
    desk.book(TEN)
    make_event(desk.calendar, TEN, TEN + HOUR)
    stranger = browser(person("eve", Role.ADMINISTRATOR, make_group("Other")))
    page = stranger.get(url(f"appointments_{model}", "changelist"))
    assert page.context["cl"].result_count == 0


def test_forms_offer_nothing_of_another_organization(desk):
    theirs = make_calendar_set(make_group("Other"), name="Secret floor")
    page = desk.client.get(url("appointments_calendar", "change", desk.calendar.pk))
    assert theirs.name not in page.content.decode()
    answer = change(desk.client, "appointments_calendar", desk.calendar.pk, calendarset=theirs.pk)
    assert list(errors_of(answer)) == ["calendarset"]


def test_the_menu_leads_to_all_of_it(desk):
    page = desk.client.get("/admin/").content.decode()
    for name in ("Calendar of appointments", "Customers", "Waiting list", "Booking rules", "Calendar feeds"):
        assert name in page
