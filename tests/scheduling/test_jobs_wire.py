"""What every call under /v1 has in common: customer, problems, strict JSON, ETags [contracts 00 and 20]."""

import json

import pytest

from core.models import IdempotencyKey, Role
from scheduling.models import ContactGroup, JobType
from tests.factories import make_organization
from tests.job_factories import make_contact, make_job_type
from tests.scheduling.jobs_calls import errors, jobs_person, jobs_program, made, problem

pytestmark = pytest.mark.django_db
GROUPS = "/v1/contactGroups"


@pytest.fixture
def customer():
    return make_organization()


@pytest.fixture
def client(customer):
    return jobs_program(customer)


@pytest.fixture
def group(customer):
    return ContactGroup.objects.create(organization=customer, name="Schools")


# -- Customer-Id --------------------------------------------------------------------------------------------


def test_a_call_without_customer_id_is_malformed(client):
    del client.headers["Customer-Id"]
    for named in ({}, {"Customer-Id": ""}, {"Customer-Id": " "}):
        assert problem(client.get(GROUPS, **named), 400)["detail"] == "The header Customer-Id is missing"


@pytest.mark.parametrize("text", ["abc", "1.0", "1,2", "0x1", "1 2", "9" * 20])
def test_a_customer_id_that_is_no_integer_is_malformed(client, text):
    found = problem(client.get(GROUPS, **{"Customer-Id": text}), 400)
    assert found["detail"] == "The header Customer-Id must be an integer"


def test_a_foreign_customer_and_one_that_never_existed_get_the_same_403(client):
    foreign = problem(client.get(GROUPS, **{"Customer-Id": str(make_organization().pk)}), 403)
    assert foreign == problem(client.get(GROUPS, **{"Customer-Id": "999999999"}), 403)
    assert foreign == problem(client.get(GROUPS, **{"Customer-Id": "-1"}), 403)


def test_customer_id_is_read_whatever_the_case_of_its_name(client, customer, group):
    del client.headers["Customer-Id"]
    assert client.get(GROUPS, **{"customer-id": str(customer.pk)}).json()["pageItemCount"] == 1


def test_a_client_of_two_customers_sees_the_one_it_names(customer, group):
    other = make_organization()
    client = jobs_program(other, customer)
    assert client.get(GROUPS).json()["items"] == []
    assert client.get(GROUPS, **{"Customer-Id": str(customer.pk)}).json()["items"] == [
        {"id": group.pk, "name": "Schools"}
    ]
    assert client.get(f"{GROUPS}/{group.pk}").status_code == 404


def test_the_customer_is_judged_before_the_scope_and_after_the_token(customer):
    client = jobs_program(customer, scopes=["public"])
    assert "Customer-Id" in problem(client.get(GROUPS, **{"Customer-Id": "x"}), 400)["detail"]
    assert problem(client.get(GROUPS), 403)["detail"] == "Insufficient scope"
    client.token = "nobody"
    assert problem(client.get(GROUPS, **{"Customer-Id": "x"}), 401)["detail"] == "The access token is invalid"


# -- scopes and roles ---------------------------------------------------------------------------------------


def test_reading_asks_jobs_read_and_writing_jobs_write(customer, group):
    reader, writer = jobs_program(customer, scopes=["jobs:read"]), jobs_program(customer, scopes=["jobs:write"])
    assert reader.get(GROUPS).status_code == 200
    assert writer.post(GROUPS, {"name": "Bakeries"}).status_code == 201
    assert writer.get(GROUPS).status_code == reader.post(GROUPS, {"name": "x"}).status_code == 403
    assert reader.patch(f"{GROUPS}/{group.pk}", {}).status_code == 403


def test_a_person_reads_as_basic_staff_and_writes_reference_data_as_advanced_staff(customer):
    answers = {
        role: (
            jobs_person(customer, role).get(GROUPS).status_code,
            jobs_person(customer, role).post(GROUPS, {"name": "x"}).status_code,
        )
        for role in (Role.STUDENT, Role.BASIC_STAFF, Role.ADVANCED_STAFF)
    }
    assert answers == {Role.STUDENT: (403, 403), Role.BASIC_STAFF: (200, 403), Role.ADVANCED_STAFF: (200, 201)}


