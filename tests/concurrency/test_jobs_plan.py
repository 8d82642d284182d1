"""Two dispatchers in processes of their own plan the same people at the same moment."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.models import Organization
from scheduling.models import BusyInterval, Contact, Job, JobType, SchedulingSettings
from tests.concurrency.dispatchers import dispatchers, together
from tests.factories import make_organization
from tests.job_factories import make_contact, make_job_type, make_resource, make_vehicle
from tests.scale import scaled
from tests.scheduling.jobs_calls import jobs_program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.soak]
ROUNDS = scaled(1000)
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
REFUSED = {"refused": ["planned_start_at"]}


@pytest.fixture
def place():
    return make_organization()


def forbid_overlaps(place: Organization) -> None:
    SchedulingSettings.objects.create(organization=place, forbids_job_overlaps=True)


def make_jobs(place: Organization, number: int) -> list[int]:
    """Each an hour long, and new."""
    kind, contact = make_job_type(place), make_contact(place)
    return [job.pk for job in Job.objects.bulk_create(_job(place, kind, contact) for _ in range(number))]


def _job(place: Organization, kind: JobType, contact: Contact) -> Job:
    return Job(organization=place, type=kind, contact=contact, planned_duration=60)


def hour(number: int) -> str:
    return (MONDAY + timedelta(hours=number)).isoformat()


def test_of_two_who_take_the_same_hour_one_wins_where_overlaps_are_forbidden(place):
    forbid_overlaps(place)
    ann, van = make_resource(place), make_vehicle(place)
    mine, theirs = make_jobs(place, ROUNDS), make_jobs(place, ROUNDS)
    answers = []
    with dispatchers(2) as processes:
        for number in range(ROUNDS):
            start = hour(number)
            orders = [["schedule", pk, ann.pk, start, van.pk] for pk in (mine[number], theirs[number])]
            answers.append(together(processes, *orders))
    assert [one for one in answers if one not in (["scheduled", REFUSED], [REFUSED, "scheduled"])] == []
    starts = Job.objects.filter(status="scheduled").values_list("planned_start_at", flat=True)
    assert len(set(starts)) == len(starts) == ROUNDS
    assert BusyInterval.objects.filter(is_hard=True).count() == 2 * ROUNDS


def test_of_two_who_take_the_same_hour_both_win_and_each_job_reads_the_other_where_it_is_allowed(place):
    ann = make_resource(place)
    mine, theirs = make_jobs(place, ROUNDS), make_jobs(place, ROUNDS)
    with dispatchers(2) as processes:
        for number in range(ROUNDS):
            orders = [["schedule", pk, ann.pk, hour(number)] for pk in (mine[number], theirs[number])]
            assert together(processes, *orders) == ["scheduled", "scheduled"]
    conflicts = read_conflicts(place, mine + theirs)
    pairs = dict(zip(mine + theirs, theirs + mine, strict=True))
    assert conflicts == {pk: [{"kind": "job", "id": other}] for pk, other in pairs.items()}


def read_conflicts(place: Organization, pks: list[int]) -> dict[int, list]:
    """As the API lists them, by job."""
    caller = jobs_program(place)
    found = {}
    for start in range(0, len(pks), 50):
        query = "&".join(f"id={pk}" for pk in pks[start : start + 50])
        found |= {item["id"]: item["conflicts"] for item in caller.get(f"/v1/jobs?{query}").json()["items"]}
    return found


@pytest.mark.parametrize("forbidden", [True, False], ids=["overlaps forbidden", "overlaps allowed"])
def test_moves_that_cross_end_in_no_deadlock(place, forbidden):
    """One goes from Ann to Ben and back while the other goes the other way, with the vans exchanged too."""
    if forbidden:
        forbid_overlaps(place)
    ann, ben = make_resource(place), make_resource(place)
    vans = [make_vehicle(place), make_vehicle(place)]
    one, other = make_jobs(place, 2)
    with dispatchers(2) as processes:
        for number in range(ROUNDS):
            turn = number % 2
            here, there = ((ann, vans[0]), (ben, vans[1])) if turn else ((ben, vans[1]), (ann, vans[0]))
            orders = [
                ["schedule", one, here[0].pk, hour(0), here[1].pk],
                ["schedule", other, there[0].pk, hour(2), there[1].pk],
            ]
            assert together(processes, *orders) == ["scheduled", "scheduled"]
    assert BusyInterval.objects.count() == 4


def test_no_write_that_forgets_the_rule_makes_two_hard_times_of_one_resource(place):
    ann, ben = make_resource(place), make_resource(place)

    def write(resource=ann, start=0, is_hard=True, **fields) -> BusyInterval:
        start_at = MONDAY + timedelta(hours=start)
        times = {"start": start_at, "end": start_at + timedelta(hours=2)}
        more = {"organization": place, "kind": "job", "source_id": 1, **fields}
        return BusyInterval.objects.create(resource=resource, is_hard=is_hard, **times, **more)

    def refused(action, *words, **fields) -> bool:
        try:
            with transaction.atomic():
                action(*words, **fields)
        except IntegrityError as error:
            return "busy_hard_never_overlap" in str(error)
        return False

    write()
    assert refused(write, start=1)
    assert refused(write, start=-1)
    assert not refused(write, start=2), "touching ends share no moment"
    assert not refused(write, start=1, is_hard=False)
    assert not refused(write, start=1, seat=1)
    assert not refused(write, ben, start=1)
    soft = BusyInterval.objects.filter(is_hard=False)
    assert refused(soft.update, is_hard=True)
    assert refused(BusyInterval.objects.filter(resource=ben).update, resource=ann)
