"""What the back office says of appointments in words: hours that are only read, deeds to confirm, files."""

import csv
import io

import pytest
import time_machine
from openpyxl import load_workbook

from appointments.models import Appointment, BookingSettings, Calendar, Customer, Waiting
from tests.appointment_factories import make_service
from tests.appointments.front_desk import LIST, FrontDesk
from tests.appointments.practice import HALF, HOUR, NOW, TEN
from tests.back_office import url

pytestmark = pytest.mark.django_db
CALENDAR = "appointments_calendar"
MONDAY = [
    {"day": 1, "start": "14:00", "end": "24:00", "services": []},
    {"day": 1, "start": "09:00", "end": "12:30", "services": []},
]
DIFFERENT = [
    {"date": "2026-12-31", "ranges": [{"start": "09:00", "end": "12:00"}]},
    {"date": "2026-12-24", "ranges": []},
]


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return FrontDesk()


# -- hours --------------------------------------------------------------------------------------------------


def calendar_page(client, desk) -> str:
    return client.get(url(CALENDAR, "change", desk.calendar.pk)).content.decode()


def test_basic_staff_read_the_usual_week_in_words(desk):
    hours = [*MONDAY, {"day": 3, "start": "10:00", "end": "11:00", "services": [desk.service.pk]}]
    Calendar.objects.update(opening_hours=hours)
    page = calendar_page(desk.basic, desk)
    assert '<th scope="row">Monday</th><td>09:00–12:30, 14:00–24:00</td>' in page
    assert '<th scope="row">Wednesday</th><td>10:00–11:00 (CONS)</td>' in page
    assert '<th scope="row">Sunday</th><td><span class="quiet">closed</span></td>' in page
    assert "&quot;day&quot;" not in page


def test_and_the_days_that_differ_in_their_order(desk):
    Calendar.objects.update(exceptions=DIFFERENT)
    page = calendar_page(desk.basic, desk)
    first = page.index('<th scope="row">24 Dec 2026</th><td><span class="quiet">closed</span></td>')
    assert first < page.index('<th scope="row">31 Dec 2026</th><td>09:00–12:00</td>')


def test_advanced_staff_have_rows_to_fill_in(desk):
    assert 'name="opening_hours-1-0-start"' in calendar_page(desk.client, desk)
    assert 'name="opening_hours-1-0-start"' not in calendar_page(desk.basic, desk)


# -- deeds to confirm ---------------------------------------------------------------------------------------


def confirmation(desk, appointment, deed: str) -> str:
    return desk.client.get(url(LIST, "do", appointment.pk, deed)).content.decode()


@pytest.mark.parametrize(
    ("email", "told"),
    [("anne@example.org", "The customer is told by e-mail."), ("", "The customer is not told by e-mail.")],
)
def test_cancelling_names_the_customer_the_time_the_calendar_and_whether_they_are_told(desk, email, told):
    Customer.objects.update(email=email)
    page = confirmation(desk, desk.book(TEN), "cancel")
    assert f'<li>Anne Durand, 25 Nov 10:00–10:30, Dr Martin <span class="quiet">{told}</span>' in page


def test_an_organization_that_sends_no_mail_tells_nobody(desk):
    appointment = desk.book(TEN)
    desk.rule(sendmail=False)
    assert "The customer is not told by e-mail." in confirmation(desk, appointment, "cancel")


def test_what_tells_nobody_does_not_speak_of_it(desk):
    appointment = desk.book(TEN)
    Appointment.objects.update(attention="Its time was closed")
    page = confirmation(desk, appointment, "seen")
    assert "<li>Anne Durand, 25 Nov 10:00–10:30, Dr Martin</li>" in page
    assert "told by e-mail" not in page


# -- words --------------------------------------------------------------------------------------------------


def test_an_appointment_that_is_still_to_come_is_booked(desk):
    page = desk.client.get(url(LIST, "change", desk.book(TEN).pk)).content.decode()
    assert '<span class="pill tone-blue">Booked</span>' in page
    assert "In progress" not in page + desk.client.get(url(LIST, "changelist")).content.decode()


def test_one_set_of_rules_is_counted_as_one(desk):
    assert BookingSettings.objects.count() == 1
    assert (
        "1 set of booking rules" in desk.client.get(url("appointments_bookingsettings", "changelist")).content.decode()
    )


# -- files --------------------------------------------------------------------------------------------------


def exported(desk, model: str, name: str) -> list[dict]:
    content = desk.client.get(url(model, "export", name)).content
    if name == "csv":
        return list(csv.DictReader(io.StringIO(content.decode())))
    head, *rows = load_workbook(io.BytesIO(content)).active.values
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_the_file_of_appointments_has_their_services_in_order_and_the_phone(desk, name):
    Customer.objects.update(firstphone="01 23 45 67 89")
    other = make_service(desk.group, desk.calendar, name="A check")
    desk.book(TEN, None, desk.service, other)
    desk.book(TEN + 4 * HALF, None, other)
    rows = exported(desk, LIST, name)
    assert [(row["Services"], row["Customer phone"]) for row in rows] == [
        ("A check", "01 23 45 67 89"),
        ("CONS, A check", "01 23 45 67 89"),
    ]


def test_a_phone_is_itself_in_a_text_cell_and_disarmed_where_programs_guess(desk):
    Customer.objects.update(firstphone="+33 1 23 45 67 89", lastname="=1+1")
    desk.book(TEN)
    (cells,), (texts,) = exported(desk, LIST, "xlsx"), exported(desk, LIST, "csv")
    assert (cells["Customer phone"], texts["Customer phone"]) == ("+33 1 23 45 67 89", "'+33 1 23 45 67 89")
    assert cells["Customer last name"] == texts["Customer last name"] == "'=1+1"


def test_the_file_of_those_who_wait_names_the_services(desk):
    gone = make_service(desk.group, desk.calendar).pk
    type(desk.service).objects.filter(pk=gone).delete()
    wish = {"organization": desk.group, "customer": desk.anne, "start": TEN, "end": TEN + HOUR}
    Waiting.objects.create(services=[desk.service.pk, gone], **wish)
    (row,) = exported(desk, "appointments_waiting", "csv")
    assert row["Services"] == f"CONS, #{gone}"
