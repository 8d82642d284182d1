"""Which characters a text of /v1 may hold: a name is one line, a description several, and neither rings a bell."""

import pytest

from tests.job_factories import make_contact_person, make_definition
from tests.scheduling.jobs_calls import errors, made
from tests.scheduling.jobs_world import World, done

pytestmark = pytest.mark.django_db

ONE_LINE = "must be one line without control characters"
NO_CONTROLS = "must be without control characters"
BREAKS = ["a\nb", "a\r\nb", "a\tb", "name\n"]
CONTROLS = ["a\x01b", "\x07", "a\x1b[31mb", "a\x7fb", "a\x85b", "a\x9fb"]
SEPARATORS = ["a\u2028b", "a\u2029b"]
DESCRIPTION = "Ring twice.\n\n\tThe door is blue.\r\n– Zoë 👋"
# path: what else a create needs, the properties of one line, those of several.
CREATES = {
    "contactGroups": ({}, ["name"], []),
    "contacts": (
        {"name": "Bakery"},
        ["name", "reference", "street", "town", "postalCode", "country"],
        ["extraInformation"],
    ),
    "persons": ({"name": "Ada", "contactId": "contact"}, ["name", "phone", "email"], []),
    "resources": ({"name": "Ann"}, ["name", "phone", "email"], []),
    "vehicles": ({"registration": "AB-123-CD"}, ["registration", "name"], []),
    "customFieldDefinitions": ({"name": "Floor", "kind": "text"}, ["name"], []),
    "jobTypes": ({"name": "Repair"}, ["name", "autoReferencePrefix"], ["description"]),
    "jobs": ({"typeId": "type", "contactId": "contact"}, ["reference", "orderNumber"], ["description"]),
}
PROPERTIES = [(path, name) for path, (_, lines, texts) in CREATES.items() for name in [*lines, *texts]]


@pytest.fixture
def world(monday):
    return World()


def create(world: World, path: str, **changes):
    rows = {"type": world.type.pk, "contact": world.contact.pk}
    good = {name: rows.get(value, value) for name, value in CREATES[path][0].items()}
    return world.api.post(f"/v1/{path}", {**good, **changes})


@pytest.mark.parametrize(("path", "name"), PROPERTIES, ids=str)
def test_what_no_text_holds_is_refused_on_its_property(world, path, name):
    several = name in CREATES[path][2]
    for text in CONTROLS + ([] if several else BREAKS + SEPARATORS):
        assert errors(create(world, path, **{name: text})) == {name: [NO_CONTROLS if several else ONE_LINE]}, repr(text)
    if several:
        made(create(world, path, **{name: DESCRIPTION}))


def test_a_list_of_names_has_each_on_one_line(world):
    found = errors(create(world, "jobTypes", positiveResults=["Done", "All\nfine"], negativeResults=["\x07"]))
    assert found == {"positiveResults[1]": [ONE_LINE], "negativeResults[0]": [ONE_LINE]}
    found = errors(create(world, "customFieldDefinitions", kind="choice", choices=["Red", "Blue\n"]))
    assert found == {"choices[1]": [ONE_LINE]}


def test_what_is_changed_and_what_is_said_of_a_step_obeys_too(world):
    pk = world.create()
    assert errors(world.patch(pk, reference="a\nb", internalComment="a\x01b")) == {
        "reference": [ONE_LINE],
        "internalComment": [NO_CONTROLS],
    }
    person = make_contact_person(world.contact)
    assert errors(world.api.patch(f"/v1/persons/{person.uid}", {"phone": "0102\n0304"})) == {"phone": [ONE_LINE]}
    stop = world.api.put(f"/v1/contacts/{world.contact.pk}/stop", {"stopReason": "Unpaid\nagain"})
    assert errors(stop) == {"stopReason": [ONE_LINE]}
    assert errors(world.put(pk, "cancel", reason="Bell \x07")) == {"reason": [NO_CONTROLS]}
    done(world.put(pk, "cancel", reason=DESCRIPTION))
    assert world.get(pk)["resourcesComment"] == DESCRIPTION


def test_a_custom_text_may_have_several_lines(world):
    definition = make_definition(world.organization)
    world.type.custom_field_definitions.add(definition)
    value = {"definitionId": definition.pk, "value": "a\x08b"}
    assert errors(world.post(customFields=[value])) == {"customFields[0].value": [NO_CONTROLS]}
    pk = world.create(customFields=[{**value, "value": DESCRIPTION}])
    assert world.get(pk)["customFields"] == [{**value, "value": DESCRIPTION}]
