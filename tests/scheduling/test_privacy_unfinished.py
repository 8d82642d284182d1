"""What stands in the way of erasing somebody who is still to do something, and how it ends by force."""

from datetime import timedelta

import pytest
from django.core.management.base import CommandError
from django.utils import timezone

from core.models import OutboxMessage, Role
from scheduling.models import BusyInterval, Close, CommunityService, Job, JobRecurrence
from scheduling.services.closes import create_close
from scheduling.services.community_services import create_community_service
from scheduling.services.job_planning import schedule_job
from tests.core.commands import answer, run
from tests.factories import make_member, make_organization
from tests.job_factories import make_job, make_recurrence, make_resource

pytestmark = pytest.mark.django_db
TOMORROW = timezone.now() + timedelta(days=1)


@pytest.fixture
def place():
    return make_organization()


@pytest.fixture
def student(place):
    return make_member(place, login="sam")


@pytest.fixture
def staff(place):
    return make_member(place, Role.BASIC_STAFF, "bruno")


def refused(person: str) -> str:
    with pytest.raises(CommandError) as caught:
        run("erase_person", person)
    return str(caught.value)


def test_a_close_in_force_is_unclosed(place, student, staff):
    values = {"user": student, "closer": staff, "kind": "other", "reason": "Noise"}
    close = create_close(place, values)
    service = create_community_service(place, {"duration": 60, "close": close, "schedule_at": TOMORROW})
    # A date for each of its services had unclosed it.
    Close.objects.update(state="close")
    assert f"Close {close.pk} is in force" in refused("sam")
    assert Close.objects.get().user == student
    told = answer("erase_person", "sam", "--force")
    assert told["in_the_way"] == [f"Close {close.pk} is in force", f"Community service {service.pk} is to be done"]
    assert Close.objects.get().state == "unclose"
    assert CommunityService.objects.get().state == "invalidated"
    assert not BusyInterval.objects.exists()


def test_a_service_to_supervise_waits_for_another_supervisor(place, student, staff):
    close = create_close(place, {"user": student, "closer": staff, "kind": "other", "reason": "Noise"})
    create_community_service(
        place, {"duration": 60, "close": close, "schedule_at": TOMORROW, "supervisor": staff, "occupation": "Sweep"}
    )
    assert "is to be supervised" in refused("bruno")
    answer("erase_person", "bruno", "--force")
    service = CommunityService.objects.get()
    assert (service.supervisor, service.state, service.occupation) == (None, "schedule", "Sweep")


def test_planned_jobs_go_back_to_be_planned(place, staff):
    crew = make_resource(place, "Bruno", user=staff)
    job = make_job(place, description="Boiler")
    schedule_job(job.pk, resource=crew, vehicle=None, planned_start_at=TOMORROW)
    assert f"Job #{job.pk} is not done" in refused("bruno")
    answer("erase_person", "bruno", "--force")
    job.refresh_from_db()
    assert (job.resource, job.status, job.description) == (None, "unscheduled", "Boiler")
    assert not BusyInterval.objects.exists()
    assert set(OutboxMessage.objects.values_list("state", "address")) == {("cancelled", "anonymised@example.invalid")}


def test_a_job_that_has_begun_is_cancelled(place, staff):
    crew = make_resource(place, "Bruno", user=staff)
    make_job(place, resource=crew, status="started", planned_start_at=TOMORROW)
    answer("erase_person", "bruno", "--force")
    assert Job.objects.get().status == "cancelled"


def test_a_recurring_job_waits_for_another_resource(place, staff):
    make_recurrence(place, resource=make_resource(place, "Bruno", user=staff))
    assert "makes jobs for the person" in refused("bruno")
    answer("erase_person", "bruno", "--force")
    assert JobRecurrence.objects.get().resource is None


def test_what_is_done_stands_in_nobodys_way(place, student, staff):
    values = {"user": student, "closer": staff, "kind": "other", "reason": "Noise"}
    Close.objects.create(organization=place, state="unclose", **values)
    crew = make_resource(place, "Bruno", user=staff)
    make_job(place, resource=crew, status="completed_ok", planned_start_at=TOMORROW)
    answer("erase_person", "sam")
    answer("erase_person", "bruno")
    assert Job.objects.get().resource.name == "anonymised"
