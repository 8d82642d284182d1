"""Jobs and service tasks: by the API, the back office, commands and workers."""

from datetime import UTC, datetime, timedelta

from django.core.management import call_command

from core.models import Role
from scheduling.services.job_recurrences import create_recurrence
from tests import api
from tests.back_office import url
from tests.factories import make_organization
from tests.job_factories import make_contact, make_job_type, make_resource, make_vehicle
from tests.scheduling.jobs_world import TEN, World, done
from tests.scheduling.office import Office
from tests.scripts import run_script
from tests.svctasks.works import enabled_task, look, register, work
from tests.webhooks.stories import story

JOB = "scheduling_job"
TOMORROW = datetime(2026, 11, 24, 8, tzinfo=UTC)
TASKS = "/rest/v1/service/svctasks"


@story("job.created")
def a_job_is_created_by_the_api():
    world = World()
    yield
    world.create()


@story("job.updated")
def a_job_is_changed_by_the_api():
    world = World()
    pk = world.create()
    yield
    done(world.patch(pk, description="Leaks"))
    done(world.patch(pk, description="Leaks"))


@story("job.updated", "job.updated")
def many_jobs_are_changed_at_once():
    world = World()
    first, second = world.create(), world.create()
    yield
    done(world.api.patch("/v1/jobs", [{"id": first, "description": "a"}, {"id": second, "plannedDuration": 30}]))


@story()
def one_bad_change_of_many_tells_of_none():
    world = World()
    first, second = world.create(), world.create()
    yield
    items = [{"id": first, "description": "a"}, {"id": second, "plannedDuration": -1}]
    assert world.api.patch("/v1/jobs", items).status_code == 422


@story("job.updated", "job.updated")
def a_constraint_is_added_and_removed():
    world = World()
    pk = world.create()
    yield
    body = {"type": "jobMustStartBefore", "constraintAt": TEN}
    found = world.api.post(f"/v1/jobs/{pk}/constraints", body).json()["id"]
    done(world.api.delete(f"/v1/jobs/{pk}/constraints/{found}"))


@story("job.scheduled", "job.scheduled", "job.unscheduled")
def a_job_is_planned_moved_and_taken_from_the_plan():
    world = World()
    pk = world.create()
    yield
    done(world.schedule(pk))
    done(world.schedule(pk, start=TEN))
    done(world.put(pk, "schedule", resourceId=None, plannedStartAt=TEN))


@story("job.updated", "job.updated", "job.scheduled", "job.unscheduled", "job.updated")
def a_plan_comes_and_goes_piece_by_piece():
    world = World()
    van = make_vehicle(world.organization)
    pk = world.create()
    yield
    done(world.schedule(pk))
    done(world.schedule(pk, start=TEN))
    done(world.schedule(pk, vehicleId=van.pk))
    done(world.put(pk, "schedule", resourceId=world.ann.pk, plannedStartAt=TEN))
    done(world.put(pk, "schedule", resourceId=world.ann.pk, vehicleId=van.pk))


@story("job.sent", "job.read", "job.accepted", "job.on_the_way", "job.started", "job.suspended", "job.started")
def a_job_is_on_its_way():
    world = World()
    pk = world.create()
    done(world.schedule(pk))
    yield
    for action in ("send", "read", "accept", "onTheWay", "start", "suspend", "resume"):
        done(world.put(pk, action))


@story("job.completed", "job.completed")
def two_jobs_are_completed_with_issues_and_without():
    world = World()
    first, second = world.job_in("started"), world.job_in("started")
    yield
    done(world.put(first.pk, "result", status="completedOk"))
    done(world.put(second.pk, "result", status="completedWithIssues"))


@story("job.refused")
def the_resource_refuses():
    world = World()
    job = world.job_in("sent")
    yield
    done(world.put(job.pk, "refuse"))


@story("job.cancelled", "job.cancelled")
def two_jobs_are_cancelled_in_the_list_of_the_back_office():
    office = Office()
    jobs = [office.job(), office.planned("2026-11-24 10:00")]
    yield
    sent = {"action": "cancel", "_selected_action": [job.pk for job in jobs], "confirmed": "yes", "reason": ""}
    office.client.post(url(JOB, "changelist"), sent)


def recurrence():
    place = make_organization()
    values = {"type": make_job_type(place), "contact": make_contact(place), "resource": make_resource(place, "Crew")}
    create_recurrence(place, {**values, "start_at": TOMORROW, "rrule": "FREQ=DAILY", "days_ahead": 3})
    return place


@story(*["job.created", "job.scheduled"] * 2)
def the_operators_command_makes_recurring_jobs():
    recurrence()
    yield
    call_command("make_recurring_jobs", verbosity=0)


@story(*["job.created", "job.scheduled"] * 2)
def the_service_task_makes_recurring_jobs():
    place = recurrence()
    yield
    run_script("make_recurring_jobs", place)


# -- service tasks ------------------------------------------------------------------------------------------


def failing(clock, **values):
    def fail(run) -> None:
        raise ValueError("The line is cut")

    register(fail)
    place = make_organization(time_zone="UTC")
    enabled_task(place, starts_at=datetime(2026, 11, 23, 7, tzinfo=UTC), **values)
    return place


@story("svctask.run_failed")
def a_run_fails_at_its_worker(clock):
    failing(clock)
    yield
    clock.shift(timedelta(hours=1))
    look()
    assert set(work()) == {"failed"}


@story("svctask.run_failed", "svctask.run_failed", "svctask.paused")
def a_task_that_goes_on_failing_is_paused(clock):
    failing(clock, pause_after=2)
    yield
    for _ in range(2):
        clock.shift(timedelta(hours=1))
        look()
        work()


@story("svctask.paused")
def a_task_is_paused_by_the_api(clock):
    place = make_organization()
    register()
    task = enabled_task(place)
    app = api.program(place, roles=[Role.ADVANCED_STAFF], scopes=["svctasks:read", "svctasks:write"])
    yield
    path = f"{TASKS}/{task.public_id}/pause"
    assert app.post(path, {"note": "The line is cut"}).status_code == 200
