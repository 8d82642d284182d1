"""The small print of the wire: where the contract's sentences have edges [contracts 00 and 10]."""

from datetime import UTC, datetime

import pytest

from core.models import Role
from scheduling.models import Close, CommunityService
from tests import api
from tests.factories import make_client, make_community_service, make_member, make_organization, make_token
from tests.scheduling.calls import CLOSES, SERVICES, create_close, create_service, refused, stored_close

pytestmark = pytest.mark.django_db


def found(caller, query: str) -> list[int]:
    response = caller.get(f"{SERVICES}?{query}")
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()]


# -- instants are shown in milliseconds, and found by what was shown ----------------------------------------------


@pytest.fixture
def service(close):
    """Made at .216543 of a second, shown as .216."""
    service = make_community_service(close)
    made = datetime(2017, 11, 22, 13, 43, 32, 216543, tzinfo=UTC)
    CommunityService.objects.update(created_at=made, updated_at=made)
    return service


SHOWN, BEFORE, AFTER = (f"2017-11-22T13:43:32.{milliseconds}Z" for milliseconds in ("216", "215", "217"))


@pytest.mark.parametrize("name", ["created_at", "updated_at"])
def test_a_row_is_found_by_the_instant_that_it_shows(staff, service, name):
    assert staff.get(f"{SERVICES}/{service.pk}").json()[name] == SHOWN
    assert found(staff, f"filter[{name}]={SHOWN}") == [service.pk]
    assert found(staff, f"filter[{name}]={AFTER},{SHOWN}") == [service.pk]
    assert found(staff, f"filter[{name}]={BEFORE},{AFTER}") == []


@pytest.mark.parametrize(
    ("ends", "inside"),
    [
        (f"{SHOWN},{SHOWN}", True),
        (f",{SHOWN}", True),
        (f"{SHOWN},", True),
        (f"{BEFORE},{AFTER}", True),
        (f",{BEFORE}", False),
        (f"{AFTER},", False),
        ("0001-01-02,9999-12-31 UTC", True),
        (",9999-12-31T23:59:59.999Z", True),
        ("9999-12-31T23:59:59.999Z,", False),
    ],
)
def test_both_ends_of_a_range_of_instants_belong_to_it(staff, service, ends, inside):
    assert found(staff, f"range[created_at]={ends}") == ([service.pk] if inside else [])


def test_a_filter_takes_a_hundred_instants_and_says_when_they_are_too_many(staff, service):
    assert found(staff, f"filter[created_at]={','.join([SHOWN] * 100)}") == [service.pk]
    response = staff.get(f"{SERVICES}?filter[created_at]={','.join([SHOWN] * 101)}")
    assert response.status_code == 400
    assert response.json()["message"] == "The attribute created_at has more than 100 values"


# -- pages, preferences, nesting ----------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["page[number]=2&per_page=1", "page=2&per_page=1", "page[number]=2&page[size]=1"])
def test_both_spellings_of_a_page_may_stand_together(staff, close, query):
    older, _ = make_community_service(close), make_community_service(close)
    assert found(staff, query) == [older.pk]


@pytest.mark.parametrize(
    ("prefer", "status"),
    [
        ("return=representation", 200),
        ('return="representation"', 200),
        ("Return = representation", 200),
        ("respond-async, return=representation; a=b", 200),
        ("return=minimal", 204),
        ("noreturn=representations", 204),
    ],
)
def test_the_object_is_answered_to_who_prefers_it(staff, close, prefer, status):
    service = make_community_service(close)
    response = staff.put(f"{SERVICES}/{service.pk}", {"community_service": {}}, Prefer=prefer)
    assert response.status_code == status
    assert response.headers.get("Preference-Applied") == ("return=representation" if status == 200 else None)


def nested(levels: int, core: object) -> object:
    value = core
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("core", [[], {}, [1], {"a": "b"}])
def test_thirty_two_levels_are_read_and_one_more_is_not(staff, core):
    """The root, the hash under it and the innermost one are three of them."""
    assert create_service(staff, ignored=nested(29, core)).status_code == 201
    response = create_service(staff, ignored=nested(30, core))
    assert (response.status_code, response.json()["message"]) == (400, "The body is nested too deeply")


