"""Job types, custom fields, resources and vehicles [annex 20; contract 20]."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Role
from scheduling.models import CustomFieldDefinition, JobType, Resource
from tests.factories import make_member, make_organization
from tests.job_factories import (
    make_category,
    make_contact,
    make_definition,
    make_job,
    make_job_type,
    make_resource,
    make_vehicle,
)
from tests.scheduling.jobs_calls import errors, jobs_program, made, problem

pytestmark = pytest.mark.django_db
TYPES, FIELDS, RESOURCES, VEHICLES = "/v1/jobTypes", "/v1/customFieldDefinitions", "/v1/resources", "/v1/vehicles"


@pytest.fixture
def customer():
    return make_organization()


@pytest.fixture
def client(customer):
    return jobs_program(customer)


# -- job types ----------------------------------------------------------------------------------------------


def test_a_job_type_reads_as_it_was_written(client, customer):
    floor = make_definition(customer, "choice", "Floor", choices=["ground", "first"])
    note = make_definition(customer, "text", "Note", is_required=True)
    body = {
        "name": "Boiler service",
        "description": "Once a year",
        "plannedDuration": 90,
        "categoryId": make_category(customer).pk,
        "isArchived": False,
        "isOrderNumberRequired": True,
        "isTasksEnabled": True,
        "positiveResults": ["Repaired", "Nothing to do"],
        "negativeResults": ["No access"],
        "autoReferencePrefix": "BS",
        "customFieldDefinitionIds": [floor.pk, note.pk],
    }
    pk = made(client.post(TYPES, body))
    fields = [
        {"id": floor.pk, "name": "Floor", "kind": "choice", "choices": ["ground", "first"], "isRequired": False},
        {"id": note.pk, "name": "Note", "kind": "text", "choices": [], "isRequired": True},
    ]
    expected = {"id": pk, **body, "customFields": fields}
    found = client.get(f"{TYPES}/{pk}").json()
    assert found == expected
    assert list(found) == list(expected)
    assert client.get(TYPES).json()["items"] == [expected]


def test_a_type_takes_an_hour_unless_it_says_otherwise(client):
    found = client.get(f"{TYPES}/{made(client.post(TYPES, {'name': 'Repair'}))}").json()
    assert (found["plannedDuration"], found["positiveResults"], found["autoReferencePrefix"]) == (60, [], None)


def test_the_custom_fields_of_a_type_are_replaced_as_a_whole(client, customer):
    floor, note = make_definition(customer), make_definition(customer)
    path = f"{TYPES}/{make_job_type(customer, floor).pk}"
    tag = client.get(path)["ETag"]
    assert client.patch(path, {"customFieldDefinitionIds": [note.pk]}).status_code == 204
    assert client.get(path).json()["customFieldDefinitionIds"] == [note.pk]
    problem(client.patch(path, {"name": "x"}, **{"If-Match": tag}), 412)
    tag = client.get(path)["ETag"]
    client.patch(path, {"customFieldDefinitionIds": [note.pk]})
    assert client.get(path)["ETag"] == tag
    client.patch(path, {"customFieldDefinitionIds": []})
    assert client.get(path).json()["customFields"] == []


def test_a_type_takes_rows_of_its_customer_alone(client, customer):
    other = make_organization()
    body = {"name": "x", "categoryId": make_category(other).pk, "customFieldDefinitionIds": [make_definition(other).pk]}
    assert errors(client.post(TYPES, body)) == {
        "categoryId": ["must exist"],
        "customFieldDefinitionIds[0]": ["must exist"],
    }
    archived = make_category(customer, is_archived=True)
    assert errors(client.post(TYPES, {"name": "x", "categoryId": archived.pk})) == {"categoryId": ["is archived"]}
    problem(client.get(f"{TYPES}/{make_job_type(other).pk}"), 404)


def test_types_are_found_by_category_and_by_being_in_use(client, customer):
    category = make_category(customer)
    one, two = make_job_type(customer, category=category), make_job_type(customer, is_archived=True)
    found = {
        query: [item["id"] for item in client.get(f"{TYPES}?{query}").json()["items"]]
        for query in (f"categoryId={category.pk}", "isArchived=true", "isArchived=false", f"id={one.pk}&id={two.pk}")
    }
    assert list(found.values()) == [[one.pk], [two.pk], [one.pk], [one.pk, two.pk]]


def test_reading_a_hundred_types_with_their_fields_costs_three_queries(client, customer):
    fields = [make_definition(customer) for _ in range(3)]
    for number in range(100):
        make_job_type(customer, *fields, name=f"Type {number}")
    with CaptureQueriesContext(connection) as queries:
        page = client.get(TYPES).json()
    assert [len(item["customFields"]) for item in page["items"]] == [3] * 100
    assert len(queries) == 3


# -- custom fields ------------------------------------------------------------------------------------------


def test_a_custom_field_reads_as_it_was_written(client):
    body = {"name": "Floor", "kind": "choice", "choices": ["ground", "first"], "isRequired": True}
    pk = made(client.post(FIELDS, body))
    assert client.get(f"{FIELDS}/{pk}").json() == {"id": pk, **body}
    assert client.get(f"{FIELDS}?kind=CHOICE").json()["items"] == [{"id": pk, **body}]
    assert client.get(f"{FIELDS}?kind=text").json()["items"] == []


def test_a_custom_field_has_a_name_a_known_kind_and_a_choice_its_choices(client):
    assert errors(client.post(FIELDS, {})) == {"name": ["must be given"], "kind": ["must be given"]}
    found = errors(client.post(FIELDS, {"name": "x", "kind": "Choice"}))
    assert found == {"kind": ["must be one of: text, number, date, boolean, choice"]}
    found = errors(client.post(FIELDS, {"name": "x", "kind": "choice"}))
    assert found == {"choices": ["must be given for a choice"]}
    found = errors(client.post(FIELDS, {"name": "x", "kind": "choice", "choices": ["a", "a"]}))
    assert found == {"choices": ["must differ from each other"]}


@pytest.mark.parametrize("holder", ["job", "contact"])
def test_a_kind_is_fixed_once_a_value_is_stored(client, customer, holder):
    field = make_definition(customer, "number")
    path = f"{FIELDS}/{field.pk}"
    assert client.patch(path, {"kind": "text"}).status_code == 204
    make = {"job": make_job, "contact": make_contact}[holder]
    make(customer, custom_values={str(field.pk): "a"})
    assert errors(client.patch(path, {"kind": "date"})) == {"kind": ["cannot be changed once a value is stored"]}
    assert client.patch(path, {"kind": "text", "name": "Remark"}).status_code == 204
    assert CustomFieldDefinition.objects.get().kind == "text"


def test_a_choice_that_is_used_stays_in_the_list(client, customer):
    field = make_definition(customer, "choice", choices=["a", "b", "c"])
    make_job(customer, custom_values={str(field.pk): "b"})
    make_contact(customer, custom_values={str(field.pk): "c"})
    path = f"{FIELDS}/{field.pk}"
    assert errors(client.patch(path, {"choices": ["a"]})) == {"choices": ["must still hold what is used: b, c"]}
    assert client.patch(path, {"choices": ["d", "c", "b"]}).status_code == 204


# -- resources and vehicles ---------------------------------------------------------------------------------


def test_a_resource_reads_as_it_was_written(client, customer):
    person = make_member(customer, Role.BASIC_STAFF)
    body = {"name": "Crew North", "email": "north@example.org", "phone": "+33 1", "userId": person.pk}
    pk = made(client.post(RESOURCES, body))
    expected = {"id": pk, **body, "isArchived": False}
    assert client.get(f"{RESOURCES}/{pk}").json() == expected
    assert client.get(f"{RESOURCES}?userId={person.pk}").json()["items"] == [expected]
    assert client.patch(f"{RESOURCES}/{pk}", {"userId": None, "isArchived": True}).status_code == 204
    assert client.get(f"{RESOURCES}?isArchived=true").json()["items"] == [
        {**expected, "userId": None, "isArchived": True}
    ]


def test_the_log_in_of_a_resource_is_a_members_and_of_one_resource_alone(client, customer):
    stranger, member = make_member(make_organization()), make_member(customer)
    assert errors(client.post(RESOURCES, {"name": "x", "userId": stranger.pk})) == {"userId": ["must exist"]}
    made(client.post(RESOURCES, {"name": "x", "userId": member.pk}))
    found = errors(client.post(RESOURCES, {"name": "y", "userId": member.pk}))
    assert found == {"userId": ["is a resource of this organization already"]}


def test_a_vehicle_is_called_by_its_registration_unless_it_has_a_name(client):
    named = made(client.post(VEHICLES, {"registration": "AB-123-CD", "name": "Van 1"}))
    bare = made(client.post(VEHICLES, {"registration": "EF-456-GH"}))
    assert client.get(VEHICLES).json()["items"] == [
        {"id": named, "registration": "AB-123-CD", "name": "Van 1", "isArchived": False},
        {"id": bare, "registration": "EF-456-GH", "name": "EF-456-GH", "isArchived": False},
    ]
    assert errors(client.post(VEHICLES, {"name": "Van"})) == {"registration": ["must be given"]}
    assert errors(client.patch(f"{VEHICLES}/{bare}", {"registration": ""})) == {"registration": ["must not be empty"]}
    assert client.get(f"{VEHICLES}?registration=AB-123-CD").json()["pageItemCount"] == 1


def test_resources_and_vehicles_do_not_show_each_other(client, customer):
    crew, van = make_resource(customer), make_vehicle(customer)
    calendar = make_resource(customer, kind=Resource.Kind.CALENDAR)
    assert [item["id"] for item in client.get(RESOURCES).json()["items"]] == [crew.pk, calendar.pk]
    assert [item["id"] for item in client.get(VEHICLES).json()["items"]] == [van.pk]
    problem(client.get(f"{RESOURCES}/{van.pk}"), 404)
    problem(client.patch(f"{VEHICLES}/{crew.pk}", {"name": "x"}), 404)


@pytest.mark.parametrize(
    "path", [TYPES, FIELDS, RESOURCES, VEHICLES, "/v1/contacts", "/v1/contactGroups", "/v1/persons"]
)
def test_nothing_of_it_is_deleted(client, path):
    for address in (path, f"{path}/1"):
        problem(client.delete(address), 405)
    assert not JobType.objects.exists()


def test_a_student_who_has_a_community_service_is_no_resource_to_programs(client, customer):
    student = make_member(customer)
    made_for_time = {"organization": customer, "user": student, "name": "Sam Durand", "is_archived": True}
    pk = Resource.objects.create(**made_for_time).pk
    assert client.get(f"{RESOURCES}?isArchived=true").json()["items"] == []
    assert client.get(f"{RESOURCES}/{pk}").status_code == 404
    Resource.objects.filter(pk=pk).update(is_archived=False)
    assert client.get(f"{RESOURCES}/{pk}").json()["name"] == "Sam Durand"
