"""The wire conventions of /api/v1, one by one [contract 40]."""

import pytest
from django.core.cache import cache

from appointments.api.base import AppointmentsView
from appointments.models import Calendar
from core.models import Role
from tests.appointment_factories import make_calendar, make_customer, make_group, make_service
from tests.appointments.wire import GroupCaller, account, done, error, fields, group_person, make_key, pro
from tests.factories import make_client, make_organization, make_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def staff(group):
    return pro(group)


@pytest.fixture
def calendar(group):
    return make_calendar(group, name="Dr Martin")


# -- addresses and formats ----------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["", "/", ".json", ".json/", "?format=json", ".json?format=json"])
def test_an_address_ends_as_old_clients_write_it(staff, calendar, ending):
    assert done(staff.get(f"calendars{ending}"))["totalRecords"] == 1
    assert done(staff.get(f"calendars/{calendar.pk}{ending}"))["id"] == calendar.pk


@pytest.mark.parametrize("ending", [".xml", "?format=xml", ".xml?format=json", "?format=yaml", ".json?format="])
def test_nothing_but_json_is_had(staff, calendar, ending):
    expected = 200 if ending == ".json?format=" else 406
    assert staff.get(f"calendars{ending}").status_code == expected
    if expected == 406:
        assert error(staff.get(f"calendars{ending}"), 406, 2)["message"] == "Only JSON can be had here"


def test_accept_that_rules_json_out_is_406_unless_the_address_says_json(staff):
    error(staff.get("calendars", Accept="application/xml"), 406, 2)
    assert staff.get("calendars.json", Accept="application/xml").status_code == 200


@pytest.mark.parametrize(
    "path", ["", "nowhere", "groups/x/nowhere", "groups/1/calendars/1/2", "Groups", "sessions/login", "calendars"]
)
def test_an_unknown_address_has_the_dialects_form(staff, path):
    for method in ("GET", "POST", "FOO"):
        assert error(staff.call(method, f"/api/v1/{path}"), 404, 3, "NoResult")["message"] == "No Results."


def test_what_is_not_offered_of_the_original_is_no_address(staff):
    for path in ("pros", "customfields"):
        error(staff.get(path), 404, 3)
    for path in ("accounts", "fiches", "vevents", "appointments.json"):
        error(staff.get(f"/api/v1/{path}"), 404, 3)


def test_a_method_that_is_not_there_is_code_2_and_says_which_are(staff, calendar):
    response = staff.patch(f"calendars/{calendar.pk}", {})
    error(response, 405, 2, "InvalidParameter")
    assert response["Allow"] == "DELETE, GET, HEAD, PUT"
    error(staff.delete("fiches/1"), 405, 2)


# -- credentials --------------------------------------------------------------------------------------------


def test_a_missing_or_wrong_credential_is_a_failed_login(group):
    for caller in (GroupCaller(group), GroupCaller(group, key="dk_x"), GroupCaller(group, token="x")):
        found = error(caller.get("calendars"), 401, 5, "LoginFailed")
        assert found["message"] == "Authentification failed."
        error(caller.get("/api/v1/groups"), 401, 5)


@pytest.mark.parametrize("named", ["{foreign}", "999999", "0", "-1", "x", "1.5", "٣", "%20", "9" * 40])
def test_a_group_that_is_not_granted_is_unauthorized_whether_or_not_it_exists(staff, named):
    path = f"/api/v1/groups/{named.format(foreign=make_organization().pk)}"
    for response in (staff.get(path + "/calendars"), staff.post(path + "/calendars", {}), staff.get(path)):
        # A dot is no part of an id.
        if named == "1.5":
            error(response, 404, 3)
            continue
        found = error(response, 403, 1, "Unauthorized")
        assert found["message"] == "You are not granted for this action."


def test_a_missing_scope_is_unauthorized_and_the_bearers_challenge_names_it(group):
    reader, writer = (pro(group, scopes=[f"appointments:{one}"]) for one in ("read", "write"))
    error(reader.post("calendars", {"calendar": {"name": "x"}}), 403, 1)
    response = writer.get("calendars")
    error(response, 403, 1)
    assert 'scope="appointments:read"' in response["WWW-Authenticate"]
    assert reader.get("calendars").status_code == 200
    assert writer.post("calendars", {"calendar": {"name": "x"}}).status_code == 201


