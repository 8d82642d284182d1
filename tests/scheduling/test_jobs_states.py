"""The whole table of states and actions: each cell moves as the contract says, or is refused naming the states [20]."""

import pytest
import time_machine

from core.models import OutboxMessage
from scheduling.models import BusyInterval, Job, JobStatusChange
from tests.job_factories import make_job_type, make_resource
from tests.scheduling.jobs_calls import errors
from tests.scheduling.jobs_world import NOON, TEN, World, done, moment, told

pytestmark = pytest.mark.django_db

STATES = {
    "new": "new",
    "scheduled": "scheduled",
    "unscheduled": "unscheduled",
    "sent": "sent",
    "read": "read",
    "accepted": "accepted",
    "refused": "refused",
    "onTheWay": "on_the_way",
    "started": "started",
    "suspended": "suspended",
    "completedOk": "completed_ok",
    "completedWithIssues": "completed_with_issues",
    "cancelled": "cancelled",
}
PLANNABLE = ["new", "scheduled", "unscheduled", "sent", "read", "accepted", "refused"]
ALIVE = [state for state in STATES if state not in ("completedOk", "completedWithIssues", "cancelled")]
# The contract's table: action → (path, body, from, to). `ann` stands for the id of a resource.
TABLE = {
    "schedule, all set": ("schedule", {"resourceId": "ann", "plannedStartAt": NOON}, PLANNABLE, "scheduled"),
    "schedule, something missing": ("schedule", {"plannedStartAt": NOON}, PLANNABLE, "unscheduled"),
    "send": ("send", {}, ["scheduled"], "sent"),
    "read": ("read", {}, ["sent"], "read"),
    "accept": ("accept", {}, ["sent", "read"], "accepted"),
    "refuse": ("refuse", {}, ["sent", "read"], "refused"),
    "onTheWay": ("onTheWay", {}, ["scheduled", "sent", "read", "accepted"], "onTheWay"),
    "start": ("start", {}, ["scheduled", "sent", "read", "accepted", "onTheWay"], "started"),
    "suspend": ("suspend", {}, ["started"], "suspended"),
    "resume": ("resume", {}, ["suspended"], "started"),
    "result, ok": ("result", {"status": "completedOk"}, ["started"], "completedOk"),
    "result, issues": ("result", {"status": "completedWithIssues"}, ["started"], "completedWithIssues"),
    "cancel": ("cancel", {}, ALIVE, "cancelled"),
}


@pytest.fixture
def world():
    """On the morning of the day that the jobs are planned for."""
    with time_machine.travel("2026-11-23T08:30:00Z"):
        yield World()


def target_of(action: str, state: str) -> str:
    """A new job that lacks something of its plan stays new."""
    return "new" if (action, state) == ("schedule, something missing", "new") else TABLE[action][3]


@pytest.mark.parametrize("action", TABLE)
def test_each_state_moves_as_the_table_says_or_is_refused_naming_the_states_that_do(world, action):
    path, body, sources, _ = TABLE[action]
    body = {name: world.ann.pk if value == "ann" else value for name, value in body.items()}
    for state, stored in STATES.items():
        job = world.job_in(stored)
        response = world.put(job.pk, path, **body)
        if state in sources:
            done(response)
            expected = target_of(action, state)
            assert world.get(job.pk)["status"] == expected, (action, state)
            assert world.statuses(job.pk) == ["new", STATES[expected]], "one row a change"
        else:
            assert errors(response) == {"status": sources}, (action, state)
            assert world.statuses(job.pk) == ["new"]
            before = job.version
            job.refresh_from_db()
            assert (job.status, job.version) == (stored, before)


def test_the_table_has_all_states_and_all_actions(world):
    assert len(STATES) == 13
    assert {path for path, *_ in TABLE.values()} == {
        *("schedule", "send", "read", "accept", "refuse", "onTheWay"),
        *("start", "suspend", "resume", "result", "cancel"),
    }


