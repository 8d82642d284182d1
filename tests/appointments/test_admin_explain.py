"""Why a start can or cannot be booked, as staff are told."""

import pytest
import time_machine

from tests.appointment_factories import make_calendar, make_group, make_service
from tests.appointments.front_desk import DAY, LIST, FrontDesk
from tests.appointments.practice import NOW, TEN
from tests.back_office import url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    return FrontDesk(min_notice=60 * 24 * 7, max_upcoming=1)


def explained(desk, start: str, **query):
    return desk.client.get(url(LIST, "explain"), {"services": desk.service.pk, "start": start, **query})


def failed(explanation) -> list[str]:
    return [str(line.name) for line in explanation["lines"] if not line.passed]


def test_each_rule_of_each_calendar_with_its_numbers(desk):
    other = make_calendar(desk.group, desk.service, name="Dr Leroy", opening_hours=[])
    desk.book(TEN)
    page = explained(desk, f"{DAY}T10:00")
    martin, leroy = page.context["explanations"]
    assert (martin["calendar"], leroy["calendar"]) == (desk.calendar, other)
    assert [len(one["lines"]) for one in (martin, leroy)] == [9, 9]
    assert failed(martin) == ["Notice", "Places"]
    assert failed(leroy) == ["Notice", "Opening hours", "Step"]
    assert [(one["for_customers"], one["for_staff"]) for one in (martin, leroy)] == [(False, False), (False, True)]
    text = page.content.decode()
    assert "asked for: 10080 min, here: 3000 min" in text
    assert "places: 1, taken: 1" in text


def test_with_the_customers_own_rules_where_one_is_named(desk):
    desk.book(TEN)
    (one,) = explained(desk, f"{DAY}T12:00", customer=desk.anne.pk).context["explanations"]
    assert failed(one) == ["Notice", "Appointments ahead"]


def test_one_calendar_alone_where_it_is_named(desk):
    other = make_calendar(desk.group, desk.service)
    (one,) = explained(desk, f"{DAY}T10:00", calendar=other.pk).context["explanations"]
    assert one["calendar"] == other


def test_without_a_start_nothing_is_said_yet(desk):
    page = desk.client.get(url(LIST, "explain"))
    assert page.context["explanations"] == []


def test_services_of_others_explain_nothing(desk):
    theirs = make_service(make_group("Other"))
    assert explained(desk, f"{DAY}T10:00", services=theirs.pk).context["explanations"] == []
