"""Constraints of a job: they report and never refuse [contract 20]."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.api.jobs.job_views import JobView
from scheduling.models import Hours, Job, Resource, Timetable
from tests.job_factories import make_resource, make_vehicle
from tests.scheduling.jobs_calls import errors, made, problem
from tests.scheduling.jobs_world import NINE, NOON, TEN, World, done

pytestmark = pytest.mark.django_db

BEFORE, VIOLATED, FINE = "2026-11-23T08:00:00.000Z", "isViolated", "isNotViolated"


@pytest.fixture
def world(monday):
    return World()


def constrain(world: World, pk: int, type: str, **body):
    return world.api.post(f"/v1/jobs/{pk}/constraints", {"type": type, **body})


def statuses(world: World, pk: int) -> list[str]:
    return [item["status"] for item in world.api.get(f"/v1/jobs/{pk}/constraints").json()["items"]]


def test_a_constraint_is_shown_with_its_status_and_whom_it_names(world):
    pk = world.create()
    made(constrain(world, pk, "jobMustStartBefore", constraintAt=NINE))
    made(constrain(world, pk, "jobResource", entityId=world.ann.pk))
    first, second = world.api.get(f"/v1/jobs/{pk}/constraints").json()["items"]
    assert list(first) == ["id", "createdAt", "type", "status", "constraintAt", "entityId", "entityName"]
    assert (first["type"], first["constraintAt"], first["entityId"]) == ("jobMustStartBefore", NINE, None)
    assert (second["type"], second["constraintAt"]) == ("jobResource", None)
    assert (second["entityId"], second["entityName"]) == (world.ann.pk, "Ann")


@pytest.mark.parametrize(
    ("type", "good", "bad"),
    [
        ("jobMustStartAfter", NINE, TEN),
        ("jobMustStartBefore", NINE, BEFORE),
        ("jobMustCompleteBefore", TEN, NINE),
    ],
)
def test_a_dated_one_looks_at_the_plan(world, type, good, bad):
    pk = world.create(plannedDuration=60)
    made(constrain(world, pk, type, constraintAt=good))
    made(constrain(world, pk, type, constraintAt=bad))
    done(world.schedule(pk, start=NINE))
    assert statuses(world, pk) == [FINE, VIOLATED]


def test_a_named_one_looks_at_who_does_it(world):
    van = make_vehicle(world.organization)
    pk = world.create()
    made(constrain(world, pk, "jobResource", entityId=make_resource(world.organization).pk))
    made(constrain(world, pk, "jobVehicle", entityId=van.pk))
    assert statuses(world, pk) == [FINE, FINE], "nobody is planned yet"
    done(world.schedule(pk, vehicleId=van.pk))
    assert statuses(world, pk) == [VIOLATED, FINE]


def test_a_crew_may_be_the_resource_that_is_named(world):
    crew = make_resource(world.organization, kind=Resource.Kind.CALENDAR)
    assert made(constrain(world, world.create(), "jobResource", entityId=crew.pk))


@pytest.fixture
def office_hours(world):
    """Ann works on Mondays from nine to twelve, in UTC."""
    timetable = Timetable.objects.create(organization=world.organization, name="Office")
    Hours.objects.create(timetable=timetable, weekday="monday", start=time(9), end=time(12))
    world.organization.time_zone = "UTC"
    world.organization.save()
    world.ann.timetable = timetable
    world.ann.save()


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        (NINE, 180, [FINE, FINE]),
        (NINE, 181, [FINE, VIOLATED]),
        ("2026-11-23T08:30:00Z", 60, [VIOLATED, FINE]),
        (NOON, 60, [VIOLATED, VIOLATED]),
    ],
)
def test_available_hours_are_those_of_the_resources_timetable(world, office_hours, start, minutes, expected):
    pk = world.create(plannedDuration=minutes)
    made(constrain(world, pk, "jobMustStartInAvailableHours"))
    made(constrain(world, pk, "jobMustCompleteInAvailableHours"))
    done(world.schedule(pk, start=start))
    assert statuses(world, pk) == expected


def test_none_of_them_refuses_a_change(world):
    pk = world.create()
    made(constrain(world, pk, "jobMustCompleteBefore", constraintAt=BEFORE))
    done(world.schedule(pk, start=NOON))
    assert world.get(pk)["status"] == "scheduled"


def test_a_job_is_due_at_the_earliest_of_its_completions(world):
    pk = world.create()
    assert world.get(pk)["dueAt"] is None
    later = made(constrain(world, pk, "jobMustCompleteBefore", constraintAt=NOON))
    sooner = made(constrain(world, pk, "jobMustCompleteBefore", constraintAt=TEN))
    made(constrain(world, pk, "jobMustStartBefore", constraintAt=NINE))
    assert world.get(pk)["dueAt"] == TEN
    done(world.api.delete(f"/v1/jobs/{pk}/constraints/{sooner}"))
    assert world.get(pk)["dueAt"] == NOON
    done(world.api.delete(f"/v1/jobs/{pk}/constraints/{later}"))
    assert world.get(pk)["dueAt"] is None


def test_what_a_type_needs_and_what_it_has_no_use_for_is_told(world):
    pk = world.create()
    assert errors(constrain(world, pk, "jobMustStartAfter")) == {"constraintAt": ["must be given for this type"]}
    assert errors(constrain(world, pk, "jobMustStartAfter", entityId="x")) == {
        "entityId": ["must be an integer"],
        "constraintAt": ["must be given for this type"],
    }
    assert errors(constrain(world, pk, "jobVehicle", constraintAt=NINE)) == {
        "constraintAt": ["does not belong to this type"],
        "entityId": ["must be given for this type"],
    }
    found = errors(constrain(world, pk, "jobMustStartInAvailableHours", entityId=world.ann.pk))
    assert found == {"entityId": ["does not belong to this type"]}


@pytest.mark.parametrize("type", ["mustStartAfter", "JobMustStartAfter", "jobResourceGroup", "", None, 1])
def test_a_type_is_one_of_the_seven_exactly(world, type):
    pk = world.create()
    assert list(errors(constrain(world, pk, type, constraintAt=NINE))) == ["type"]
    assert errors(world.api.post(f"/v1/jobs/{pk}/constraints", {})) == {"type": ["must be given"]}


def test_foreign_archived_and_wrong_kinds_are_refused(world):
    van, foreign = make_vehicle(world.organization), World()
    gone = make_resource(world.organization, is_archived=True)
    pk = world.create()
    for entity in (van.pk, foreign.ann.pk, 10**9):
        assert errors(constrain(world, pk, "jobResource", entityId=entity)) == {"entityId": ["must exist"]}
    assert errors(constrain(world, pk, "jobVehicle", entityId=world.ann.pk)) == {"entityId": ["must exist"]}
    assert errors(constrain(world, pk, "jobResource", entityId=gone.pk)) == {"entityId": ["is archived"]}


def test_one_is_deleted_only_under_its_own_job(world):
    pk, other = world.create(), world.create()
    constraint = made(constrain(world, pk, "jobMustStartAfter", constraintAt=NINE))
    theirs = World()
    foreign = theirs.create()
    for path in (f"{other}/constraints/{constraint}", f"{pk}/constraints/{10**9}", f"{pk}/constraints/x"):
        problem(world.api.delete(f"/v1/jobs/{path}"), 404)
    problem(theirs.api.delete(f"/v1/jobs/{pk}/constraints/{constraint}"), 404)
    problem(world.api.get(f"/v1/jobs/{foreign}/constraints"), 404)
    problem(world.api.post(f"/v1/jobs/{foreign}/constraints", {"type": "jobMustStartAfter"}), 404)
    done(world.api.delete(f"/v1/jobs/{pk}/constraints/{constraint}"))
    problem(world.api.delete(f"/v1/jobs/{pk}/constraints/{constraint}"), 404)


def test_the_list_costs_the_same_however_many_there_are(world, office_hours):
    costs = set()
    for number in (2, 20):
        pk = world.create()
        done(world.schedule(pk))
        for _ in range(number):
            made(constrain(world, pk, "jobMustStartInAvailableHours"))
        with CaptureQueriesContext(connection) as queries:
            assert len(statuses(world, pk)) == number
        costs.add(len(queries))
    assert len(costs) == 1


@pytest.fixture
def written_meanwhile(monkeypatch):
    """Somebody else writes the job between the look at its version and its lock."""
    find_job = JobView.find_job

    def find(view, job_id, *related):
        job = find_job(view, job_id, *related)
        Job.objects.get(pk=job.pk).changed(description="Written meanwhile").save()
        return job

    monkeypatch.setattr(JobView, "find_job", find)


def test_a_change_at_the_last_moment_is_seen_under_the_lock(world, written_meanwhile):
    pk = world.create()
    constraint = made(constrain(world, pk, "jobResource", entityId=world.ann.pk))
    path = f"/v1/jobs/{pk}/constraints"
    body = {"type": "jobResource", "entityId": world.ann.pk}
    for call in (
        lambda tag: world.api.post(path, body, If_Match=tag),
        lambda tag: world.api.delete(f"{path}/{constraint}", If_Match=tag),
    ):
        problem(call(world.api.get(f"/v1/jobs/{pk}")["ETag"]), 412)
    assert len(statuses(world, pk)) == 1