# -- problems -----------------------------------------------------------------------------------------------


def test_a_problem_names_its_address_and_status(client):
    found = problem(client.get(f"{GROUPS}/999"), 404)
    assert found == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Not found",
        "instance": f"{GROUPS}/999",
    }


@pytest.mark.parametrize("path", ["/v1/nope", "/v1/", f"{GROUPS}/1/2", f"{GROUPS}//", "/v1/contactgroups"])
def test_an_unknown_address_is_a_problem_too(client, path):
    assert problem(client.get(path), 404)["instance"] == path


@pytest.mark.parametrize("key", ["abc", "0", "-1", "01", "1.0", "9" * 30, "%20", "1%0A"])
def test_an_id_that_is_none_is_no_row(client, key):
    problem(client.get(f"{GROUPS}/{key}"), 404)


def test_another_method_is_refused_with_those_allowed(client, group):
    response = client.delete(f"{GROUPS}/{group.pk}")
    assert problem(response, 405)["title"] == "Method Not Allowed"
    assert response["Allow"] == "GET, HEAD, PATCH"


def test_a_server_error_carries_the_request_id(client, group, monkeypatch):
    monkeypatch.setattr(ContactGroup.objects.__class__, "all", lambda self: 1 / 0)
    response = client.get(GROUPS, **{"X-Request-Id": "seen-again"})
    assert problem(response, 500)["requestId"] == "seen-again"


def test_head_answers_as_get_without_a_body(client, group):
    head, get = client.call("HEAD", f"{GROUPS}/{group.pk}"), client.get(f"{GROUPS}/{group.pk}")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", get["ETag"])


def test_a_final_slash_is_let_pass(client, group):
    assert client.get(f"{GROUPS}/{group.pk}/").json() == {"id": group.pk, "name": "Schools"}


# -- bodies -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [[], [{"name": "x"}], "x", 1, True])
def test_a_body_that_is_no_object_is_malformed_whatever_the_row(client, body):
    assert problem(client.post(GROUPS, body), 400)["detail"] == "The body must be a JSON object"
    assert problem(client.patch(f"{GROUPS}/999", body), 400)


def test_a_form_is_not_read_here(client):
    assert problem(client.post(GROUPS, form="name=x"), 415)


def test_all_that_is_wrong_is_told_in_one_answer_in_the_requests_order(client, customer):
    body = {
        "isArchived": "no",
        "plannedDuration": 0,
        "description": 5,
        "positiveResults": ["a", "a", "b"],
        "categoryId": 77,
    }
    assert errors(client.post("/v1/jobTypes", body)) == {
        "isArchived": ["must be true or false"],
        "plannedDuration": ["must be from 1 to 10080"],
        "description": ["must be a text"],
        "positiveResults": ["must differ from each other"],
        "categoryId": ["must exist"],
        "name": ["must be given"],
    }
    assert not JobType.objects.exists()


@pytest.mark.parametrize(
    ("property_", "value"),
    [
        *[("plannedDuration", value) for value in ("60", 60.0, True, None, [60], 2**63, -1)],
        *[("name", value) for value in (1, True, None, ["x"], {}, "", "  ", "x" * 121)],
        *[("isTasksEnabled", value) for value in (0, 1, "true", None, [])],
        *[("categoryId", value) for value in ("1", 1.5, True, [1], {}, 2**63)],
        *[("positiveResults", value) for value in ("x", {}, None, ["x"] * 101)],
        *[("customFieldDefinitionIds", value) for value in (1, "1", None)],
    ],
)
def test_a_value_of_another_type_or_range_is_refused_on_its_property(client, property_, value):
    assert list(errors(client.post("/v1/jobTypes", {"name": "Repair", property_: value}))) == [property_]


