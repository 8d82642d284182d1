"""What a new job may and may not say; each refusal stands on the right property [seed; contract 20]."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.models import Job
from tests.factories import make_organization
from tests.job_factories import (
    make_category,
    make_contact,
    make_contact_person,
    make_definition,
    make_job,
    make_job_type,
)
from tests.scheduling.jobs_calls import errors
from tests.scheduling.jobs_world import World, done

pytestmark = pytest.mark.django_db

UNKNOWN = 10**9
NOBODY = "3f2b8c1e-7a4d-4e09-9c55-1d2a6b7f8e90"


@pytest.fixture
def world(monday):
    return World()


@pytest.fixture
def foreign():
    return World(make_organization())


def test_the_length_is_the_types_where_none_is_given(world):
    long = make_job_type(world.organization, planned_duration=240)
    assert world.get(world.create(typeId=long.pk))["plannedDuration"] == 240
    assert world.get(world.create(typeId=long.pk, plannedDuration=30))["plannedDuration"] == 30


@pytest.mark.parametrize("value", [0, -1, 10081, 2**63, 1.5, "60", True, [60]])
def test_a_length_that_is_no_number_of_minutes_up_to_a_week_is_refused(world, value):
    assert list(errors(world.post(plannedDuration=value))) == ["plannedDuration"]


@pytest.mark.parametrize("name", ["typeId", "contactId", "siteContactId", "categoryId", "personId"])
def test_an_id_that_never_existed_and_one_of_another_customer_are_refused_alike(world, foreign, name):
    others = {
        "typeId": foreign.type.pk,
        "contactId": foreign.contact.pk,
        "siteContactId": foreign.contact.pk,
        "categoryId": make_category(foreign.organization).pk,
        "personId": str(foreign.person.uid),
    }
    unknown = NOBODY if name == "personId" else UNKNOWN
    assert errors(world.post(**{name: others[name]})) == {name: ["must exist"]}
    assert errors(world.post(**{name: unknown})) == {name: ["must exist"]}


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_request(world):
    archived = make_job_type(world.organization, is_archived=True, is_order_number_required=True)
    found = errors(world.post(typeId=archived.pk, contactId=UNKNOWN, reference=7, description="x" * 5001))
    assert found == {
        "typeId": ["is archived"],
        "contactId": ["must exist"],
        "reference": ["must be a text"],
        "description": ["is too long (maximum is 5000 characters)"],
        "orderNumber": ["must be given: the type asks for it"],
    }
    assert not Job.objects.exists()


def test_an_archived_type_contact_site_category_or_person_is_refused(world):
    gone = make_contact(world.organization, is_archived=True)
    changes = {
        "typeId": make_job_type(world.organization, is_archived=True).pk,
        "siteContactId": gone.pk,
        "categoryId": make_category(world.organization, is_archived=True).pk,
        "personId": str(make_contact_person(world.contact, is_archived=True).uid),
    }
    assert errors(world.post(**changes)) == {name: ["is archived"] for name in changes}
    assert errors(world.post(contactId=gone.pk)) == {"contactId": ["is archived"]}


def test_a_contact_on_stop_gets_no_new_job(world):
    world.contact.account_status = "on_stop"
    world.contact.stop_reason = "Unpaid since May"
    world.contact.save()
    assert errors(world.post()) == {"contactId": ["is on stop: Unpaid since May"]}


def test_the_person_is_one_of_the_contact_and_the_primary_one_by_default(world):
    second = make_contact_person(world.contact, "Paul")
    assert world.get(world.create())["personName"] == world.person.name
    assert world.get(world.create(personId=str(second.uid)))["personName"] == "Paul"
    stranger = make_contact_person(make_contact(world.organization))
    assert errors(world.post(personId=str(stranger.uid))) == {"personId": ["must be a person of the contact"]}


def test_a_contact_without_a_primary_person_gives_none(world):
    nobody = make_contact(world.organization)
    shown = world.get(world.create(contactId=nobody.pk))
    assert (shown["personId"], shown["personName"]) == (None, None)


def test_the_order_number_is_asked_for_where_the_type_says_so(world):
    strict = make_job_type(world.organization, is_order_number_required=True)
    assert errors(world.post(typeId=strict.pk)) == {"orderNumber": ["must be given: the type asks for it"]}
    assert errors(world.post(typeId=strict.pk, orderNumber="")) == {
        "orderNumber": ["must be given: the type asks for it"]
    }
    assert world.get(world.create(typeId=strict.pk, orderNumber="PO-1"))["orderNumber"] == "PO-1"


def test_a_type_with_a_prefix_gives_the_references_and_skips_what_somebody_typed(world):
    numbered = make_job_type(world.organization, auto_reference_prefix="BS")
    first = world.create(typeId=numbered.pk)
    world.create(typeId=numbered.pk, reference="BS-000002")
    third = world.create(typeId=numbered.pk)
    typed = world.create(typeId=numbered.pk, reference="mine")
    references = [world.get(pk)["reference"] for pk in (first, third, typed)]
    assert references == ["BS-000001", "BS-000003", "mine"]
    assert world.get(world.create())["reference"] is None


def test_a_reference_that_comes_twice_is_accepted_and_flagged_on_each(world):
    first, second, third = (world.create(reference="R-1"), world.create(reference="R-1"), world.create(reference="R-2"))
    assert [world.get(pk)["isReferenceDuplicate"] for pk in (first, second, third)] == [True, True, False]
    assert [world.get(world.create())["isReferenceDuplicate"] for _ in range(2)] == [False, False], "none is no repeat"


def test_the_same_reference_at_another_customer_is_no_repeat(world, foreign):
    foreign.create(reference="R-1")
    assert not world.get(world.create(reference="R-1"))["isReferenceDuplicate"]


def test_a_site_and_a_category_are_shown(world):
    site = make_contact(world.organization, "Oven hall")
    category = make_category(world.organization, "Repairs")
    shown = world.get(world.create(siteContactId=site.pk, categoryId=category.pk))
    assert (shown["siteContactId"], shown["siteContactIds"]) == (site.pk, [site.pk])
    assert (shown["categoryId"], shown["categoryName"]) == (category.pk, "Repairs")


@pytest.fixture
def fields(world):
    """A definition of each kind, by kind, all of the world's type."""
    kinds = ("text", "number", "date", "boolean", "choice")
    found = {
        kind: make_definition(world.organization, kind, choices=["oak", "elm"] if kind == "choice" else [])
        for kind in kinds
    }
    world.type.custom_field_definitions.set(found.values())
    return found


