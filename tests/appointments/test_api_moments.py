"""Moments on the wire: the group's own clock, and the nights when it changes [contract 40]."""

import pytest

from tests.appointment_factories import make_calendar, make_group
from tests.appointments.wire import done, fields, pro

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar():
    return make_calendar(make_group())


@pytest.fixture
def staff(calendar):
    return pro(calendar.organization)


def block(staff, calendar, start: str, end: str = "2027-12-01 12:00:00"):
    return staff.post("vevents", {"vevent": {"calendar_id": calendar.pk, "start": start, "end": end}})


@pytest.mark.parametrize(
    "sent",
    [
        *("2027-07-01 10:30:00", "2027-07-01T10:30:00+02:00", "2027-07-01T08:30:00Z"),
        *("2027-07-01 08:30:00Z", "2027-07-01T04:30:00-04:00", "2027-07-01T10:30:00.000+02:00"),
    ],
)
def test_a_moment_is_read_in_the_groups_zone_or_with_its_offset(staff, calendar, sent):
    assert done(block(staff, calendar, sent), 201)["start"] == "2027-07-01 10:30:00"


@pytest.mark.parametrize(
    "sent",
    [
        *("2027-07-01", "2027-07-01 10:30", "2027-07-01T10:30:00", "2027-07-01 10:30:00.5", "2027-13-01 10:30:00"),
        *("2027-02-29 10:30:00", "2027-07-01 24:00:00", "2027-07-01 10:30:60", "", 1, None, [], "10:30", "tomorrow"),
        *("2027-07-01T10:30:00.001+02:00", "2027-07-01T10:30:00+25:00", "0000-01-01 00:00:00", "0001-01-01 00:00:00"),
        *("9999-12-31 23:59:59", "10000-01-01 00:00:00", "2027-07-01 10:30:00 Europe/Paris", "٢٠٢٧-07-01 10:30:00"),
    ],
)
def test_a_moment_that_is_none_is_refused(staff, calendar, sent):
    assert "start" in fields(block(staff, calendar, sent))


def test_a_skipped_time_is_refused_and_a_doubled_one_is_its_first(staff, calendar):
    assert fields(block(staff, calendar, "2027-03-28 02:30:00")) == {"start": ["does not exist: the clocks skip it"]}
    found = done(block(staff, calendar, "2027-10-31 02:30:00"), 201)
    assert found["start"] == "2027-10-31 02:30:00"
    assert done(block(staff, calendar, "2027-10-31T02:30:00+02:00"), 201)["start"] == found["start"]
    second = fields(block(staff, calendar, "2027-10-31T02:30:00+01:00"))
    assert second == {"start": ["lies in the second pass of an hour that comes twice"]}