def test_a_form_has_as_many_levels_as_json(staff):
    for levels, status in ((31, 201), (32, 400)):
        form = f"community_service[duration]=60&a{'[b]' * levels}=1"
        assert staff.post(SERVICES, form=form).status_code == status


# -- headers and addresses ----------------------------------------------------------------------------------------


def test_what_the_client_has_already_is_no_html(staff, close):
    path = f"{SERVICES}/{make_community_service(close).pk}"
    response = staff.get(path, If_None_Match=staff.get(path)["ETag"])
    assert (response.status_code, response["Content-Type"]) == (304, "application/json")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Front\r\nX-Evil: 1", "Front X-Evil: 1"), ("Réception", "Réception"), ("受付 2", "?? 2"), ("\t", "")],
)
def test_the_clients_name_stays_one_header(campus, name, shown):
    caller = api.Caller(make_token(make_client(campus, name=name)))
    for path, status in ((SERVICES, 200), (f"{SERVICES}/999", 404)):
        response = caller.get(path)
        assert (response.status_code, response["X-Application-Name"]) == (status, shown)
        assert "X-Evil" not in response


@pytest.mark.parametrize("path", ["/v2", "/v2/", "/v2.json"])
def test_the_bare_prefix_is_answered_in_the_dialect_or_as_a_problem(staff, path):
    response = staff.get(path)
    assert response.status_code == 404
    assert (response.json() == {}) == (path != "/v2.json")


# -- the closer is the token's owner ------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [None, ""])
def test_a_blank_closer_is_the_tokens_owner_too(campus, fields, sent):
    owner = make_member(campus, Role.BASIC_STAFF)
    person = api.person(owner, make_client(campus))
    assert stored_close(create_close(person, fields, closer_id=sent)).closer == owner
    path = f"/v2/users/{fields['user_id']}/closes"
    assert stored_close(person.post(path, {"close": {**fields, "closer_id": sent}})).closer == owner


def test_what_is_not_writable_is_passed_over(staff, close, fields):
    answer = create_service(staff, state="validated", id=77, version=9, created_at="2001-01-01").json()
    assert (answer["state"], answer["id"] == 77, answer["created_at"][:4]) == ("schedule", False, "2017")
    made = stored_close(create_close(staff, fields, state="unclose", organization_id=9))
    assert (made.state, made.organization) == (Close.State.CLOSE, close.organization)
    assert staff.patch(f"{CLOSES}/{made.pk}", {"close": {"state": "unclose"}}).status_code == 204
    assert staff.get(f"{CLOSES}/{made.pk}").json()["state"] == "close"


def test_a_nested_service_that_was_never_stored_may_be_dropped_by_any_staff(staff, close):
    body = {"close": {"community_services_attributes": [{"_destroy": "1"}, {"duration": 7200}]}}
    assert staff.patch(f"{CLOSES}/{close.pk}", body).status_code == 204
    assert close.community_services.count() == 1


# -- several organizations ----------------------------------------------------------------------------------------


def test_a_credential_of_several_organizations_is_told_all_bad_fields_at_once_too(campus):
    both = api.Caller(make_token(make_client(campus, make_organization())))
    sent = {"duration": 0, "close_id": 999999, "schedule_at": "2001-01-01", "occupation": [1]}
    errors = refused(create_service(both, **sent))
    assert list(errors) == ["duration", "close_id", "schedule_at", "occupation"]
    assert errors["close_id"] == ["must exist"]
    close = {"user_id": 999999, "closer_id": 999999, "kind": "odd", "reason": 1, "end_at": "2001-01-01"}
    assert list(refused(create_close(both, close))) == ["user_id", "closer_id", "kind", "reason", "end_at"]
    assert (CommunityService.objects.count(), Close.objects.count()) == (0, 0)