@pytest.mark.parametrize(
    ("kind", "sent", "stored"),
    [
        ("text", "left door", "left door"),
        ("text", "", ""),
        ("text", 7, "7"),
        ("number", "12.50", "12.50"),
        ("number", 12.5, "12.5"),
        ("number", -3, "-3"),
        ("number", 1e-7, "0.0000001"),
        ("number", 2**63, "9223372036854775808"),
        ("date", "2028-02-29", "2028-02-29"),
        ("boolean", True, "true"),
        ("boolean", False, "false"),
        ("boolean", "true", "true"),
        ("choice", "elm", "elm"),
        ("choice", None, None),
    ],
)
def test_a_custom_value_is_read_by_its_kind_and_shown_as_text(world, fields, kind, sent, stored):
    pk = world.create(customFields=[{"definitionId": fields[kind].pk, "value": sent}])
    expected = {one.pk: stored if name == kind else None for name, one in fields.items()}
    assert world.get(pk)["customFields"] == [
        {"definitionId": definition, "value": expected[definition]} for definition in sorted(expected)
    ]


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        *[("number", value) for value in ("", "1,5", "x", "NaN", "1_0", " 1", True)],
        *[("date", value) for value in ("", "2026-02-29", "29.02.2028", "2028-2-29", 20280229, False)],
        *[("boolean", value) for value in ("", "yes", "True", 1, 0)],
        *[("choice", value) for value in ("", "ash", "OAK", 1)],
        ("text", "x" * 1001),
        *[(kind, value) for kind in ("text", "choice") for value in ([], {}, ["oak"])],
    ],
)
def test_a_custom_value_of_another_kind_is_refused_under_its_place(world, fields, kind, sent):
    good = {"definitionId": fields["text"].pk if kind != "text" else fields["date"].pk, "value": None}
    found = errors(world.post(customFields=[good, {"definitionId": fields[kind].pk, "value": sent}]))
    assert list(found) == ["customFields[1].value"]


