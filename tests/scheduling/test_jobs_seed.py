"""POST /v1/jobs as the seed documents it: every field, every status, the problem's schema [seeds/jobs]."""

import jsonschema
import pytest

from core.models import Organization
from scheduling.models import Job
from scheduling.services import jobs
from tests.factories import make_organization
from tests.job_factories import make_definition, make_job_type
from tests.scheduling.jobs_calls import jobs_program
from tests.scheduling.jobs_world import World

pytestmark = pytest.mark.django_db

TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "properties": {
        "type": {**TEXT, "format": "uri-reference"},
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "instance": {**TEXT, "format": "uri-reference"},
    },
    "required": ["type", "title", "status", "detail", "instance"],
}
# "errors object: property name* string[]"
CLIENT_ERROR = {
    **PROBLEM,
    "properties": {
        **PROBLEM["properties"],
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}, "minProperties": 1},
    },
    "required": [*PROBLEM["required"], "errors"],
}


def check_problem(response, status: int, schema: dict = PROBLEM) -> dict:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    jsonschema.validate(body, schema, format_checker=jsonschema.FormatChecker())
    assert (body["status"], body["instance"]) == (status, "/v1/jobs")
    return body


@pytest.fixture
def world(monday):
    return World()


@pytest.fixture
def fields(world):
    """Every field that the seed documents."""
    definition = make_definition(world.organization, "text")
    job_type = make_job_type(world.organization, definition)
    return {
        "typeId": job_type.pk,
        "contactId": world.contact.pk,
        "plannedDuration": 90,
        "reference": "R-1",
        "description": "The oven stays cold",
        "personId": str(world.person.uid),
        "orderNumber": "PO-1",
        "customFields": [{"definitionId": definition.pk, "value": "left door"}],
    }


def test_every_documented_field_makes_a_job_and_the_answer_is_its_id(world, fields):
    response = world.api.post("/v1/jobs", fields)
    job = Job.objects.get()
    assert (response.status_code, response.json()) == (201, {"id": job.pk})
    assert response["Content-Type"] == "application/json"
    assert response["Location"] == f"/v1/jobs/{job.pk}"
    shown = world.get(job.pk)
    assert {name: shown[name] for name in fields} == fields
    assert shown["status"] == "new"


def test_nulls_are_as_nothing(world, fields):
    nullable = dict.fromkeys(("plannedDuration", "reference", "description", "personId", "orderNumber"))
    response = world.api.post("/v1/jobs", {**fields, **nullable})
    shown = world.get(response.json()["id"])
    assert (shown["plannedDuration"], shown["reference"], shown["description"], shown["orderNumber"]) == (
        60,
        None,
        "",
        None,
    )
    assert shown["personId"] == str(world.person.uid), "the contact's primary person"


def test_a_body_that_is_no_json_object_is_a_400(world):
    for body in ([], "x", 1, None):
        check_problem(world.api.call("POST", "/v1/jobs", body if body is not None else []), 400)


def test_the_wrong_scope_is_a_403(world, fields):
    check_problem(jobs_program(world.organization, scopes=["jobs:read"]).post("/v1/jobs", fields), 403)


def test_what_the_properties_break_is_a_422_that_names_each(world):
    body = check_problem(world.api.post("/v1/jobs", {"contactId": "x", "plannedDuration": 0}), 422, CLIENT_ERROR)
    assert body["errors"] == {
        "contactId": ["must be an integer"],
        "plannedDuration": ["must be from 1 to 10080"],
        "typeId": ["must be given"],
    }


def test_our_own_failure_is_a_500(world, fields, monkeypatch):
    def fail(*arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(jobs, "create_job", fail)
    check_problem(world.api.post("/v1/jobs", fields), 500)


def test_a_missing_customer_and_a_foreign_one_are_told_apart(world, fields):
    foreign = make_organization()
    missing = world.api
    del missing.headers["Customer-Id"]
    assert check_problem(missing.post("/v1/jobs", fields), 400)["detail"] == "The header Customer-Id is missing"
    for customer in (str(foreign.pk), "999999"):
        problem = check_problem(missing.post("/v1/jobs", fields, Customer_Id=customer), 403)
        assert problem["detail"] == "This customer is not granted to you"
    assert check_problem(missing.post("/v1/jobs", fields, Customer_Id="x"), 400)
    assert not Job.objects.exists()
    assert Organization.objects.count() == 2


def test_the_headers_name_is_read_in_any_case(world, fields):
    customer = world.api.headers.pop("Customer-Id")
    assert world.api.post("/v1/jobs", fields, customer_id=customer).status_code == 201
