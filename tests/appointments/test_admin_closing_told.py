"""Closing time: where it is offered, and what is said of the appointments that it hit."""

import pytest
import time_machine

from appointments.models import Appointment, CalendarEvent
from tests.appointment_factories import make_customer
from tests.appointments.front_desk import DAY, LIST, FrontDesk
from tests.appointments.practice import HOUR, NOW, TEN
from tests.back_office import messages_of, url

pytestmark = pytest.mark.django_db
CALENDAR, EVENT = "appointments_calendar", "appointments_calendarevent"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return FrontDesk()


def send(desk, choices: dict, **changes):
    """The whole Wednesday, by basic staff."""
    times = {"start": f"{DAY}T08:00", "end": f"{DAY}T18:00"}
    asked = {"calendar": desk.calendar.pk, "how": "block", **times, **changes}
    address = url(CALENDAR, "close") + "?" + "&".join(f"{name}={value}" for name, value in asked.items())
    return desk.basic.post(address, choices, follow=True)


def close(desk, choices: dict) -> str:
    """What the next page tells."""
    return messages_of(send(desk, choices))


def book(desk, number: int, **values) -> Appointment:
    customer = make_customer(desk.group, f"Customer{number}", "Ida", **{"email": f"c{number}@example.org", **values})
    return desk.book(TEN + number * HOUR, customer)


@pytest.mark.parametrize(
    ("choice", "became"),
    [
        ("keep", "kept, marked for staff to look at."),
        ("cancel", "cancelled."),
        ("notify", "kept, the customer is told by e-mail; marked for staff to look at."),
        ("move", "moved to 26 Nov 09:00–09:30, Dr Martin."),
    ],
)
def test_what_became_of_each_is_said_by_name_with_a_link(desk, choice, became):
    hit = book(desk, 0)
    told = close(desk, {f"hit-{hit.pk}": choice})
    link = f'<a href="{url(LIST, "change", hit.pk)}">Ida Customer0, 25 Nov 10:00–10:30</a>'
    assert told == f"Closed; 1 appointment was hit. {link}: {became}"


def test_whoever_has_no_address_is_not_said_to_be_told(desk):
    hit = book(desk, 0, email="")
    assert close(desk, {f"hit-{hit.pk}": "notify"}).endswith("</a>: kept, marked for staff to look at.")


def test_of_many_the_first_are_named_and_the_others_counted(desk):
    for number in range(4):
        book(desk, number)
        desk.book(TEN + number * HOUR + HOUR / 2, make_customer(desk.group))
    for number in range(4, 8):
        book(desk, number)
    told = close(desk, {})
    assert "Closed; 12 appointments were hit." in told
    assert told.count("marked for staff to look at.") == 10
    assert f'<a href="{url(LIST, "changelist")}?quick=attention">and 2 more.</a>' in told


def test_a_time_that_the_clocks_skip_is_refused_in_words(desk):
    answer = send(desk, {}, start="2027-03-28T02:30", end="2027-03-28T12:00")
    assert "This time does not exist: the clocks skip it." in answer.content.decode()
    assert not CalendarEvent.objects.exists()


def test_basic_staff_find_it_on_the_calendar_and_among_the_events(desk):
    address = url(CALENDAR, "close")
    assert (
        f'href="{address}?calendar={desk.calendar.pk}"'
        in desk.basic.get(url(CALENDAR, "change", desk.calendar.pk)).content.decode()
    )
    assert f'href="{address}"' in desk.basic.get(url(EVENT, "changelist")).content.decode()


def test_a_deleted_calendar_is_closed_already(desk):
    type(desk.calendar).objects.update(is_deleted=True)
    page = desk.basic.get(url(CALENDAR, "change", desk.calendar.pk)).content.decode()
    assert url(CALENDAR, "close") not in page
