"""Contacts, their groups and persons, and putting a contact on stop [annex 20; contract 20]."""

import pytest
import time_machine

from scheduling.models import Contact, ContactPerson
from tests.factories import make_organization
from tests.job_factories import make_contact, make_contact_person, make_definition
from tests.scheduling.jobs_calls import errors, jobs_program, made, problem

pytestmark = pytest.mark.django_db
CONTACTS, PERSONS, GROUPS = "/v1/contacts", "/v1/persons", "/v1/contactGroups"


@pytest.fixture
def customer():
    return make_organization()


@pytest.fixture
def client(customer):
    return jobs_program(customer)


@pytest.fixture
def contact(customer):
    return make_contact(customer, "Bakery")


# -- contacts -----------------------------------------------------------------------------------------------


@time_machine.travel("2026-01-05T09:00:00Z", tick=False)
def test_a_contact_reads_as_it_was_written(client, customer, contact):
    floor = make_definition(customer, "choice", "Floor", choices=["ground", "first"])
    address = {
        "reference": "C-17",
        "name": "Lycée Voltaire",
        "groupId": made(client.post(GROUPS, {"name": "Schools"})),
        "parentId": contact.pk,
        "extraInformation": "Ring twice",
        "street": "101 avenue de la République",
        "town": "Paris",
        "postalCode": "75011",
        "country": "France",
        "location": {"latitude": 48.8635, "longitude": 2},
    }
    custom = {"customFields": [{"definitionId": floor.pk, "value": "first"}]}
    pk = made(client.post(CONTACTS, {**address, **custom}))
    expected = {
        "id": pk,
        "createdAt": "2026-01-05T09:00:00.000Z",
        "modifiedAt": "2026-01-05T09:00:00.000Z",
        **address,
        "accountStatus": "normal",
        "stopReason": None,
        "stoppedAt": None,
        **custom,
        "isArchived": False,
    }
    found = client.get(f"{CONTACTS}/{pk}").json()
    assert found == expected
    assert list(found) == list(expected)
    assert client.get(f"{CONTACTS}?id={pk}").json()["items"] == [expected]


def test_a_name_is_all_that_a_contact_needs(client):
    found = client.get(f"{CONTACTS}/{made(client.post(CONTACTS, {'name': 'Ada'}))}").json()
    unset = ("reference", "groupId", "parentId", "extraInformation", "street", "town", "postalCode", "country")
    assert [found[name] for name in unset] == [None] * len(unset)
    assert (found["location"], found["customFields"]) == (None, [])
    assert errors(client.post(CONTACTS, {})) == {"name": ["must be given"]}


def test_null_unsets_what_may_be_null(client, customer):
    full = {"reference": "C-1", "street": "Rue A", "location": {"latitude": 1, "longitude": 2}}
    pk = made(client.post(CONTACTS, {"name": "Ada", **full, "groupId": made(client.post(GROUPS, {"name": "G"}))}))
    assert client.patch(f"{CONTACTS}/{pk}", {"location": None, "groupId": None, "reference": None}).status_code == 204
    found = client.get(f"{CONTACTS}/{pk}").json()
    assert (found["location"], found["groupId"], found["reference"], found["street"]) == (None, None, None, "Rue A")


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ({"latitude": 1}, {"location.longitude": ["must be given"]}),
        ({}, {"location.latitude": ["must be given"], "location.longitude": ["must be given"]}),
        ({"latitude": 91, "longitude": "x"}, {
            "location.latitude": ["must be from -90 to 90"], "location.longitude": ["must be a number"]
        }),
        ({"latitude": 0, "longitude": -180.1}, {"location.longitude": ["must be from -180 to 180"]}),
        ({"latitude": None, "longitude": True}, {
            "location.latitude": ["must not be null"], "location.longitude": ["must be a number"]
        }),
        ([1, 2], {"location": ["must be an object"]}),
    ],
)  # fmt: skip
def test_a_location_has_both_coordinates_on_the_globe(client, location, expected):
    assert errors(client.post(CONTACTS, {"name": "Ada", "location": location})) == expected


