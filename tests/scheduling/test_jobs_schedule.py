"""Who does a job and when: planned, moved, taken away; with vehicles and without [contract 20]."""

import pytest

from core.models import OutboxMessage
from scheduling.models import BusyInterval, Job, Resource
from tests.job_factories import make_resource, make_vehicle
from tests.scheduling.jobs_calls import errors
from tests.scheduling.jobs_world import NINE, NOON, TEN, World, done, moment, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monday):
    return World()


def busy() -> list[tuple]:
    rows = BusyInterval.objects.order_by("resource_id").values_list("resource__name", "start", "end", "is_hard")
    return list(rows)


def test_without_vehicles_a_person_and_a_start_are_all_that_is_needed(world):
    pk = world.create(plannedDuration=180)
    done(world.schedule(pk))
    shown = world.get(pk)
    assert (shown["status"], shown["resourceId"], shown["resourceName"]) == ("scheduled", world.ann.pk, "Ann")
    assert (shown["plannedStartAt"], shown["plannedEndAt"]) == (NINE, NOON)
    assert (shown["vehicleId"], shown["vehicleRegistration"]) == (None, None)
    assert busy() == [("Ann", moment(NINE), moment(NOON), False)]
    assert told() == [("job_scheduled", "ann@example.org")]


def test_with_vehicles_one_is_needed_too(world):
    van = make_vehicle(world.organization, "AB-123-CD", name="Van")
    pk = world.create()
    done(world.schedule(pk))
    assert world.get(pk)["status"] == "new"
    assert told() == []
    done(world.schedule(pk, vehicleId=van.pk))
    shown = world.get(pk)
    assert (shown["status"], shown["vehicleRegistration"]) == ("scheduled", "AB-123-CD")
    assert [name for name, *_ in busy()] == ["Ann", "Van"]


def test_an_archived_vehicle_is_no_vehicle(world):
    make_vehicle(world.organization, is_archived=True)
    pk = world.create()
    done(world.schedule(pk))
    assert world.get(pk)["status"] == "scheduled"


@pytest.mark.parametrize("taken", ["resourceId", "vehicleId", "plannedStartAt"])
def test_what_is_taken_away_unschedules_and_an_absent_property_is_null(world, taken):
    van = make_vehicle(world.organization)
    whole = {"resourceId": world.ann.pk, "vehicleId": van.pk, "plannedStartAt": NINE}
    pk = world.create()
    done(world.put(pk, "schedule", **whole))
    done(world.put(pk, "schedule", **{name: value for name, value in whole.items() if name != taken}))
    shown = world.get(pk)
    assert (shown["status"], shown[taken]) == ("unscheduled", None)
    assert told()[1:] == [("job_unscheduled", "ann@example.org")]


def test_an_empty_object_unschedules_and_frees_the_time(world):
    pk = world.create()
    done(world.schedule(pk))
    done(world.put(pk, "schedule"))
    shown = world.get(pk)
    assert (shown["status"], shown["resourceId"], shown["plannedStartAt"], shown["plannedEndAt"]) == (
        *("unscheduled", None, None),
        None,
    )
    assert busy() == []


def test_no_body_at_all_unschedules_as_an_empty_object_does(world):
    pk = world.create()
    done(world.schedule(pk))
    done(world.api.put(f"/v1/jobs/{pk}/schedule"))
    assert world.get(pk)["status"] == "unscheduled"


def test_the_same_plan_again_changes_nothing_leaves_no_history_and_tells_nobody(world):
    pk = world.create()
    done(world.schedule(pk))
    before = (world.api.get(f"/v1/jobs/{pk}")["ETag"], world.statuses(pk), told(), Job.history.count())
    done(world.schedule(pk))
    done(world.schedule(pk, start="2026-11-23T10:00:00+01:00"))
    assert (world.api.get(f"/v1/jobs/{pk}")["ETag"], world.statuses(pk), told(), Job.history.count()) == before


def test_an_accepted_job_that_is_planned_as_it_is_stays_accepted(world):
    job = world.job_in("accepted")
    done(world.schedule(job.pk))
    assert world.get(job.pk)["status"] == "accepted"
    done(world.schedule(job.pk, start=TEN))
    assert world.get(job.pk)["status"] == "scheduled", "another time asks for another yes"


def test_a_move_to_another_person_tells_both(world):
    ben = make_resource(world.organization, "Ben", email="ben@example.org")
    pk = world.create()
    done(world.schedule(pk))
    done(world.schedule(pk, ben))
    assert told()[1:] == [("job_unscheduled", "ann@example.org"), ("job_scheduled", "ben@example.org")]
    assert [name for name, *_ in busy()] == ["Ben"]
    assert world.statuses(pk) == ["new", "scheduled", "scheduled"], "one row a change"


def test_another_length_moves_the_end_and_is_told(world):
    pk = world.create(plannedDuration=60)
    done(world.schedule(pk))
    done(world.patch(pk, plannedDuration=180))
    assert world.get(pk)["plannedEndAt"] == NOON
    assert busy() == [("Ann", moment(NINE), moment(NOON), False)]
    assert told()[1:] == [("job_moved", "ann@example.org")]


def test_a_crew_is_a_calendar_too_and_a_person_is_no_vehicle(world):
    pk = world.create()
    crew = make_resource(world.organization, kind=Resource.Kind.CALENDAR)
    done(world.schedule(pk, crew))
    van = make_vehicle(world.organization)
    found = errors(world.put(pk, "schedule", resourceId=van.pk, vehicleId=world.ann.pk))
    assert found == {"resourceId": ["must exist"], "vehicleId": ["must exist"]}


def test_foreign_unknown_and_archived_ones_are_refused_on_their_property(world):
    foreign = World()
    gone = make_resource(world.organization, is_archived=True)
    pk = world.create()
    for resource in (foreign.ann.pk, 10**9, -1):
        assert errors(world.put(pk, "schedule", resourceId=resource)) == {"resourceId": ["must exist"]}
    assert errors(world.put(pk, "schedule", resourceId=gone.pk, plannedStartAt=NINE)) == {"resourceId": ["is archived"]}
    assert world.get(pk)["status"] == "new"


def test_a_job_keeps_the_archived_resource_that_it_has(world):
    pk = world.create()
    done(world.schedule(pk))
    Resource.objects.filter(pk=world.ann.pk).update(is_archived=True)
    done(world.schedule(pk, start=TEN))
    assert world.get(pk)["plannedStartAt"] == TEN


@pytest.mark.parametrize(
    "start", ["2026-11-23", "2026-11-23T09:00:00", "tomorrow", 1795424400, True, {}, "2026-02-30T09:00:00Z"]
)
def test_a_start_is_an_instant_with_its_offset(world, start):
    found = errors(world.put(world.create(), "schedule", resourceId="x", plannedStartAt=start))
    assert list(found) == ["resourceId", "plannedStartAt"]


@pytest.mark.parametrize("start", ["1899-12-31T23:59:59Z", "3000-01-01T00:00:00Z", "9999-12-29T00:00:00Z"])
def test_a_start_is_in_a_usual_year(world, start):
    pk = world.create()
    assert errors(world.schedule(pk, start=start)) == {"plannedStartAt": ["must be in the years 1900 to 2999"]}
    assert not OutboxMessage.objects.exists()


def test_the_same_plan_offers_a_refused_job_anew(world):
    pk = world.create()
    done(world.schedule(pk))
    done(world.put(pk, "send"))
    done(world.put(pk, "refuse"))
    done(world.schedule(pk))
    assert world.statuses(pk) == ["new", "scheduled", "sent", "refused", "scheduled"]
