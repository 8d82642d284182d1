"""Community services take their student's time: seen from the student's resource, by every door that moves one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from core.models import Role
from core.retention import decide
from scheduling.emails import service_url
from scheduling.models import BusyInterval, Resource, SchedulingSettings
from tests.back_office import browser, press, url
from tests.factories import make_close, make_community_service, make_member

pytestmark = pytest.mark.django_db
SERVICES = "/v2/community_services"
SATURDAY = "2017-11-25T09:00:00Z"


def taken(person) -> list[str]:
    """The times that are taken from the person, in UTC."""
    rows = BusyInterval.objects.filter(resource__user=person, kind="community_service", is_hard=False)
    return [f"{row.start:%d %H:%M}–{row.end:%H:%M}" for row in rows]


def assign(staff, close, **fields) -> int:
    fields = {"close_id": close.pk, "duration": 7200, "schedule_at": SATURDAY, **fields}
    response = staff.post(SERVICES, {"community_service": fields})
    assert response.status_code == 201, response.content
    return response.json()["id"]


def change(staff, pk, **fields) -> None:
    assert staff.patch(f"{SERVICES}/{pk}", {"community_service": fields}).status_code == 204


@pytest.fixture
def service(staff, close):
    """On Saturday from 9 to 11, of the student."""
    return assign(staff, close)


def test_a_dated_service_takes_its_time_from_a_resource_made_for_the_student(staff, close, student):
    student.first_name, student.last_name = "Sam", "Durand"
    student.save()
    assign(staff, close)
    assign(staff, close, schedule_at="2017-11-26T14:00:00Z", duration=3600)
    assert taken(student) == ["25 09:00–11:00", "26 14:00–15:00"]
    resource = Resource.objects.get()
    assert (resource.name, resource.kind, resource.organization, resource.is_archived) == (
        *("Sam Durand", "person", close.organization),
        True,
    )
    assert resource.history.get().door == "api"


def test_a_resource_that_the_student_has_already_is_taken(staff, close, student):
    Resource.objects.create(organization=close.organization, user=student, name="Sam on a bicycle")
    assign(staff, close)
    assert [row.resource.name for row in BusyInterval.objects.all()] == ["Sam on a bicycle"]


def test_without_a_date_or_a_close_nobody_is_busy(staff, close):
    assign(staff, close, schedule_at=None)
    response = staff.post(SERVICES, {"community_service": {"duration": 60, "schedule_at": SATURDAY}})
    assert (response.status_code, BusyInterval.objects.count(), Resource.objects.count()) == (201, 0, 0)


def test_another_date_or_duration_moves_it(staff, service, student):
    change(staff, service, schedule_at="2017-11-27T08:00:00Z")
    change(staff, service, duration=3600)
    assert taken(student) == ["27 08:00–09:00"]


def test_another_close_moves_it_to_that_student(staff, service, campus, student):
    other = make_close(campus)
    change(staff, service, close_id=other.pk)
    assert (taken(student), taken(other.user)) == ([], ["25 09:00–11:00"])


def test_a_service_without_its_close_is_nobodys(staff, service, student):
    change(staff, service, close_id=None)
    assert taken(student) == []


def test_a_close_that_goes_to_another_student_takes_its_services_along(staff, service, close, campus, student):
    other = make_member(campus)
    assert staff.patch(f"/v2/closes/{close.pk}", {"close": {"user_id": other.pk}}).status_code == 204
    assert (taken(student), taken(other)) == ([], ["25 09:00–11:00"])


def test_a_service_changed_or_removed_within_its_close(staff, advanced, service, close, student):
    def send(**fields):
        body = {"close": {"community_services_attributes": [{"id": service, **fields}]}}
        assert advanced.patch(f"/v2/closes/{close.pk}", body).status_code == 204

    send(duration=14400)
    assert taken(student) == ["25 09:00–13:00"]
    send(_destroy=True)
    assert taken(student) == []


def test_what_took_place_is_kept_and_what_did_not_is_free(staff, service, student):
    for verdict, expected in [("validate", ["25 09:00–11:00"]), ("invalidate", []), ("validate", ["25 09:00–11:00"])]:
        assert staff.put(f"{SERVICES}/{service}/{verdict}").status_code == 204
        assert taken(student) == expected


def test_a_make_up_frees_the_missed_day(service, campus, student):
    office = browser(make_member(campus, Role.ADVANCED_STAFF))
    press(office, "scheduling_communityservice", service, "make_up", reason="Was not there")
    assert taken(student) == []


def test_the_day_that_the_student_picks(campus, close, student):
    service = make_community_service(close)
    SchedulingSettings.objects.create(organization=campus, community_service_start="10:00")
    assert Client().post(service_url(service), {"day": "2017-11-24"}).status_code == 302
    assert taken(student) == ["24 09:00–11:00"]


def test_what_is_deleted_takes_nothing(advanced, staff, close, service, student):
    other = assign(staff, close, schedule_at="2017-11-29T09:00:00Z")
    assert advanced.delete(f"{SERVICES}/{other}").status_code == 204
    assert taken(student) == ["25 09:00–11:00"]
    assert advanced.delete(f"/v2/closes/{close.pk}").status_code == 204
    assert taken(student) == []


@pytest.mark.parametrize("state", ["close", "unclose"])
def test_what_is_anonymised_says_no_more_who_was_where(staff, service, close, campus, noon, student, state):
    """With its close, or alone where that is still in force."""
    decide(campus, {"closes_and_services": 30})
    staff.put(f"{SERVICES}/{service}/validate")
    staff.put(f"/v2/closes/{close.pk}/{state}")
    noon.move_to(datetime(2018, 3, 1, tzinfo=UTC))
    call_command("purge")
    assert taken(student) == []


# -- what staff sees of a clash -----------------------------------------------------------------------------------


def shown(office, service: int) -> str:
    return office.get(url("scheduling_communityservice", "change", service)).content.decode()


def listed(office) -> str:
    return office.get(url("scheduling_communityservice", "changelist")).content.decode()


def busy(person, start: datetime, kind: str = "job", source_id: int = 7):
    resource = Resource.objects.get(user=person)
    BusyInterval.objects.create(
        organization=resource.organization,
        resource=resource,
        start=start,
        end=start + timedelta(hours=1),
        kind=kind,
        source_id=source_id,
    )


def test_a_clash_is_shown_to_staff_and_refuses_nothing(staff, service, close, campus, student):
    office = browser(make_member(campus, Role.BASIC_STAFF))
    busy(student, datetime(2017, 11, 25, 11, tzinfo=UTC))
    assert "At the same time" not in shown(office, service)
    assert "At the same time" not in listed(office)
    busy(student, datetime(2017, 11, 25, 10, tzinfo=UTC))
    assert "Job #7, 25 Nov 11:00–12:00 (" in shown(office, service)
    assert "At the same time" in listed(office)
    other = assign(staff, close, schedule_at="2017-11-25T10:30:00Z")
    assert f"Community service #{other}, " in shown(office, service)
    staff.put(f"{SERVICES}/{service}/invalidate")
    assert "At the same time" not in shown(office, service)


def test_the_list_can_be_narrowed_to_clashes(staff, service, close, campus):
    office = browser(make_member(campus, Role.BASIC_STAFF))
    assign(staff, close, schedule_at="2017-11-29T09:00:00Z", occupation="Mop")
    assign(staff, close, schedule_at="2017-11-25T10:00:00Z", occupation="Sweep")
    page = office.get(url("scheduling_communityservice", "changelist") + "?quick=clashes").content.decode()
    assert "Sweep" in page
    assert "Mop" not in page