def test_a_job_lives_from_new_to_completed_and_its_history_tells_it(world):
    pk = world.create()
    done(world.schedule(pk))
    for action in ("send", "read", "accept", "onTheWay", "start", "suspend", "resume"):
        done(world.put(pk, action))
    done(world.put(pk, "result", status="completedOk"))
    assert world.statuses(pk) == [
        *("new", "scheduled", "sent", "read", "accepted", "on_the_way", "started", "suspended", "started"),
        "completed_ok",
    ]
    assert told() == [("job_scheduled", "ann@example.org")], "the work itself is no news to its resource"


def test_it_is_confirmed_from_accepted_on(world):
    shown = {state: world.get(world.job_in(stored).pk)["isConfirmed"] for state, stored in STATES.items()}
    assert {state for state, confirmed in shown.items() if confirmed} == {
        *("accepted", "onTheWay", "started", "suspended", "completedOk", "completedWithIssues")
    }


def test_a_step_takes_its_comment_and_its_moment(world):
    job = world.job_in("sent")
    done(world.put(job.pk, "accept", comment="With pleasure", statusModifiedAt="2026-11-20T07:30:00.1234567+02:00"))
    shown = world.get(job.pk)
    assert (shown["statusModifiedAt"], shown["resourcesComment"]) == ("2026-11-20T05:30:00.123Z", "With pleasure")
    last = JobStatusChange.objects.filter(job=job).latest("pk")
    assert (last.comment, last.created_at) == ("With pleasure", moment("2026-11-20T05:30:00.123Z"))
    done(world.put(job.pk, "onTheWay"))
    assert world.get(job.pk)["resourcesComment"] == "With pleasure", "the last one said"


def test_a_device_may_be_a_minute_ahead_and_no_more(world):
    with time_machine.travel("2026-11-23T09:00:00Z", tick=False):
        ahead, too_far = world.job_in("sent"), world.job_in("sent")
        done(world.put(ahead.pk, "read", statusModifiedAt="2026-11-23T09:01:00Z"))
        response = world.put(too_far.pk, "read", statusModifiedAt="2026-11-23T09:01:00.001Z")
    assert errors(response) == {"statusModifiedAt": ["must not be in the future"]}


def test_start_and_result_give_the_actual_times(world):
    job = world.job_in("accepted")
    done(world.put(job.pk, "start", statusModifiedAt="2026-11-20T09:05:00Z"))
    assert world.get(job.pk)["actualDuration"] is None
    done(world.put(job.pk, "result", status="completedOk", statusModifiedAt="2026-11-20T09:50:59Z"))
    shown = world.get(job.pk)
    assert (shown["actualStartAt"], shown["actualEndAt"], shown["actualDuration"]) == (
        *("2026-11-20T09:05:00.000Z", "2026-11-20T09:50:59.000Z"),
        45,
    )


def test_no_job_ends_before_it_started(world):
    job = world.job_in("accepted")
    done(world.put(job.pk, "start", statusModifiedAt="2026-11-20T09:05:00Z"))
    response = world.put(job.pk, "result", status="completedOk", statusModifiedAt="2026-11-20T09:04:59Z")
    assert errors(response) == {"statusModifiedAt": ["must not be before the job was started"]}
    assert world.get(job.pk)["status"] == "started"


def test_all_that_is_wrong_with_a_step_is_told_at_once_and_its_state_last(world):
    future, started = "2027-01-01T00:00:00Z", ["started"]
    new = world.job_in("new")
    late = ["must not be in the future"]
    assert errors(world.put(new.pk, "suspend", statusModifiedAt=future)) == {
        "statusModifiedAt": late,
        "status": started,
    }
    found = errors(world.put(new.pk, "resume", comment=1, statusModifiedAt=future))
    assert list(found.items()) == [
        ("comment", ["must be a text"]),
        ("statusModifiedAt", late),
        ("status", ["suspended"]),
    ]
    found = errors(world.put(new.pk, "result", status="completedOk", result="Nothing", statusModifiedAt=future))
    assert list(found) == ["result", "statusModifiedAt", "status"]
    assert found["status"] == started
    cancelled = world.job_in("cancelled")
    assert list(errors(world.put(cancelled.pk, "cancel", reason=1))) == ["reason", "status"]
    assert list(errors(world.put(cancelled.pk, "cancel"))) == ["status"]
    assert world.statuses(new.pk) == world.statuses(cancelled.pk) == ["new"]