def test_a_persons_profile_is_that_of_the_role_and_set_up_wants_advanced_staff(group):
    make_calendar(group, name="Hidden", is_open=False)
    answers = {}
    for role in Role:
        caller = group_person(group, role)
        records = done(caller.get("calendars"))["records"]
        answers[role.value] = (len(records), caller.post("calendars", {"calendar": {"name": "x"}}).status_code)
        Calendar.objects.filter(name="x").delete()
    assert answers == {
        "student": (0, 403),
        "basic_staff": (1, 403),
        "advanced_staff": (1, 201),
        "administrator": (1, 201),
    }


def test_a_key_granted_to_several_groups_names_one_by_the_address(group):
    other = make_group("Second")
    make_calendar(other, name="Elsewhere")
    client = make_client(group, other, roles=[Role.BASIC_STAFF], allowed_scopes=["appointments:read"])
    caller = GroupCaller(other, token=make_token(client))
    assert [one["name"] for one in done(caller.get("calendars"))["records"]] == ["Elsewhere"]
    assert done(caller.get(f"/api/v1/groups/{group.pk}/calendars"))["records"] == []
    assert {one["id"] for one in done(caller.get("/api/v1/groups"))["records"]} == {group.pk, other.pk}


# -- bodies and answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [{}, [], None, 1, {"name": "x"}, {"calendar": None}, {"calendar": []}, {"fiche": {}}])
def test_a_body_stands_under_its_resources_name(staff, calendar, body):
    error(staff.post("calendars", body), 400, 2)
    error(staff.put(f"calendars/{calendar.pk}", body), 400, 2)


def test_unknown_properties_are_passed_over(staff):
    body = {"calendar": {"name": "Desk", "colour": "red", "id": 7, "created_at": "x", "Name": 1}, "other": 1}
    assert done(staff.post("calendars", body), 201)["name"] == "Desk"


def test_all_that_is_wrong_is_told_at_once_by_its_place_in_the_requests_order(staff):
    hours = [{"day": 9, "start": "09:00", "end": "10:00"}]
    body = {"calendar": {"slot_step": 0, "opening_hours": hours, "capacity": "many", "calendarset_id": 999}}
    assert fields(staff.post("calendars", body)) == {
        "slot_step": ["must be from 1 to 1440"],
        "opening_hours[0].day": ["must be a day of the week, from 1 (Monday) to 7"],
        "capacity": ["must be an integer"],
        "calendarset_id": ["must exist"],
        "name": ["must be given"],
    }


def test_numbers_and_booleans_come_as_old_clients_send_them(staff, calendar):
    for value in (0, "0", False, "false"):
        assert done(staff.put(f"calendars/{calendar.pk}", {"calendar": {"open": value}}))["open"] is False
    for value in (1, "1", True, "true"):
        assert done(staff.put(f"calendars/{calendar.pk}", {"calendar": {"open": value}}))["open"] is True
    assert done(staff.put(f"calendars/{calendar.pk}", {"calendar": {"sort": "7"}}))["sort"] == 7
    for value in (2, "yes", "", None, [], 1.0):
        assert list(fields(staff.put(f"calendars/{calendar.pk}", {"calendar": {"open": value}}))) == ["open"]


def test_a_blank_text_is_an_empty_one_and_a_blank_birthdate_null(staff, group):
    customer = make_customer(group, firstphone="1", birthdate="1980-12-31")
    found = done(staff.put(f"fiches/{customer.pk}", {"fiche": {"firstphone": None, "birthdate": ""}}))
    assert (found["firstphone"], found["birthdate"]) == ("", None)


def test_another_group_in_the_body_is_refused(staff, group):
    foreign = make_organization().pk
    assert fields(staff.post("calendars", {"calendar": {"name": "x", "group_id": foreign}})) == {
        "group_id": ["must be the group of the address"]
    }
    for same in (group.pk, str(group.pk)):
        assert staff.post("calendars", {"calendar": {"name": "x", "group_id": same}}).status_code == 201


@pytest.mark.parametrize("sent", ["[{}]", [0], [[1]], "x", "[", 1.5, True, {}, ["x"], "999999"])
def test_ids_that_are_none_are_told(staff, sent):
    assert staff.post("interventions", {"intervention": {"name": "x", "calendar_ids": sent}}).status_code == 400


