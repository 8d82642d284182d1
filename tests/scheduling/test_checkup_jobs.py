"""What the doctor finds wrong with jobs and busy time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from core.models import Membership, Role
from scheduling.models import Absence, BusyInterval, Close, CommunityService, Job, SchedulingSettings
from scheduling.services.absences import create_absence
from scheduling.services.closes import create_close
from scheduling.services.community_services import create_community_service
from scheduling.services.job_planning import schedule_job
from scheduling.services.job_states import Action, change_status, set_result
from tests.core.examining import examine, healthy_organization, only_finding, stand_alone
from tests.core.oauth_clients import make_person
from tests.job_factories import make_job, make_resource, make_vehicle

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def own_var(settings, tmp_path):
    stand_alone(settings, tmp_path)


@pytest.fixture
def place():
    return healthy_organization()


@pytest.fixture
def crew(place):
    return make_resource(place)


@pytest.fixture
def job(place, crew):
    """From nine to ten, by the crew with a van."""
    return schedule_job(make_job(place).pk, resource=crew, vehicle=make_vehicle(place), planned_start_at=NINE)


@pytest.fixture
def service(place):
    """In three days, of a student."""
    people = {"user": make_person("sam", place), "closer": make_person("bruno", place, Role.BASIC_STAFF)}
    close = create_close(place, {**people, "kind": Close.Kind.AGU, "reason": "Stole a lamp"})
    day = timezone.now() + timedelta(days=3)
    return create_community_service(place, {"duration": 7200, "close": close, "schedule_at": day})


def test_all_is_well_in_every_state(place, crew, job, service):
    create_absence(place, {"resource": crew, "start": NINE, "end": NINE + HOUR})
    assert examine() == (0, [])
    for action in (Action.SEND, Action.ACCEPT, Action.START):
        change_status(job.pk, action, moment=NINE)
    set_result(job.pk, "completed_ok", moment=NINE + HOUR / 2)
    assert examine() == (0, [])


@pytest.mark.parametrize(
    "change", [{"start": NINE - HOUR}, {"end": NINE + 2 * HOUR}, {"source_id": 999}, {"kind": "absence"}], ids=str
)
def test_busy_time_that_differs_from_its_job(job, change):
    row = BusyInterval.objects.first()
    BusyInterval.objects.filter(pk=row.pk).update(**change)
    found = [each for each in examine()[1] if each["check"] == "busy_sources"]
    assert [each["what"].split(" (id ")[1] for each in found] == [f"{row.pk})"]


def test_busy_time_of_a_cancelled_job_and_of_an_absence_that_is_gone(place, crew, job):
    Job.objects.update(status="cancelled")
    assert only_finding("busy_sources", "error")["what"].startswith("2 × job")
    Job.objects.update(status="scheduled")
    create_absence(place, {"resource": crew, "start": NINE, "end": NINE + HOUR})
    Absence.objects.all().delete()
    assert only_finding("busy_sources", "error")["what"].startswith("1 × absence")


def test_a_job_that_takes_no_time(job):
    BusyInterval.objects.filter(resource=job.vehicle).delete()
    assert f"vehicle (id {job.pk})" in only_finding("busy_takers", "error")["what"]


def test_a_community_service_that_takes_no_time_or_another(service):
    CommunityService.objects.update(duration=3600)
    assert f"(id {service.pk})" in only_finding("community_service_ends", "error")["what"]
    BusyInterval.objects.all().delete()
    assert f"(id {service.pk})" in only_finding("busy_takers", "error")["what"]


def test_a_planned_end_that_is_wrong(job):
    Job.objects.update(planned_end_at=NINE + 2 * HOUR)
    BusyInterval.objects.update(end=NINE + 2 * HOUR)
    assert f"(id {job.pk})" in only_finding("job_ends", "error")["what"]


def test_a_resource_who_is_a_member_no_longer(place, crew):
    user = make_person("julie", place, Role.BASIC_STAFF)
    crew.changed(user=user).save()
    assert examine() == (0, [])
    Membership.objects.filter(user=user).delete()
    assert f"(id {crew.pk})" in only_finding("resources", "warning")["what"]
    crew.changed(is_archived=True).save()
    assert examine() == (0, [])


def test_jobs_that_overlap_though_it_is_forbidden_since(place, crew, job):
    other = schedule_job(make_job(place).pk, resource=crew, vehicle=None, planned_start_at=NINE + HOUR / 2)
    assert examine() == (0, [])
    SchedulingSettings.objects.create(organization=place, forbids_job_overlaps=True)
    assert f"(id {job.pk}, {other.pk})" in only_finding("job_overlaps", "warning")["what"]