def test_a_row_of_another_customer_is_one_that_never_existed(client, contact):
    foreign = make_contact(make_organization(), "Theirs")
    for pk in (foreign.pk, 10**9):
        assert errors(client.post(CONTACTS, {"name": "x", "parentId": pk})) == {"parentId": ["must exist"]}
        assert errors(client.patch(f"{CONTACTS}/{contact.pk}", {"groupId": pk})) == {"groupId": ["must exist"]}
        problem(client.get(f"{CONTACTS}/{pk}"), 404)
        problem(client.patch(f"{CONTACTS}/{pk}", {"name": "x"}), 404)
        problem(client.put(f"{CONTACTS}/{pk}/stop", {}), 404)


def test_no_contact_is_a_part_of_itself(client, customer, contact):
    child = make_contact(customer, "Shop", parent=contact)
    grandchild = make_contact(customer, "Counter", parent=child)
    for parent in (contact, child, grandchild):
        response = client.patch(f"{CONTACTS}/{contact.pk}", {"parentId": parent.pk})
        assert errors(response) == {"parentId": ["must not be a part of this contact"]}


def test_custom_values_merge_and_each_is_judged_by_its_kind(client, customer, contact):
    floor = make_definition(customer, "number", "Floor")
    lift = make_definition(customer, "boolean", "Lift")
    path = f"{CONTACTS}/{contact.pk}"
    client.patch(path, {"customFields": [{"definitionId": floor.pk, "value": 2.5}]})
    client.patch(path, {"customFields": [{"definitionId": lift.pk, "value": True}]})
    shown = [{"definitionId": floor.pk, "value": "2.5"}, {"definitionId": lift.pk, "value": "true"}]
    assert client.get(path).json()["customFields"] == shown
    client.patch(path, {"customFields": [{"definitionId": floor.pk, "value": None}]})
    assert client.get(path).json()["customFields"] == shown[1:]
    foreign = make_definition(make_organization())
    bad = [(floor.pk, "two"), (foreign.pk, "x"), (lift.pk, "yes"), (lift.pk, "true")]
    found = errors(client.patch(path, {"customFields": [{"definitionId": pk, "value": value} for pk, value in bad]}))
    assert found == {
        "customFields[0].value": ["must be a number, with a dot for decimals"],
        "customFields[1].definitionId": ["must exist"],
        "customFields[2].value": ["must be true or false"],
        "customFields[3].definitionId": ["is given twice"],
    }


# -- stop ---------------------------------------------------------------------------------------------------


def test_a_contact_on_stop_says_why_and_since_when(client, contact):
    path = f"{CONTACTS}/{contact.pk}"
    body = {"appliesTo": "contactOnly", "status": "contactOnStop", "stopReason": "Unpaid since May"}
    with time_machine.travel("2026-01-05T09:00:00Z", tick=False):
        assert client.put(f"{path}/stop", body).status_code == 204
    found = client.get(path).json()
    stop = ("accountStatus", "stopReason", "stoppedAt")
    assert [found[name] for name in stop] == ["contactOnStop", "Unpaid since May", "2026-01-05T09:00:00.000Z"]
    assert client.put(f"{path}/unstop", {"appliesTo": "contactOnly"}).status_code == 204
    assert [client.get(path).json()[name] for name in stop] == ["normal", None, None]


def test_the_same_stop_again_changes_nothing_and_another_reason_is_noted(client, contact):
    path = f"{CONTACTS}/{contact.pk}"
    for _ in range(2):
        assert client.put(f"{path}/stop").status_code == 204
    contact.refresh_from_db()
    since, version = contact.stopped_at, contact.version
    assert (version, contact.stop_reason) == (2, "")
    client.put(f"{path}/stop", {"stopReason": "Unpaid"})
    contact.refresh_from_db()
    assert (contact.stopped_at, contact.version, contact.stop_reason) == (since, 3, "Unpaid")
    for _ in range(2):
        assert client.put(f"{path}/unstop").status_code == 204
    contact.refresh_from_db()
    assert contact.version == 4


def test_what_a_stop_does_not_know_is_refused(client, contact):
    body = {"appliesTo": "everybody", "status": "contactonstop", "stopReason": "x" * 256}
    assert errors(client.put(f"{CONTACTS}/{contact.pk}/stop", body)) == {
        "appliesTo": ["must be one of: contactOnly"],
        "status": ["must be one of: contactOnStop"],
        "stopReason": ["is too long (maximum is 255 characters)"],
    }
    assert Contact.objects.get().account_status == "normal"


