"""/v2/community_services: what changes, who is told, who sees it [contract 10]."""

from datetime import UTC, datetime

import pytest

from core.models import OutboxMessage, Role
from scheduling.models import Close, CommunityService
from scheduling.services.community_services import update_community_service
from tests import api
from tests.factories import make_client, make_close, make_community_service, make_member, make_organization, make_token
from tests.scheduling.calls import SERVICES as URL
from tests.scheduling.calls import create_service as create
from tests.scheduling.calls import refused, told
from tests.scheduling.calls import stored_service as stored

pytestmark = pytest.mark.django_db


# -- changes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_what_is_absent_is_kept_and_null_unsets(staff, close, method):
    service = make_community_service(close, occupation="Sweep", schedule_at=datetime(2017, 11, 27, tzinfo=UTC))
    response = staff.call(method, f"{URL}/{service.pk}", {"community_service": {"schedule_at": None}})
    assert (response.status_code, response.content) == (204, b"")
    service.refresh_from_db()
    assert (service.schedule_at, service.occupation, service.duration) == (None, "Sweep", 7200)


def test_a_duration_cannot_be_unset(staff, close):
    service = make_community_service(close)
    response = staff.patch(f"{URL}/{service.pk}", {"community_service": {"duration": None}})
    assert refused(response) == {"duration": ["can't be blank"]}


def test_the_changed_object_is_given_where_the_caller_prefers_it(staff, close):
    service = make_community_service(close)
    change = {"community_service": {"duration": 60}}
    response = staff.put(f"{URL}/{service.pk}", change, Prefer="return=representation")
    assert response.status_code == 200
    assert response["Preference-Applied"] == "return=representation"
    assert response.json() == staff.get(f"{URL}/{service.pk}").json()


def test_a_change_that_changes_nothing_writes_nothing(staff, close):
    service = make_community_service(close)
    assert staff.patch(f"{URL}/{service.pk}", {"community_service": {"duration": "7200"}}).status_code == 204
    service.refresh_from_db()
    assert (service.version, service.history.count()) == (1, 1)


@pytest.mark.parametrize("verb", ["validate", "invalidate"])
def test_staff_judge_a_service_and_may_correct_themselves(staff, close, verb):
    service = make_community_service(close)
    other = "invalidate" if verb == "validate" else "validate"
    for word in (verb, other, verb):
        assert staff.put(f"{URL}/{service.pk}/{word}").status_code == 204
        service.refresh_from_db()
        assert service.state == f"{word}d"


def test_the_same_judgement_again_changes_nothing(staff, close):
    service = make_community_service(close, state=CommunityService.State.VALIDATED)
    assert staff.patch(f"{URL}/{service.pk}/validate").status_code == 204
    service.refresh_from_db()
    assert (service.version, service.history.count(), OutboxMessage.objects.count()) == (1, 1, 0)


def test_a_judgement_gives_the_object_where_the_caller_prefers_it(staff, close):
    service = make_community_service(close)
    response = staff.put(f"{URL}/{service.pk}/validate", Prefer="return=representation")
    assert (response.status_code, response.json()["state"]) == (200, "validated")


def test_a_deleted_service_is_gone(advanced, close):
    service = make_community_service(close)
    assert advanced.delete(f"{URL}/{service.pk}").status_code == 204
    assert advanced.get(f"{URL}/{service.pk}").status_code == 404
    assert Close.objects.filter(pk=close.pk).exists()


# -- who is told --------------------------------------------------------------------------------------------


def test_the_student_of_the_close_is_told_once_of_the_assignment(staff, close, student):
    create(staff, close_id=close.pk, schedule_at="2017-11-27")
    assert told() == [student.pk]


def test_without_a_close_nobody_is_told(staff):
    create(staff)
    assert told() == []


def test_going_to_another_students_close_tells_that_student(staff, campus, close):
    service = make_community_service(close)
    others = make_close(campus)
    staff.patch(f"{URL}/{service.pk}", {"community_service": {"close_id": others.pk}})
    assert told() == [others.user_id]


def test_going_to_another_close_of_the_same_student_tells_nobody(staff, campus, close, student):
    service = make_community_service(close)
    second = make_close(campus, student=student)
    staff.patch(f"{URL}/{service.pk}", {"community_service": {"close_id": second.pk}})
    assert told() == []


def test_a_first_close_assigns_the_service(staff, campus, close, student):
    service = make_community_service(organization=campus)
    staff.patch(f"{URL}/{service.pk}", {"community_service": {"close_id": close.pk}})
    assert told() == [student.pk]


def test_other_changes_tell_nobody(staff, close):
    service = make_community_service(close)
    staff.patch(f"{URL}/{service.pk}", {"community_service": {"duration": 60, "close_id": close.pk}})
    staff.put(f"{URL}/{service.pk}/validate")
    assert told() == []


# -- who sees what ------------------------------------------------------------------------------------------


def test_a_student_sees_his_own_services_alone(campus, close, student):
    own, others = make_community_service(close), make_community_service(make_close(campus))
    application = make_client(campus, roles=[])
    caller = api.person(student, application)
    assert [row["id"] for row in caller.get(URL).json()] == [own.pk]
    assert caller.get(f"{URL}/{own.pk}").status_code == 200
    assert caller.get(f"{URL}/{others.pk}").status_code == 404
    assert caller.get(f"/v2/closes/{others.close_id}/community_services").status_code == 404
    assert caller.get(f"{URL}/graph").json() == {"11": 1}