def test_a_definition_of_another_type_twice_or_unknown_is_refused_under_its_place(world, fields):
    others = make_definition(world.organization)
    text = {"definitionId": fields["text"].pk, "value": "x"}
    sent = [text, {"definitionId": others.pk, "value": "x"}, {"definitionId": UNKNOWN}, text, {"value": "x"}, 7]
    assert errors(world.post(customFields=sent[:4])) == {
        "customFields[1].definitionId": ["must exist"],
        "customFields[2].definitionId": ["must exist"],
        "customFields[3].definitionId": ["is given twice"],
    }
    assert errors(world.post(customFields=sent[4:])) == {
        "customFields[0].definitionId": ["must be given"],
        "customFields[1]": ["must be an object"],
    }


def test_a_required_custom_field_must_be_given(world):
    size = make_definition(world.organization, "number", "Size", is_required=True)
    world.type.custom_field_definitions.set([size])
    assert errors(world.post()) == {"customFields": ["must be given: Size"]}
    given = [{"definitionId": size.pk, "value": None}]
    assert errors(world.post(customFields=given)) == {"customFields[0].value": ["must be given"]}
    unreadable = [{"definitionId": size.pk, "value": []}]
    assert list(errors(world.post(customFields=unreadable))) == ["customFields[0].value"]
    assert world.create(customFields=[{"definitionId": size.pk, "value": 3}])


@pytest.mark.parametrize("kind", ["text", "number"])
@pytest.mark.parametrize("blank", ["", " \t\n"], ids=["empty", "blank"])
def test_a_required_custom_field_is_not_answered_by_a_blank(world, kind, blank):
    needed, free = (make_definition(world.organization, kind, is_required=is_required) for is_required in (True, False))
    world.type.custom_field_definitions.set([needed, free])
    value = {"number": "3", "text": "x"}[kind]
    missing = {"customFields[0].value": ["must be given"]}
    assert errors(world.post(customFields=[{"definitionId": needed.pk, "value": blank}])) == missing
    pk = world.create(customFields=[{"definitionId": needed.pk, "value": value}])
    assert errors(world.patch(pk, customFields=[{"definitionId": needed.pk, "value": blank}])) == missing
    if kind == "text":
        done(world.patch(pk, customFields=[{"definitionId": free.pk, "value": blank}]))


def test_what_only_actions_change_and_what_nobody_knows_is_passed_over(world):
    shown = world.get(world.create(status="started", id=7, resourceId=world.ann.pk, internalComment="x", colour="red"))
    assert (shown["status"], shown["resourceId"], shown["internalComment"]) == ("new", None, None)


def test_the_same_key_makes_one_job(world):
    first, second = (world.api.post("/v1/jobs", world_body(world), Idempotency_Key="k-1") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Job.objects.count() == 1


def world_body(world: World) -> dict:
    return {"typeId": world.type.pk, "contactId": world.contact.pk}


def test_two_types_with_one_prefix_give_no_reference_twice(world):
    world.type = make_job_type(world.organization, auto_reference_prefix="BS")
    other = make_job_type(world.organization, auto_reference_prefix="BS")
    pks = [world.create(), world.create(typeId=other.pk), world.create()]
    assert [world.get(pk)["reference"] for pk in pks] == ["BS-000001", "BS-000002", "BS-000003"]


def test_many_typed_references_in_a_row_are_passed_in_a_few_queries(world):
    world.type = make_job_type(world.organization, auto_reference_prefix="BS")
    for number in range(1, 31):
        make_job(world.organization, type=world.type, contact=world.contact, reference=f"BS-{number:06d}")
    with CaptureQueriesContext(connection) as queries:
        pk = world.create()
    assert world.get(pk)["reference"] == "BS-000031"
    assert len(queries) < 20