def test_the_account_cannot_be_written_in_another_way(client, contact):
    client.patch(f"{CONTACTS}/{contact.pk}", {"accountStatus": "contactOnStop", "stopReason": "x", "id": 7})
    assert client.get(f"{CONTACTS}/{contact.pk}").json()["accountStatus"] == "normal"


def test_a_stale_stop_is_refused(client, contact):
    tag = client.get(f"{CONTACTS}/{contact.pk}")["ETag"]
    client.put(f"{CONTACTS}/{contact.pk}/stop")
    problem(client.put(f"{CONTACTS}/{contact.pk}/unstop", **{"If-Match": tag}), 412)


# -- persons ------------------------------------------------------------------------------------------------


def test_a_person_is_known_by_a_uuid(client, contact):
    body = {"contactId": contact.pk, "name": "Ada Martin", "email": "ada@example.org", "phone": "+33 1"}
    response = client.post(PERSONS, body)
    uid = made(response)
    assert uid == str(ContactPerson.objects.get().uid)
    assert response["Location"] == f"{PERSONS}/{uid}"
    expected = {"id": uid, **body, "isPrimary": True, "isArchived": False}
    assert client.get(f"{PERSONS}/{uid.upper()}").json() == expected
    assert client.get(f"{PERSONS}?id={uid}").json()["items"] == [expected]
    problem(client.get(f"{PERSONS}/{ContactPerson.objects.get().pk}"), 404)
    assert errors(client.get(f"{PERSONS}?id=1")) == {"queryParams": ["id must be a uuid"]}


def primary(contact) -> list[str]:
    return list(ContactPerson.objects.filter(contact=contact, is_primary=True).values_list("name", flat=True))


def add(client, contact, name: str, **fields) -> str:
    return made(client.post(PERSONS, {"contactId": contact.pk, "name": name, **fields}))


def test_the_first_person_of_a_contact_is_its_primary_one(client, customer, contact):
    add(client, contact, "Ada")
    add(client, contact, "Bob")
    assert primary(contact) == ["Ada"]
    other = make_contact(customer, "Other")
    add(client, other, "Cyd", isPrimary=False)
    assert primary(other) == []


def test_a_new_primary_person_takes_it_from_the_old_one(client, contact):
    ada, bob = add(client, contact, "Ada"), add(client, contact, "Bob")
    add(client, contact, "Cyd", isPrimary=True)
    assert primary(contact) == ["Cyd"]
    assert client.patch(f"{PERSONS}/{bob}", {"isPrimary": True}).status_code == 204
    assert primary(contact) == ["Bob"]
    history = ContactPerson.objects.get(uid=ada).history
    assert [row.is_primary for row in history.all()] == [False, True]


def test_an_archived_person_is_primary_no_longer(client, contact):
    ada = add(client, contact, "Ada")
    assert client.patch(f"{PERSONS}/{ada}", {"isArchived": True}).status_code == 204
    assert primary(contact) == []
    refused = errors(client.patch(f"{PERSONS}/{ada}", {"isPrimary": True}))
    assert refused == {"isPrimary": ["must be false for an archived person"]}
    add(client, contact, "Bob")
    assert primary(contact) == ["Bob"]


def test_a_person_stays_with_its_contact(client, customer, contact):
    person = make_contact_person(contact)
    path = f"{PERSONS}/{person.uid}"
    other = make_contact(customer, "Other")
    assert errors(client.patch(path, {"contactId": other.pk})) == {"contactId": ["cannot be changed"]}
    assert client.patch(path, {"contactId": contact.pk, "phone": "1"}).status_code == 204


def test_a_person_needs_a_contact_of_the_customer_and_a_sound_address(client, contact):
    foreign = make_contact(make_organization(), "Theirs")
    body = {"contactId": foreign.pk, "name": "Ada", "email": "no address"}
    assert errors(client.post(PERSONS, body)) == {
        "contactId": ["must exist"],
        "email": ["Enter a valid email address."],
    }
    assert errors(client.post(PERSONS, {})) == {"contactId": ["must be given"], "name": ["must be given"]}
    archived = make_contact(contact.organization, "Gone", is_archived=True)
    assert errors(client.post(PERSONS, {"contactId": archived.pk, "name": "Ada"})) == {"contactId": ["is archived"]}