def test_ids_are_read_in_three_ways(staff, calendar):
    for sent in ([calendar.pk], f"[{calendar.pk}]", [str(calendar.pk)], calendar.pk):
        body = {"intervention": {"name": "x", "calendar_ids": sent}}
        assert done(staff.post("interventions", body), 201)["calendar_ids"] == [calendar.pk]
    service = make_service(calendar.organization, calendar)
    for query in (f"[]={service.pk}", f"=[{service.pk}]", f"={service.pk}", f"[]={service.pk}&intervention_ids[]="):
        response = staff.get(f"calendars?intervention_ids{query}")
        assert response.status_code == (400 if query.endswith("[]=") else 200)


# -- what all dialects have ---------------------------------------------------------------------------------


def test_what_is_still_the_same_is_not_sent_again_and_a_stale_if_match_is_412(staff, calendar):
    path = f"calendars/{calendar.pk}"
    tag = staff.get(path)["ETag"]
    assert tag.startswith('"1-')
    assert staff.get(path, **{"If-None-Match": tag}).status_code == 304
    body = {"calendar": {"city": "Lyon"}}
    changed = staff.put(path, body, **{"If-Match": tag})
    assert changed["ETag"] == staff.get(path)["ETag"]
    error(staff.put(path, body, **{"If-Match": tag}), 412, 2)
    error(staff.delete(path, **{"If-Match": tag}), 412, 2)
    assert staff.delete(path, **{"If-Match": changed["ETag"]}).status_code == 200


def test_a_change_that_changes_nothing_leaves_version_and_history(staff, calendar):
    for body in ({}, {"name": "Dr Martin", "open": 1, "deleted": False}):
        assert staff.put(f"calendars/{calendar.pk}", {"calendar": body}).status_code == 200
    calendar.refresh_from_db()
    assert (calendar.version, calendar.history.count()) == (1, 1)


def test_the_request_id_is_given_back(staff):
    assert staff.get("calendars", X_Request_Id="look-for-me")["X-Request-Id"] == "look-for-me"


def test_a_failure_of_ours_names_its_request(staff, monkeypatch):
    def fail(self):
        raise RuntimeError("secret")

    monkeypatch.setattr(AppointmentsView, "is_staff", property(fail))
    staff.client.raise_request_exception = False
    found = error(staff.get("calendars", X_Request_Id="look-for-me"), 500, 4, "ServerError")
    assert found == {
        "code": 4,
        "name": "ServerError",
        "message": "Server Error not identified.",
        "fields": {},
        "request_id": "look-for-me",
    }


def test_too_many_requests_have_no_number(group, settings):
    cache.clear()
    settings.RATE_LIMIT_PER_SECOND = 1
    caller = account(group)
    answers = [caller.get("calendars") for _ in range(5)]
    refused = next(response for response in answers if response.status_code == 429)
    found = error(refused, 429, None, "TooManyRequests")
    assert found["fields"] == {}
    cache.clear()


def test_errors_are_in_english_whatever_the_language_asked_for(staff):
    response = staff.post("calendars", {"calendar": {"name": ""}}, **{"Accept-Language": "fr"})
    assert fields(response) == {"name": ["must not be empty"]}


def test_the_first_refusal_wins(group):
    """Two faults in one request: the earlier of the contract's order is told."""
    broken = {"Content-Type": "text/xml"}
    nobody = GroupCaller(make_organization())
    error(nobody.call("PATCH", "calendars"), 405, 2)
    error(nobody.post("calendars", {}), 401, 5)
    foreign = GroupCaller(make_organization(), key=make_key(group, scopes=["public"]))
    error(foreign.post("calendars", form="x"), 403, 1)
    customer = account(group)
    error(customer.call("POST", "calendars.xml", form="x"), 403, 1)
    staff = pro(group)
    error(staff.call("POST", "calendars.xml", form="x"), 406, 2)
    error(staff.call("PUT", "calendars/999", form="x", **broken), 415, 2)
    error(staff.put("calendars/999", {}), 400, 2)
    error(staff.put("calendars/999", {"calendar": {"name": 1}}, If_Match='"9-x"'), 404, 3)
