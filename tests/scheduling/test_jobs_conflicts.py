"""No person or vehicle is promised twice without somebody knowing: reported, or refused by the organization [20]."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.intervals import Interval
from scheduling.models import SchedulingSettings
from scheduling.services import busy
from tests.job_factories import make_resource, make_vehicle
from tests.scheduling.jobs_calls import errors
from tests.scheduling.jobs_world import NINE, TEN, World, done, moment, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monday):
    return World()


@pytest.fixture
def strict(world):
    SchedulingSettings.objects.create(organization=world.organization, forbids_job_overlaps=True)
    return world


def planned(world: World, start: str = NINE, resource=None, **body) -> int:
    pk = world.create()
    done(world.schedule(pk, resource, start, **body))
    return pk


def take(world: World, kind: str, source_id: int, start: str, minutes: int, resource=None) -> None:
    """As an absence or another duty takes it."""
    interval = Interval(moment(start), moment(start) + timedelta(minutes=minutes))
    busy.take_soft(busy.Source(kind, source_id), world.organization.pk, [(resource or world.ann).pk], interval)


def test_two_jobs_on_one_hour_name_each_other(world):
    first, second = planned(world), planned(world, "2026-11-23T09:30:00Z")
    assert world.get(first)["conflicts"] == [{"kind": "job", "id": second}]
    assert world.get(second)["conflicts"] == [{"kind": "job", "id": first}]


def test_touching_ends_other_people_and_unplanned_jobs_are_no_conflict(world):
    first = planned(world)
    planned(world, TEN)
    planned(world, "2026-11-23T08:00:00Z")
    planned(world, NINE, make_resource(world.organization))
    world.create()
    assert world.get(first)["conflicts"] == []


def test_every_kind_of_busy_time_is_told_in_order(world):
    job = planned(world)
    take(world, "absence", 5, "2026-11-23T09:45:00Z", 600)
    take(world, "community_service", 6, "2026-11-23T08:30:00Z", 60)
    take(world, "absence", 7, TEN, 60)
    assert world.get(job)["conflicts"] == [{"kind": "communityService", "id": 6}, {"kind": "absence", "id": 5}]


def test_a_vehicle_is_promised_twice_as_a_person_is(world):
    van = make_vehicle(world.organization)
    ben = make_resource(world.organization)
    first, second = planned(world, vehicleId=van.pk), planned(world, NINE, ben, vehicleId=van.pk)
    assert world.get(first)["conflicts"] == [{"kind": "job", "id": second}]


def test_who_and_what_shared_by_the_same_two_jobs_is_one_conflict(world):
    van = make_vehicle(world.organization)
    first, second = (planned(world, vehicleId=van.pk) for _ in range(2))
    assert world.get(first)["conflicts"] == [{"kind": "job", "id": second}]


def test_another_job_that_is_cancelled_or_taken_away_is_no_conflict_any_more(world):
    first, second, third = (planned(world) for _ in range(3))
    done(world.put(second, "cancel"))
    done(world.put(third, "schedule"))
    assert world.get(first)["conflicts"] == []


def test_a_job_has_no_conflict_with_an_absence_whose_id_is_its_own(world):
    job = planned(world)
    take(world, "absence", job, NINE, 60)
    assert world.get(job)["conflicts"] == [{"kind": "absence", "id": job}]


def test_the_list_shows_the_conflicts_of_all_its_jobs_by_one_query(world):
    jobs = [planned(world) for _ in range(3)]
    listed = world.api.get("/v1/jobs?" + "&".join(f"id={pk}" for pk in jobs)).json()["items"]
    assert {item["id"]: [one["id"] for one in item["conflicts"]] for item in listed} == {
        pk: [other for other in jobs if other != pk] for pk in jobs
    }
    with CaptureQueriesContext(connection) as queries:
        world.api.get("/v1/jobs?" + "&".join(f"id={pk}" for pk in jobs))
    assert len(queries) <= 4


def test_where_overlaps_are_forbidden_the_second_is_refused_naming_the_first(strict):
    first = planned(strict)
    second = strict.create()
    found = errors(strict.schedule(second, start="2026-11-23T09:30:00Z"))
    assert found == {"plannedStartAt": [f"overlaps with job #{first}"]}
    assert strict.get(second)["status"] == "new"
    assert told() == [("job_scheduled", "ann@example.org")]


def test_where_overlaps_are_forbidden_other_busy_time_refuses_too(strict):
    take(strict, "absence", 5, NINE, 30)
    assert errors(strict.schedule(strict.create())) == {"plannedStartAt": ["overlaps with absence #5"]}


def test_where_overlaps_are_forbidden_a_longer_job_may_not_reach_into_the_next(strict):
    first, second = planned(strict), planned(strict, TEN)
    assert errors(strict.patch(first, plannedDuration=61)) == {"plannedStartAt": [f"overlaps with job #{second}"]}
    assert strict.get(first)["plannedDuration"] == 60


def test_where_overlaps_are_forbidden_a_job_may_move_within_its_own_time(strict):
    job = planned(strict)
    done(strict.schedule(job, start="2026-11-23T09:30:00Z"))
    done(strict.schedule(job))


def test_a_changed_setting_touches_later_writes_only(world):
    first, second = planned(world), planned(world)
    SchedulingSettings.objects.create(organization=world.organization, forbids_job_overlaps=True)
    assert [one["id"] for one in world.get(first)["conflicts"]] == [second]
    done(world.patch(first, description="Ring twice"))
    assert list(errors(world.schedule(second, start="2026-11-23T09:30:00Z"))) == ["plannedStartAt"]


def test_a_job_under_a_later_absence_can_be_shortened_and_ended(strict):
    pk = planned(strict)
    take(strict, "absence", 1, NINE, 180)
    done(strict.patch(pk, plannedDuration=30))
    done(strict.put(pk, "start"))
    done(strict.put(pk, "result", status="completedOk"))
    assert strict.get(pk)["status"] == "completedOk"


def test_a_job_under_a_later_absence_takes_no_more_of_it(strict):
    pk = planned(strict)
    take(strict, "absence", 1, NINE, 180)
    assert errors(strict.patch(pk, plannedDuration=90)) == {"plannedStartAt": ["overlaps with absence #1"]}