def test_a_status_that_cannot_be_read_stands_in_the_place_of_the_state(world):
    found = errors(world.put(world.job_in("new").pk, "result", status="done", result=1))
    assert found == {"status": ["must be one of: completedOk, completedWithIssues"], "result": ["must be a text"]}


def test_a_plan_that_cannot_be_is_told_together_with_the_state(world):
    job = world.job_in("started")
    world.ann.changed(is_archived=True).save()
    other = make_resource(world.organization, is_archived=True)
    found = errors(world.put(job.pk, "schedule", resourceId=other.pk, vehicleId="x", plannedStartAt=NOON))
    assert list(found) == ["resourceId", "vehicleId", "status"]
    assert found["resourceId"] == ["is archived"]
    assert found["status"] == PLANNABLE


@pytest.fixture
def judged(world):
    """A started job whose type has results."""
    world.type = make_job_type(world.organization, positive_results=["Repaired"], negative_results=["No access"])
    return world.job_in("started")


def test_a_success_needs_one_of_the_types_results(world, judged):
    put = world.put
    assert errors(put(judged.pk, "result", status="completedOk")) == {"result": ["must be given, one of: Repaired"]}
    for wrong in ("No access", "repaired", "x"):
        found = errors(put(judged.pk, "result", status="completedOk", result=wrong))
        assert found == {"result": ["must be one of: Repaired"]}
    done(put(judged.pk, "result", status="completedOk", result="Repaired"))
    assert world.get(judged.pk)["result"] == "Repaired"


def test_a_failure_may_have_none_and_else_one_of_its_own(world, judged):
    found = errors(world.put(judged.pk, "result", status="completedWithIssues", result="Repaired"))
    assert found == {"result": ["must be one of: No access"]}
    done(world.put(judged.pk, "result", status="completedWithIssues"))
    assert world.get(judged.pk)["result"] is None


def test_a_result_says_which(world, judged):
    words = "must be one of: completedOk, completedWithIssues"
    assert errors(world.put(judged.pk, "result")) == {"status": ["must be given"]}
    for wrong in ("started", "CompletedOk", None, 1):
        found = errors(world.put(judged.pk, "result", status=wrong))
        assert found == {"status": ["must not be null" if wrong is None else words]}


def test_what_is_left_of_the_planned_time_is_free_once_it_ended(world):
    pk = world.create(plannedDuration=120)
    done(world.schedule(pk))
    with time_machine.travel("2026-11-23T09:00:00Z", tick=False):
        done(world.put(pk, "start"))
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False):
        done(world.put(pk, "result", status="completedOk"))
    assert BusyInterval.objects.get().end == moment(TEN)


def test_a_cancelled_job_frees_its_time_and_its_reason_is_kept_and_mailed(world):
    pk = world.create()
    done(world.schedule(pk))
    done(world.put(pk, "cancel", reason="The bakery is closed"))
    assert not BusyInterval.objects.exists()
    assert JobStatusChange.objects.latest("pk").comment == "The bakery is closed"
    assert told() == [("job_scheduled", "ann@example.org"), ("job_cancelled", "ann@example.org")]


def test_a_job_that_nobody_was_told_of_is_cancelled_in_silence(world):
    done(world.put(world.create(), "cancel"))
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("action", ["send", "start", "schedule", "result", "cancel"])
def test_a_stale_if_match_is_a_412_and_a_good_one_passes(world, action):
    job = world.job_in("started" if action == "result" else "scheduled")
    body = {"status": "completedOk"} if action == "result" else {}
    stale = world.api.put(f"/v1/jobs/{job.pk}/{action}", body, If_Match=f'"{job.version + 1}-x"')
    assert stale.status_code == 412
    tag = world.api.get(f"/v1/jobs/{job.pk}")["ETag"]
    done(world.api.put(f"/v1/jobs/{job.pk}/{action}", body, If_Match=tag))


@pytest.mark.parametrize("action", ["schedule", "send", "start", "result", "cancel"])
def test_a_job_of_another_customer_is_not_there(world, action):
    theirs = World().job_in("scheduled")
    for pk in (theirs.pk, 10**9, "x"):
        assert world.put(pk, action, status="completedOk").status_code == 404
    assert Job.objects.get(pk=theirs.pk).version == theirs.version
