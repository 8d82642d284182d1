"""/v2/community_services: what may be sent and what is refused [seed; contract 10]."""

from datetime import UTC, datetime, time

import pytest

from core.models import OutboxMessage
from scheduling.models import CommunityService
from tests import api
from tests.factories import make_close, make_community_service, make_organization
from tests.scheduling.calls import SERVICES as URL
from tests.scheduling.calls import create_service as create
from tests.scheduling.calls import refused
from tests.scheduling.calls import stored_service as stored

pytestmark = pytest.mark.django_db


# -- what may be sent ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [URL, f"{URL}/", f"{URL}.json", f"{URL}.json/"])
def test_each_path_may_end_in_json_and_a_slash(staff, path):
    assert staff.post(path, {"community_service": {"duration": 7200}}).status_code == 201
    assert staff.get(path).status_code == 200


def test_where_query_and_body_name_a_field_the_body_wins(staff):
    query = "?community_service[duration]=60&community_service[occupation]=from+the+query"
    response = staff.post(URL + query, {"community_service": {"duration": 7200}})
    assert (response.json()["duration"], response.json()["occupation"]) == (7200, "from the query")


@pytest.mark.parametrize("sent", [14400, "14400", " 14400 ", "+14400"])
def test_a_number_may_come_as_text(staff, sent):
    assert create(staff, duration=sent).json()["duration"] == 14400


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2017-11-27 09:00:00 UTC", "2017-11-27T09:00:00.000Z"),
        ("2017-11-27T09:00:00Z", "2017-11-27T09:00:00.000Z"),
        ("2017-11-27T09:00:00.123456Z", "2017-11-27T09:00:00.123Z"),
        ("2017-11-27T09:00:00+02:00", "2017-11-27T07:00:00.000Z"),
        ("2017-11-27 09:00 -0530", "2017-11-27T14:30:00.000Z"),
        ("2017-11-27 09:00", "2017-11-27T08:00:00.000Z"),
        ("2017-11-27", "2017-11-26T23:00:00.000Z"),
        (1511773200, "2017-11-27T09:00:00.000Z"),
        ("1511773200", "2017-11-27T09:00:00.000Z"),
    ],
)
def test_a_date_may_come_in_any_of_the_documented_ways(staff, sent, shown):
    assert create(staff, schedule_at=sent).json()["schedule_at"] == shown


@pytest.mark.parametrize("sent", ["", None])
def test_blank_and_null_are_the_same(staff, sent):
    service = stored(create(staff, occupation=sent, schedule_at=sent, close_id=sent, tiger_id=sent))
    assert (service.occupation, service.schedule_at, service.close_id, service.supervisor_id) == ("", None, None, None)


def test_an_unknown_field_and_the_state_are_passed_over(staff):
    assert create(staff, state="validated", colour="red", id=1).json()["state"] == "schedule"


# -- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [None, {}, [], {"community_service": None}, {"community_service": []}, {"close": {}}])
def test_without_the_root_hash_the_root_is_missing(staff, body):
    response = staff.post(URL, body)
    assert response.status_code == 400
    assert response.json() == {"error": "Bad Request", "message": "Missing parameter community_service"}


@pytest.mark.parametrize("fields", [{}, {"duration": None}, {"duration": ""}])
def test_a_duration_that_is_absent_null_or_blank_is_missing(staff, fields):
    response = staff.post(URL, {"community_service": {"occupation": "x", **fields}})
    assert response.status_code == 400
    assert response.json() == {"error": "Bad Request", "message": "Missing parameter duration"}


@pytest.mark.parametrize("wrong", ["four hours", "4.5", 4.5, True, [], {}, "1e3", "14 400"])
def test_a_duration_that_is_no_whole_number_is_refused_and_the_unit_is_said(staff, wrong):
    assert refused(create(staff, duration=wrong)) == {"duration": ["must be a whole number of seconds"]}


@pytest.mark.parametrize("wrong", [0, -1, "0"])
def test_a_duration_is_more_than_nothing(staff, wrong):
    assert refused(create(staff, duration=wrong)) == {"duration": ["must be greater than 0 (a duration is in seconds)"]}


@pytest.mark.parametrize("wrong", [2**31, 2**63, 10**18])
def test_a_duration_fits_an_int32(staff, wrong):
    expected = {"duration": ["must be less than 2147483648 (a duration is in seconds)"]}
    assert refused(create(staff, duration=wrong)) == expected
    assert create(staff, duration=2**31 - 1).status_code == 201


def test_an_occupation_has_at_most_255_characters(staff):
    assert create(staff, occupation="é" * 255).status_code == 201
    assert refused(create(staff, occupation="é" * 256)) == {"occupation": ["is too long (maximum is 255 characters)"]}


