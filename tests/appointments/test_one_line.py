"""A name is one line, behind every door; a feed is readable whatever an old row holds."""

from io import BytesIO

import pytest
import time_machine
from icalendar import Calendar as Entries
from openpyxl import load_workbook

from appointments.models import Calendar, Customer
from tests.api import Caller
from tests.appointment_factories import make_calendar_set, make_customer, make_service_set
from tests.appointments.booking_world import NOW, TEN, BookingWorld
from tests.appointments.front_desk import FrontDesk
from tests.appointments.wire import done, fields
from tests.back_office import errors_of, sent_form, url

pytestmark = pytest.mark.django_db
BREAKS = ["\r", "\n", "\x07", "\x85", "\u2028", "\u202e", "\u2066"]
WORDS = {
    "calendar": ("name", "publicname", "address", "zipcode", "city"),
    "intervention": ("name", "publicname", "abbr"),
    "calendarset": ("name", "publicname"),
    "interventionset": ("name", "publicname"),
    "group": ("name", "urlname", "preposition", "phone", "fax", "address", "zipcode", "city", "country"),
    "fiche": ("lastname", "firstname", "firstphone", "secondphone"),
}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world():
    return BookingWorld()


def address_of(world, root: str) -> str:
    if root == "group":
        return f"/api/v1/groups/{world.group.pk}"
    rows = {
        "calendar": lambda: world.calendar,
        "intervention": lambda: world.service,
        "calendarset": lambda: make_calendar_set(world.group),
        "interventionset": lambda: make_service_set(world.group),
        "fiche": lambda: make_customer(world.group),
    }
    return f"{root}s/{rows[root]().pk}"


@pytest.mark.parametrize("root", WORDS)
def test_no_name_is_written_in_two_lines(world, root):
    sent = dict.fromkeys(WORDS[root], "A\r\nB")
    told = fields(world.pro.put(address_of(world, root), {root: sent}))
    assert told == {name: ["must be one line without control characters"] for name in WORDS[root]}


@pytest.mark.parametrize("sign", BREAKS)
def test_no_name_holds_what_moves_a_cursor_or_turns_the_text_round(world, sign):
    assert list(fields(world.pro.post("calendars", {"calendar": {"name": f"Dr{sign}Martin"}}))) == ["name"]


def test_a_booking_and_an_event_take_one_line_too(world):
    assert list(fields(world.book(TEN, {"lastname": "A\nB"}))) == ["fiche.lastname"]
    assert list(fields(world.book(TEN, websource="A\nB"))) == ["websource"]
    assert not Customer.objects.exists()
    event = {
        "calendar_id": world.calendar.pk,
        "start": TEN,
        "end": "2026-11-24 12:00:00",
        "text": "A\nB",
        "taker": "\r",
    }
    assert set(fields(world.pro.post("vevents", {"vevent": event}))) == {"text", "taker"}


def test_the_back_office_refuses_it_as_well():
    desk = FrontDesk()
    address = url("appointments_calendar", "change", desk.calendar.pk)
    sent = {**sent_form(desk.client, address), "name": "Dr\u202eMartin"}
    assert list(errors_of(desk.client.post(address, sent))) == ["name"]


def test_texts_of_several_lines_stay(world):
    assert world.booked(TEN, comments="By the side door.\nRing twice.")["comments"] == "By the side door.\nRing twice."


def test_a_feed_of_a_calendar_whose_name_has_several_lines_is_readable(world):
    Calendar.objects.update(name="Dr Martin\r\nBEGIN:VEVENT\r; room\x07 2, left")
    world.service.changed(name="Check\rup").save()
    world.booked()
    made = done(world.pro.post(f"calendars/{world.calendar.pk}/feeds"), 201)
    answer = Caller(None).get(made["url"].removeprefix("http://127.0.0.1:8000"))
    assert answer.status_code == 200
    [feed] = Entries.from_ical(answer.content, multiple=True)
    assert "\r\nX-WR-CALNAME:Dr Martin BEGIN:VEVENT \\; room 2\\, left\r\n" in answer.content.decode()
    assert [str(entry["SUMMARY"]) for entry in feed.walk("VEVENT")] == ["Check up – D."]
    lines = answer.content.replace(b"\r\n", b"").decode()
    assert not any(sign in lines for sign in "\r\n\x07")


def test_a_feed_says_how_often_it_is_asked_for(world):
    made = done(world.pro.post(f"calendars/{world.calendar.pk}/feeds"), 201)
    text = Caller(None).get(made["url"].removeprefix("http://127.0.0.1:8000")).content.decode()
    assert "\r\nX-PUBLISHED-TTL:PT15M\r\n" in text


def test_a_spreadsheet_is_readable_whatever_a_text_holds():
    desk = FrontDesk()
    make_customer(desk.group, "Du\ufffe\uffffrand", comments="\ufffe")
    response = desk.client.get(url("appointments_customer", "export", "xlsx"))
    sheet = load_workbook(BytesIO(response.content)).active
    assert "Durand" in {cell for row in sheet.iter_rows(values_only=True) for cell in row}