def test_an_item_of_a_list_is_named_by_its_number(client, customer):
    body = {"name": "Repair", "positiveResults": ["done", 5, ""], "customFieldDefinitionIds": [1, "x"]}
    assert errors(client.post("/v1/jobTypes", body)) == {
        "positiveResults[1]": ["must be a text"],
        "positiveResults[2]": ["must not be empty"],
        "customFieldDefinitionIds[0]": ["must exist"],
        "customFieldDefinitionIds[1]": ["must be an integer"],
    }


def test_unknown_properties_are_passed_over_and_names_are_exact(client):
    made(client.post(GROUPS, {"name": "Schools", "colour": "red"}))
    assert errors(client.post(GROUPS, {"Name": "Schools"})) == {"name": ["must be given"]}


def test_an_omitted_property_is_kept_and_null_unsets(client, customer):
    job_type = make_job_type(customer, description="Once a year", auto_reference_prefix="BS")
    response = client.patch(f"/v1/jobTypes/{job_type.pk}", {"description": None})
    assert (response.status_code, response.content) == (204, b"")
    found = client.get(f"/v1/jobTypes/{job_type.pk}").json()
    assert (found["description"], found["autoReferencePrefix"]) == (None, "BS")


def test_a_patch_that_changes_nothing_leaves_version_and_history(client, group):
    assert client.patch(f"{GROUPS}/{group.pk}", {"name": "Schools"}).status_code == 204
    assert client.patch(f"{GROUPS}/{group.pk}", {}).status_code == 204
    group.refresh_from_db()
    assert (group.version, group.history.count()) == (1, 1)


# -- ETags and keys -----------------------------------------------------------------------------------------


def test_what_is_still_the_same_is_not_sent_again(client, group):
    tag = client.get(f"{GROUPS}/{group.pk}")["ETag"]
    assert client.get(f"{GROUPS}/{group.pk}", **{"If-None-Match": tag}).status_code == 304


def test_a_stale_if_match_is_refused_and_a_fresh_one_passes(client, group):
    tag = client.get(f"{GROUPS}/{group.pk}")["ETag"]
    assert client.patch(f"{GROUPS}/{group.pk}", {"name": "Lycées"}, **{"If-Match": tag}).status_code == 204
    stale = problem(client.patch(f"{GROUPS}/{group.pk}", {"name": 5}, **{"If-Match": tag}), 412)
    assert stale["title"] == "Precondition Failed"
    assert client.get(f"{GROUPS}/{group.pk}").json()["name"] == "Lycées"


def test_a_create_says_where_the_row_is_and_its_version(client):
    response = client.post(GROUPS, {"name": "Schools"})
    assert response["Location"] == f"{GROUPS}/{made(response)}"
    assert client.patch(response["Location"], {"name": "x"}, **{"If-Match": response["ETag"]}).status_code == 204


def test_a_repeated_key_gets_the_first_answer_again_for_the_same_customer_alone(customer):
    other = make_organization()
    client = jobs_program(customer, other)
    key = {"Idempotency-Key": "one"}
    first, again = (client.post(GROUPS, {"name": "Schools"}, **key) for _ in range(2))
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    elsewhere = client.post(GROUPS, {"name": "Schools"}, **key, **{"Customer-Id": str(other.pk)})
    assert made(elsewhere) != made(first)
    assert ContactGroup.objects.count() == IdempotencyKey.objects.count() == 2
    assert problem(client.post(GROUPS, {"name": "Bakeries"}, **key), 422)["errors"] == {}


def test_a_change_is_audited_as_the_clients(client, group):
    client.patch(f"{GROUPS}/{group.pk}", {"name": "Lycées"})
    row = group.history.first()
    assert (row.name, row.door, row.application_id is not None) == ("Lycées", "api", True)


def test_an_instant_is_shown_in_utc_with_milliseconds(client, customer):
    contact = make_contact(customer)
    shown = client.get(f"/v1/contacts/{contact.pk}").json()["createdAt"]
    assert shown == contact.created_at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{contact.created_at.microsecond // 1000:03d}Z"


def test_errors_are_in_english_whatever_the_language_asked_for(client):
    response = client.post(GROUPS, {}, **{"Accept-Language": "fr"})
    assert json.loads(response.content)["errors"] == {"name": ["must be given"]}
