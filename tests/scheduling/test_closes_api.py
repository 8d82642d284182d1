"""/v2/closes: what may be sent, what is refused, what is done [contract 10]."""

from datetime import UTC, datetime

import pytest

from core.models import Role
from scheduling.models import Close, CommunityService
from tests import api
from tests.factories import make_client, make_community_service, make_member, make_organization, make_token
from tests.scheduling.access_table import CLOSE_KEYS, SERVICE_KEYS
from tests.scheduling.calls import CLOSES, refused, stored_close, told
from tests.scheduling.calls import create_close as create

pytestmark = pytest.mark.django_db
NESTED = "community_services_attributes"


def test_a_close_is_shown_with_its_services_and_people(staff, fields, student, tiger, settings):
    answer = create(staff, fields, **{NESTED: [{"duration": "7200", "occupation": "Ask at front desk"}]}).json()
    assert list(answer) == CLOSE_KEYS
    assert (answer["kind"], answer["state"], answer["end_at"]) == ("other", "close", None)
    assert answer["user"] == {
        "id": student.pk,
        "login": student.login,
        "url": f"{settings.SITE_URL}/v2/users/{student.login}",
    }
    assert answer["closer"]["id"] == tiger.pk
    (service,) = answer["community_services"]
    assert list(service) == SERVICE_KEYS[:-1]
    assert (service["duration"], service["occupation"], service["state"]) == (7200, "Ask at front desk", "schedule")


def test_the_url_of_a_person_opens_that_person(staff, fields, student):
    url = create(staff, fields).json()["user"]["url"]
    path = "/v2/users/" + url.rpartition("/v2/users/")[2]
    assert staff.get(path).json() == {"id": student.pk, "login": student.login, "url": url}


@pytest.mark.parametrize("path", ["{0.pk}/closes", "{0.login}/closes", "{0.login}/closes.json"])
def test_in_the_nested_route_the_person_comes_from_the_path(staff, fields, student, path):
    del fields["user_id"]
    close = stored_close(staff.post("/v2/users/" + path.format(student), {"close": fields}))
    assert close.user == student
    assert [row["id"] for row in staff.get("/v2/users/" + path.format(student)).json()] == [close.pk]


def test_the_path_wins_over_a_user_id_in_the_body(staff, campus, fields, student):
    fields["user_id"] = make_member(campus).pk
    close = stored_close(staff.post(f"/v2/users/{student.pk}/closes", {"close": fields}))
    assert close.user == student


def test_a_login_with_dots_is_found_with_and_without_json(staff, campus):
    make_member(campus, login="jean.dupont")
    assert staff.get("/v2/users/jean.dupont").json()["login"] == "jean.dupont"
    assert staff.get("/v2/users/jean.dupont.json").json()["login"] == "jean.dupont"


def test_the_closer_is_the_tokens_owner_where_none_is_named(campus, fields):
    del fields["closer_id"]
    owner = make_member(campus, Role.BASIC_STAFF)
    assert stored_close(create(api.person(owner, make_client(campus)), fields)).closer == owner


@pytest.mark.parametrize("name", ["user_id", "closer_id", "kind", "reason"])
@pytest.mark.parametrize("sent", ["absent", None, ""])
def test_what_is_required_is_missing_when_absent_null_or_blank(staff, fields, name, sent):
    fields.pop(name)
    response = create(staff, fields, **({} if sent == "absent" else {name: sent}))
    assert response.status_code == 400
    assert response.json() == {"error": "Bad Request", "message": f"Missing parameter {name}"}


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_request(staff, student, campus):
    wrong = {
        "kind": "holiday",
        "end_at": "2017-11-22 11:59 UTC",
        "closer_id": student.pk,
        "user_id": make_member(make_organization()).pk,
        "reason": "x" * 5001,
        NESTED: [{"duration": 60}],
    }
    assert refused(create(staff, wrong)) == {
        "kind": [
            "is not included in the list: agu, other, deserter, black_hole, serious_misconduct, social_security, "
            "non_admitted, pace_unknown"
        ],
        "end_at": ["must be in the future"],
        "closer_id": ["must be a member of staff"],
        "user_id": ["must exist"],
        "reason": ["is too long (maximum is 5000 characters)"],
        f"{NESTED}[0][duration]": ["must be 7200, 14400 or 28800 (seconds: 2, 4 or 8 hours)"],
    }
    assert list(refused(create(staff, wrong))) == [*[*wrong][:-1], f"{NESTED}[0][duration]"]


def test_an_end_in_the_future_is_kept(staff, fields):
    assert create(staff, fields, end_at="2018-01-01").json()["end_at"] == "2017-12-31T23:00:00.000Z"


