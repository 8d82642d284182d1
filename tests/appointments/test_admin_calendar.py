"""The week and day calendar of appointments: what stands where, at a fixed cost."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.admin.planner_grid import Part, Window, gaps, lanes, part_of
from appointments.models import Appointment
from core.models import Role
from scheduling.intervals import Interval
from scheduling.services.absences import create_absence
from tests.appointment_factories import make_calendar, make_calendar_set, make_customer, make_event, make_group
from tests.appointments.front_desk import DAY, LIST, FrontDesk
from tests.appointments.practice import HOUR, NOW, TEN
from tests.back_office import browser, person, url

pytestmark = pytest.mark.django_db
# Four of them are for the banners that every page may have.
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return FrontDesk()


def board_of(desk, **query):
    return desk.client.get(url(LIST, "calendar"), {"day": DAY, **query}).context["board"]


def cards_of(column) -> list[tuple]:
    return [(card.times, card.title, str(card.state)) for card in column.cards]


def test_a_week_shows_each_appointment_on_its_day_with_its_state(desk):
    desk.book(TEN)
    waiting = desk.book(TEN + HOUR, make_customer(desk.group, "Roux", "Ida"))
    Appointment.objects.filter(pk=waiting.pk).update(state="pending")
    columns = board_of(desk).columns
    assert [column.day for column in columns] == [date(2026, 11, 23) + timedelta(days=number) for number in range(7)]
    assert cards_of(columns[2]) == [
        ("10:00–10:30", "Anne Durand", "Booked"),
        ("11:00–11:30", "Ida Roux", "To be confirmed"),
    ]
    assert [len(column.cards) for column in columns] == [0, 0, 2, 0, 0, 0, 0]


def test_it_leads_to_closing_time_in_the_calendar_that_it_shows(desk):
    shown = desk.basic.get(url(LIST, "calendar"), {"day": DAY, "calendar": desk.calendar.pk}).content.decode()
    address = f"{url('appointments_calendar', 'close')}?organization={desk.group.pk}&amp;day={DAY}"
    assert f'href="{address}&amp;calendar={desk.calendar.pk}">Close time…' in shown


def test_a_day_shows_a_column_for_each_calendar_of_the_set(desk):
    ground = make_calendar_set(desk.group)
    shown = make_calendar(desk.group, desk.service, name="Dr Leroy", calendarset=ground)
    desk.book(TEN, calendar_id=shown.pk)
    everything = board_of(desk, view="day")
    assert [column.title for column in everything.columns] == ["Dr Martin", "Dr Leroy"]
    one_set = board_of(desk, view="day", set=ground.pk)
    assert [column.title for column in one_set.columns] == ["Dr Leroy"]
    assert cards_of(one_set.columns[0]) == [("10:00–10:30", "Anne Durand", "Booked")]
    one = board_of(desk, view="week", calendar=desk.calendar.pk)
    assert [cards_of(column) for column in one.columns] == [[]] * 7


def test_what_else_takes_the_time_is_shown_beside(desk):
    make_event(desk.calendar, TEN, TEN + HOUR, text="Team meeting")
    make_event(desk.calendar, TEN, TEN, "note", text="Locum")
    values = {"resource": desk.calendar.resource, "start": TEN + 3 * HOUR, "end": TEN + 4 * HOUR, "note": "Dentist"}
    create_absence(desk.group, values)
    (column,) = board_of(desk, view="day").columns
    assert [(card.times, card.title, card.detail) for card in column.cards] == [
        ("10:00–11:00", "Closed", "Team meeting"),
        ("13:00–14:00", "Absence", "Dentist"),
    ]
    assert column.notes == ["Locum"]


def test_an_appointment_of_another_calendar_of_the_same_person_takes_the_time_here_too(desk):
    other = make_calendar(desk.group, desk.service, name="Dr Martin, clinic", resource=desk.calendar.resource)
    desk.book(TEN, calendar_id=other.pk)
    here, there = board_of(desk, view="day").columns
    assert [(card.title, card.pk) for card in here.cards] == [("Appointment", None)]
    assert [card.title for card in there.cards] == ["Anne Durand"]


def test_closed_time_is_shaded_and_extra_openings_are_not(desk):
    saturday = TEN.replace(day=28)
    make_event(desk.calendar, saturday, saturday + HOUR, "opening")
    columns = board_of(desk).columns
    # Shown from 8 to 18: open from 9 to 17, on Saturday from 10 to 11.
    assert columns[2].shades == ["s0 t0 l1 k0", "s9 t0 l1 k0"]
    assert columns[5].shades == ["s0 t0 l2 k0", "s3 t0 l7 k0"]
    assert [column.is_closed for column in columns] == [False] * 6 + [True]


def test_public_holidays_are_closed(desk):
    desk.rule(holidays_country="FR")
    columns = board_of(desk, day="2026-12-25").columns
    assert [column.is_closed for column in columns[:5]] == [False, False, False, False, True]


def test_a_full_calendar_of_many_costs_no_more_than_an_empty_one(desk):
    page = url(LIST, "calendar")
    with CaptureQueriesContext(connection) as empty:
        desk.client.get(page, {"day": DAY})
    for number in range(6):
        calendar = make_calendar(desk.group, desk.service, calendarset=make_calendar_set(desk.group))
        for hour in range(3):
            customer = make_customer(desk.group)
            desk.book(TEN + hour * HOUR, customer, calendar_id=calendar.pk)
        make_event(calendar, TEN, TEN + HOUR, text=f"Meeting {number}")
    for view in ("day", "week"):
        with CaptureQueriesContext(connection) as full:
            response = desk.client.get(page, {"day": DAY, "view": view})
        assert response.status_code == 200
        assert len(full) <= MOST_QUERIES
    assert len(empty) <= MOST_QUERIES


@pytest.mark.parametrize(
    "query", [{"day": "x"}, {"view": "x"}, {"set": "x"}, {"calendar": "9" * 40}, {"organization": "x"}, {"set": "0"}]
)
def test_nonsense_in_the_address_is_no_failure(desk, query):
    assert desk.client.get(url(LIST, "calendar"), {"day": DAY, **query}).status_code == 200


def test_another_organization_is_not_looked_into(desk):
    theirs = make_group("Other")
    make_calendar(theirs, name="Dr Secret")
    page = desk.client.get(url(LIST, "calendar"), {"organization": theirs.pk, "view": "day"})
    assert page.context["board"].organization == desk.group
    assert "Dr Secret" not in page.content.decode()


def test_students_do_not_get_in(desk):
    student = browser(person("sam", Role.STUDENT, desk.group))
    assert student.get(url(LIST, "calendar")).status_code == 302


# -- the grid -----------------------------------------------------------------------------------------------


def test_those_that_share_a_time_stand_beside_each_other():
    parts = [Part(540, 600), Part(570, 630), Part(600, 660), Part(700, 730)]
    assert lanes(parts) == [(0, 2), (1, 2), (0, 2), (0, 1)]


def test_short_ones_need_room_to_be_read():
    assert lanes([Part(540, 545), Part(550, 560)]) == [(0, 2), (1, 2)]


def test_a_place_is_spelt_in_hours_and_fives():
    window = Window.around([Part(450, 1130)], Part(480, 1080))
    assert (window.first, window.last) == (420, 1140)
    assert window.place(Part(545, 590), lane=1, among=3) == "s2 t1 l0 k9 beside n3 c1"
    assert window.place(Part(0, 400)) is None


def test_what_openings_leave():
    window = Window(480, 1080)
    assert gaps([Part(540, 750), Part(840, 1020)], window) == [Part(480, 540), Part(750, 840), Part(1020, 1080)]


def test_on_the_night_with_an_hour_twice_nothing_has_no_height(desk):
    zone = desk.group.zone
    first = Interval(*(TEN.replace(month=10, day=25, hour=hour, minute=30) for hour in (0, 1)))
    assert part_of(first, date(2026, 10, 25), zone) == Part(150, 155)
    assert part_of(first, date(2026, 10, 26), zone) is None
