"""What is read at every look goes by an index from a start to a start: years of appointments do not slow it down."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.admin import planner_data
from appointments.admin.appointments import on_day
from appointments.models import Appointment, Calendar
from scheduling.intervals import Interval
from tests.appointments.booking_world import ANNE, TEN, BookingWorld

pytestmark = pytest.mark.django_db
BETWEEN = "start>? AND start<?"
TUESDAY = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(autouse=True)
def sqlite():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's plans depend on how many rows there are")


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(row[-1] for row in cursor.fetchall())


def test_the_appointments_of_a_day():
    rows = on_day(Appointment.objects.filter(organization__in=[1]), date(2026, 11, 24))
    assert f"appointment_start (organization_id=? AND {BETWEEN})" in rows.explain()


def test_the_calendar_of_a_week():
    shown = Interval(TUESDAY, TUESDAY + timedelta(days=7))
    rows = planner_data._appointments([Calendar(pk=1)], shown)
    assert f"appointment_calendar (calendar_id=? AND {BETWEEN})" in rows.explain()


def test_whose_an_address_is():
    world = BookingWorld()
    with CaptureQueriesContext(connection) as queries:
        world.book(TEN, ANNE)
    (asked,) = [query["sql"] for query in queries if "LOWER" in query["sql"]]
    assert "one_customer_of_an_address (organization_id=? AND <expr>=?)" in plan_of(asked)


def test_the_calendar_with_the_least_to_do():
    world = BookingWorld(assignment="least_loaded")
    world.another_calendar()
    with CaptureQueriesContext(connection) as queries:
        world.book(TEN, by=world.pro)
    (counting,) = [query["sql"] for query in queries if "COUNT" in query["sql"]]
    assert f"appointment_calendar (calendar_id=? AND {BETWEEN})" in plan_of(counting)
