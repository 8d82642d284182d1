"""/v2/community_services/graph: counts by period, in the organization's local time [contract 10]."""

from datetime import UTC, datetime

import pytest

from scheduling.models import CommunityService
from tests import api
from tests.factories import make_client, make_close, make_community_service, make_organization, make_token

pytestmark = pytest.mark.django_db
GRAPH = "/v2/community_services/graph"


def made_at(organization, *instants: str) -> None:
    """A community service of the organization, made at each of these instants."""
    for instant in instants:
        service = make_community_service(organization=organization)
        moment = datetime.fromisoformat(instant)
        CommunityService.objects.filter(pk=service.pk).update(created_at=moment, updated_at=moment)


def counts(caller, path: str = "", query: str = "") -> list[tuple[str, int]]:
    """The periods and their counts, in the order of the answer."""
    response = caller.get(f"{GRAPH}{path}{query}")
    assert response.status_code == 200, response.content
    return list(response.json().items())


def test_without_rows_there_is_nothing_to_count(staff):
    assert staff.get(GRAPH).json() == {}
    assert staff.get(f"{GRAPH}/on/schedule_at/by/day").json() == {}


def test_the_default_counts_creations_by_month_of_the_year(staff, campus):
    made_at(campus, "2017-11-01T12:00Z", "2016-11-30T12:00Z", "2017-02-01T12:00Z")
    assert counts(staff) == [("2", 1), ("11", 2)]
    assert counts(staff, "/on/created_at") == counts(staff, "/on/created_at/by/month_of_year") == counts(staff)


@pytest.mark.parametrize("path", ["", ".json", "/on/created_at.json", "/on/created_at/by/day.json"])
def test_each_path_may_end_in_json(staff, path):
    assert staff.get(GRAPH + path).status_code == 200


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ("day", [("2017-11-20", 1), ("2017-11-21", 0), ("2017-11-22", 2)]),
        ("week", [("2017-11-20", 3)]),
        ("month", [("2017-11-01", 3)]),
        ("quarter", [("2017-10-01", 3)]),
        ("year", [("2017-01-01", 3)]),
        ("hour_of_day", [("0", 1), ("9", 1), ("13", 1)]),
        ("day_of_week", [("1", 1), ("3", 2)]),
        ("day_of_month", [("20", 1), ("22", 2)]),
        ("month_of_year", [("11", 3)]),
    ],
)
def test_periods_are_local_named_by_their_first_day_or_number_and_ascend(staff, campus, interval, expected):
    made_at(campus, "2017-11-20T08:30Z", "2017-11-21T23:15Z", "2017-11-22T12:00Z")
    assert counts(staff, f"/on/created_at/by/{interval}") == expected


@pytest.mark.parametrize(
    ("interval", "first", "expected"),
    [
        ("week", "2017-11-05T12:00Z", ["2017-10-30", "2017-11-06", "2017-11-13", "2017-11-20"]),
        ("month", "2017-08-31T12:00Z", ["2017-08-01", "2017-09-01", "2017-10-01", "2017-11-01"]),
        ("quarter", "2016-12-31T12:00Z", ["2016-10-01", "2017-01-01", "2017-04-01", "2017-07-01", "2017-10-01"]),
        ("year", "2015-12-31T22:59Z", ["2015-01-01", "2016-01-01", "2017-01-01"]),
    ],
)
def test_calendar_periods_run_without_gaps_from_the_first_occurrence_to_now(staff, campus, interval, first, expected):
    made_at(campus, first)
    found = counts(staff, f"/on/created_at/by/{interval}")
    assert found == [(expected[0], 1), *((day, 0) for day in expected[1:])]


@pytest.mark.parametrize(
    ("zone", "now", "last"),
    [("Pacific/Auckland", "2017-11-23T12:00Z", "2017-11-24"), ("America/New_York", "2017-11-24T03:00Z", "2017-11-23")],
)
def test_now_is_the_organizations_own_day(noon, zone, now, last):
    noon.move_to(datetime.fromisoformat(now))
    organization = make_organization(time_zone=zone)
    made_at(organization, "2017-11-22T20:00Z")
    assert counts(api.program(organization), "/on/created_at/by/day")[-1] == (last, 0)


def test_a_period_later_than_now_is_shown_when_a_row_lies_in_it(staff, close):
    make_community_service(close, schedule_at=datetime(2017, 11, 24, 12, tzinfo=UTC))
    assert counts(staff, "/on/schedule_at/by/day") == [("2017-11-24", 1)]


def test_the_night_when_clocks_change_is_one_day(noon):
    """The night of 29 October 2017 in Paris: 25 hours, and 02:30 twice."""
    campus = make_organization()
    made_at(campus, "2017-10-28T22:00Z", "2017-10-29T00:30Z", "2017-10-29T01:30Z", "2017-10-29T22:59Z")
    staff = api.program(campus)
    assert counts(staff, "/on/created_at/by/day")[0] == ("2017-10-29", 4)
    assert counts(staff, "/on/created_at/by/hour_of_day") == [("0", 1), ("2", 2), ("23", 1)]


def test_rows_without_the_date_are_not_counted(staff, close):
    make_community_service(close)
    make_community_service(close, schedule_at=datetime(2017, 11, 22, 12, tzinfo=UTC))
    assert counts(staff, "/on/schedule_at/by/day") == [("2017-11-22", 1)]


def test_filter_and_range_apply_and_sort_is_checked(staff, campus):
    made_at(campus, "2017-11-20T12:00Z", "2017-11-21T12:00Z")
    make_community_service(organization=campus, state="validated")
    assert counts(staff, "/on/created_at/by/day_of_month", "?filter[state]=validated") == [("22", 1)]
    assert counts(staff, "/on/created_at/by/day_of_month", "?range[created_at]=2017-11-21,2017-11-22") == [("21", 1)]
    assert counts(staff, "/on/created_at/by/day_of_month", "?sort=-duration") == [("20", 1), ("21", 1), ("22", 1)]
    assert staff.get(f"{GRAPH}?sort=token").json()["error"] == "Sort Error"
    assert staff.get(f"{GRAPH}?filter[token]=1").json()["error"] == "Filter Error"


@pytest.mark.parametrize("field", ["token", "state", "end_at", "created_at__year"])
def test_an_unknown_field_is_a_graph_error(staff, field):
    response = staff.get(f"{GRAPH}/on/{field}")
    assert response.status_code == 422
    assert response.json() == {
        "error": "Graph Error",
        "message": f"Attribute {field} do not exist or isn't graphable. "
        "Available fields are: created_at, updated_at and schedule_at",
    }


def test_an_unknown_interval_is_a_graph_error(staff):
    response = staff.get(f"{GRAPH}/on/created_at/by/decade")
    assert (response.status_code, response.json()["error"]) == (422, "Graph Error")
    assert "day, week, month, quarter, year" in response.json()["message"]


def test_each_organization_is_counted_in_its_own_zone(noon):
    """22:30 UTC of the 20th is the 21st in Auckland and still the 20th in New York."""
    auckland = make_organization(time_zone="Pacific/Auckland")
    new_york = make_organization(time_zone="America/New_York")
    for organization in (auckland, new_york):
        made_at(organization, "2017-11-20T22:30Z")
    both = api.Caller(make_token(make_client(auckland, new_york)))
    assert counts(both, "/on/created_at/by/day")[:2] == [("2017-11-20", 1), ("2017-11-21", 1)]


def test_rows_of_other_organizations_are_not_counted(staff):
    make_community_service(make_close(make_organization()))
    assert counts(staff) == []