# -- changes ------------------------------------------------------------------------------------------------


def test_an_update_keeps_what_is_absent_and_unsets_the_end_by_null(staff, close):
    Close.objects.filter(pk=close.pk).update(end_at=datetime(2018, 1, 1, tzinfo=UTC))
    assert staff.put(f"{CLOSES}/{close.pk}", {"close": {"end_at": None, "kind": "agu"}}).status_code == 204
    close.refresh_from_db()
    assert (close.end_at, close.kind, close.reason) == (None, "agu", "Connecticut giants")


def test_an_end_that_has_passed_hinders_no_other_change(staff, close):
    Close.objects.filter(pk=close.pk).update(end_at=datetime(2017, 1, 1, tzinfo=UTC))
    assert staff.patch(f"{CLOSES}/{close.pk}", {"close": {"reason": "Later"}}).status_code == 204


def test_the_state_is_changed_by_its_own_calls_alone(staff, close):
    staff.patch(f"{CLOSES}/{close.pk}", {"close": {"state": "unclose"}})
    close.refresh_from_db()
    assert close.state == "close"


def test_unclose_and_close_again_and_again(staff, close):
    for verb in ("unclose", "close", "unclose"):
        response = staff.put(f"{CLOSES}/{close.pk}/{verb}", Prefer="return=representation")
        assert (response.status_code, response.json()["state"]) == (200, verb)


@pytest.mark.parametrize("verb", ["close", "unclose"])
def test_the_state_that_it_has_already_changes_nothing(staff, close, verb):
    Close.objects.filter(pk=close.pk).update(state=verb)
    assert staff.patch(f"{CLOSES}/{close.pk}/{verb}").status_code == 204
    close.refresh_from_db()
    assert (close.version, close.history.count()) == (1, 1)


def test_a_close_whose_end_is_past_is_not_closed_again(staff, close):
    Close.objects.filter(pk=close.pk).update(state="unclose", end_at=datetime(2017, 11, 21, tzinfo=UTC))
    response = staff.patch(f"{CLOSES}/{close.pk}/close")
    assert refused(response) == {"end_at": ["must be in the future"]}


def test_a_close_that_goes_to_another_student_tells_that_student_and_ends_old_links(staff, campus, close):
    service = make_community_service(close)
    other = make_member(campus)
    assert staff.patch(f"{CLOSES}/{close.pk}", {"close": {"user_id": other.pk}}).status_code == 204
    service.refresh_from_db()
    assert told() == [other.pk]
    assert service.link_version == 2


def test_deleting_a_close_deletes_its_services(advanced, close):
    make_community_service(close)
    assert advanced.delete(f"{CLOSES}/{close.pk}").status_code == 204
    assert CommunityService.objects.count() == Close.objects.count() == 0


# -- several organizations ----------------------------------------------------------------------------------


def test_a_new_close_belongs_to_the_organization_of_its_student(campus):
    second = make_organization()
    caller = api.Caller(make_token(make_client(campus, second)))
    student, tiger = make_member(second), make_member(second, Role.BASIC_STAFF)
    fields = {"user_id": student.pk, "closer_id": tiger.pk, "kind": "other", "reason": "Late"}
    assert stored_close(create(caller, fields)).organization == second


def test_people_of_two_organizations_cannot_share_a_close(campus, student):
    second = make_organization()
    caller = api.Caller(make_token(make_client(campus, second)))
    elsewhere = make_member(second, Role.BASIC_STAFF)
    fields = {"user_id": student.pk, "closer_id": elsewhere.pk, "kind": "other", "reason": "Late"}
    assert refused(create(caller, fields)) == {"closer_id": ["must exist"]}


def test_a_person_of_another_organization_is_not_found(staff):
    foreign = make_member(make_organization())
    for path in (f"/v2/users/{foreign.pk}", f"/v2/users/{foreign.login}", "/v2/users/nobody", "/v2/users/999999"):
        response = staff.get(path)
        assert (response.status_code, response.json()) == (404, {})


def test_a_close_takes_a_hundred_services_and_no_more(staff, fields):
    assert refused(create(staff, fields, **{NESTED: [{"duration": 7200}] * 101})) == {
        NESTED: ["must be at most 100 community services"]
    }
    assert not Close.objects.exists()


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_reason_of_blanks_is_no_reason(staff, fields, close, method):
    path = CLOSES if method == "POST" else f"{CLOSES}/{close.pk}"
    assert refused(staff.call(method, path, {"close": {**fields, "reason": "  "}})) == {"reason": ["can't be blank"]}