def test_a_person_who_is_staff_in_one_place_and_student_in_another_sees_both(campus, noon):
    elsewhere = make_organization()
    both = make_member(campus, Role.BASIC_STAFF)
    both.memberships.create(organization=elsewhere, role=Role.STUDENT)
    as_staff = make_community_service(make_close(campus))
    as_student = make_community_service(make_close(elsewhere, student=both))
    make_community_service(make_close(elsewhere))
    caller = api.person(both, make_client(campus, elsewhere, roles=[]))
    assert {row["id"] for row in caller.get(URL).json()} == {as_staff.pk, as_student.pk}


@pytest.mark.parametrize("pk", ["0", "-1", "abc", "1.5", "99999999999999999999", "%2B", "1%20", "٣"])
def test_an_id_that_is_no_row_is_not_found(staff, pk):
    response = staff.get(f"{URL}/{pk}")
    assert (response.status_code, response.json()) == (404, {})


def test_the_services_of_a_close_are_those_alone(staff, campus, close):
    own = make_community_service(close)
    make_community_service(make_close(campus))
    response = staff.get(f"/v2/closes/{close.pk}/community_services")
    assert [row["id"] for row in response.json()] == [own.pk]
    assert response["X-Total"] == "1"


# -- several organizations ----------------------------------------------------------------------------------


@pytest.fixture
def second(noon):
    return make_organization("Second")


@pytest.fixture
def of_both(campus, second):
    """A client granted to two organizations."""
    return api.Caller(make_token(make_client(campus, second)))


def test_lists_and_ids_span_all_granted_organizations_and_the_header_narrows(of_both, campus, second):
    here, there = make_community_service(make_close(campus)), make_community_service(make_close(second))
    assert {row["id"] for row in of_both.get(URL).json()} == {here.pk, there.pk}
    narrowed = of_both.get(URL, X_Organization_Id=str(second.pk))
    assert [row["id"] for row in narrowed.json()] == [there.pk]
    assert of_both.get(f"{URL}/{here.pk}", X_Organization_Id=str(second.pk)).status_code == 404
    assert of_both.get(f"{URL}/{here.pk}").status_code == 200


def test_naming_an_organization_that_is_not_granted_is_refused_whether_it_exists_or_not(staff):
    foreign = staff.get(URL, X_Organization_Id=str(make_organization().pk))
    unknown = staff.get(URL, X_Organization_Id="999999999")
    assert foreign.status_code == unknown.status_code == 403
    assert foreign.json() == unknown.json()


def test_a_new_service_belongs_to_the_organization_of_its_close_or_supervisor(of_both, second):
    close = make_close(second)
    assert stored(create(of_both, close_id=close.pk)).organization == second
    assert stored(create(of_both, tiger_id=close.closer_id)).organization == second


def test_a_new_service_that_names_no_organization_is_refused_with_the_ids(of_both, campus, second):
    response = create(of_both)
    assert response.status_code == 400
    for organization in (campus, second):
        assert str(organization.pk) in response.json()["message"]
    assert stored(create_in(of_both, second)).organization == second


def create_in(caller, organization):
    return caller.post(URL, {"community_service": {"duration": 60}}, X_Organization_Id=str(organization.pk))


def test_a_service_cannot_be_moved_into_another_organization(of_both, campus, second):
    service, elsewhere = make_community_service(make_close(campus)), make_close(second)
    response = of_both.patch(f"{URL}/{service.pk}", {"community_service": {"close_id": elsewhere.pk}})
    assert refused(response) == {"close_id": ["must exist"]}


# -- headers ------------------------------------------------------------------------------------------------


def test_the_answer_to_a_creation_says_where_the_row_is(staff):
    response = create(staff)
    assert response["Location"] == f"{URL}/{response.json()['id']}"
    assert staff.get(response["Location"]).json() == response.json()


def test_each_answer_names_the_application_and_its_roles(campus):
    application = make_client(campus, name="Timetable", roles=[Role.BASIC_STAFF, Role.ADVANCED_STAFF])
    response = api.Caller(make_token(application)).get(URL)
    assert response["X-Application-Id"] == str(application.pk)
    assert response["X-Application-Name"] == "Timetable"
    assert response["X-Application-Roles"] == "Basic staff, Advanced staff"


def test_an_application_without_roles_says_none(campus):
    assert api.program(campus, roles=[]).get(URL)["X-Application-Roles"] == "None"


def test_an_unknown_method_is_refused_with_those_that_are_allowed(staff):
    response = staff.delete(URL)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"
    assert response.json()["error"] == "Method Not Allowed"


# -- what another writer did in between ---------------------------------------------------------------------------


def test_moving_a_service_writes_nothing_stale_back_to_its_new_close(campus, close):
    """The form read the close before another request changed its reason and its student."""
    read_before = make_close(campus)
    service = make_community_service(close, schedule_at=None)
    stored_now = Close.objects.get(pk=read_before.pk)
    stored_now.changed(reason="Newer", user=make_member(campus)).save()
    values = {"close": read_before, "schedule_at": datetime(2017, 11, 27, tzinfo=UTC)}
    update_community_service(service.pk, values)
    stored_now.refresh_from_db()
    assert (stored_now.reason, stored_now.state, stored_now.version) == ("Newer", "unclose", 3)
    assert told() == [stored_now.user_id]


def test_what_is_read_can_be_sent_back_after_its_day(noon, campus, close):
    response = create(api.program(campus), close_id=close.pk, schedule_at="2017-11-27T09:00:00.123456Z")
    service = response.json()
    noon.move_to(datetime(2017, 12, 1, tzinfo=UTC))
    again = {"community_service": {"schedule_at": service["schedule_at"], "duration": 60}}
    assert api.program(campus).put(f"{URL}/{service['id']}", again).status_code == 204


def test_a_client_of_several_organizations_is_told_of_an_id_that_is_no_row(of_both):
    assert refused(create(of_both, close_id=99999)) == {"close_id": ["must exist"]}