@pytest.mark.parametrize("wrong", ["tomorrow", "2017-13-01", "2017-11-27 25:00", True, [], 1.5, "10000-01-01", 10**14])
def test_a_date_that_cannot_be_read_is_refused(staff, wrong):
    assert list(refused(create(staff, schedule_at=wrong))) == ["schedule_at"]


@pytest.mark.parametrize("name", ["close_id", "tiger_id"])
@pytest.mark.parametrize("wrong", [0, -1, 999999, 2**63, 2**70, "abc", True, [1], 1.5])
def test_an_id_that_is_no_row_must_exist(staff, name, wrong):
    assert refused(create(staff, **{name: wrong})) == {name: ["must exist"]}


def test_an_id_of_another_organization_gets_what_an_unknown_one_gets(staff):
    elsewhere = make_close(make_organization())
    answer = refused(create(staff, close_id=elsewhere.pk, tiger_id=elsewhere.closer_id))
    assert answer == {"close_id": ["must exist"], "tiger_id": ["must exist"]}


def test_a_student_cannot_supervise(staff, student):
    assert refused(create(staff, tiger_id=student.pk)) == {"tiger_id": ["must be a member of staff"]}


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_request(staff, student):
    wrong = {"tiger_id": student.pk, "schedule_at": "2017-11-22", "occupation": "x" * 256, "duration": "abc"}
    answer = refused(staff.post(URL, {"community_service": wrong}))
    assert list(answer) == ["tiger_id", "schedule_at", "occupation", "duration"]


def test_a_refused_request_writes_nothing(staff, close):
    create(staff, close_id=close.pk, schedule_at="2017-11-22")
    assert CommunityService.objects.count() == OutboxMessage.objects.count() == 0


# -- the date -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ("2017-11-21 12:00 UTC", "must be after today"),
        ("2017-11-22 23:59 +0100", "must be after today"),
        ("2017-11-23 00:00 +0100", None),
        ("2017-12-06 11:59:59 UTC", None),
        ("2017-12-06 12:00:00 UTC", "must be before 2 weeks from now"),
        ("2018-01-01", "must be before 2 weeks from now"),
    ],
)
def test_a_date_is_after_today_and_before_two_weeks_from_now(staff, sent, error):
    response = create(staff, schedule_at=sent)
    if error is None:
        assert response.status_code == 201
    else:
        assert refused(response) == {"schedule_at": [error]}


def test_today_is_the_organizations_own(noon):
    """22:30 UTC is tomorrow in Auckland, still today in New York."""
    auckland = api.program(make_organization(time_zone="Pacific/Auckland"))
    new_york = api.program(make_organization(time_zone="America/New_York"))
    assert create(auckland, schedule_at="2017-11-22 22:30 UTC").json()["errors"] == {
        "schedule_at": ["must be after today"]
    }
    assert create(auckland, schedule_at="2017-11-23 11:30 UTC").status_code == 201
    assert create(new_york, schedule_at="2017-11-23 03:30 UTC").status_code == 422
    assert create(new_york, schedule_at="2017-11-23 05:30 UTC").status_code == 201


def test_where_the_organization_sets_an_hour_only_the_local_date_counts(noon):
    staff = api.program(make_organization(start=time(7)))
    late_evening_in_utc = create(staff, schedule_at="2017-11-26 23:30 UTC")
    assert late_evening_in_utc.json()["schedule_at"] == "2017-11-27T06:00:00.000Z"


def test_the_rules_are_checked_on_the_time_that_the_hour_gives(noon):
    """14 days from now at 13:00 local: 07:00 of that day is still before it."""
    staff = api.program(make_organization(start=time(7)))
    assert create(staff, schedule_at="2017-12-06 20:00 UTC").json()["schedule_at"] == "2017-12-06T06:00:00.000Z"
    late = api.program(make_organization(start=time(19)))
    assert refused(create(late, schedule_at="2017-12-06 05:00 UTC")) == {
        "schedule_at": ["must be before 2 weeks from now"]
    }


def test_an_hour_that_the_clock_skips_becomes_the_first_moment_after_it(noon):
    noon.move_to("2018-03-20T12:00:00Z")
    staff = api.program(make_organization(start=time(2, 30)))
    assert create(staff, schedule_at="2018-03-25").json()["schedule_at"] == "2018-03-25T01:00:00.000Z"


def test_a_date_that_has_passed_hinders_no_other_change(staff, close, noon):
    service = make_community_service(close, schedule_at=datetime(2017, 11, 1, tzinfo=UTC))
    path = f"{URL}/{service.pk}"
    assert staff.patch(path, {"community_service": {"occupation": "Sweep"}}).status_code == 204
    same = {"community_service": {"schedule_at": "2017-11-01 00:00 UTC", "duration": 60}}
    assert staff.patch(path, same).status_code == 204
    other = {"community_service": {"schedule_at": "2017-11-02 00:00 UTC"}}
    assert refused(staff.patch(path, other)) == {"schedule_at": ["must be after today"]}
