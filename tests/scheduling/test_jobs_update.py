"""PATCH of a job: what is kept, unset, frozen and refused, each on its own property [contract 20]."""

import pytest

from scheduling.models import Job, JobStatusChange
from tests.job_factories import (
    make_category,
    make_contact,
    make_contact_person,
    make_definition,
    make_job_type,
)
from tests.scheduling.jobs_calls import errors
from tests.scheduling.jobs_world import World, done

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monday):
    return World()


def test_each_property_can_be_changed_and_the_others_are_kept(world):
    site, category = make_contact(world.organization, "Oven hall"), make_category(world.organization)
    paul = make_contact_person(world.contact, "Paul")
    pk = world.create(reference="R-1")
    changes = {
        "plannedDuration": 30,
        "reference": "R-2",
        "description": "Ring twice",
        "personId": str(paul.uid),
        "orderNumber": "PO-2",
        "siteContactId": site.pk,
        "categoryId": category.pk,
        "internalComment": "Pays late",
        "contactComment": "Very content",
    }
    for name, value in changes.items():
        before = world.get(pk)
        done(world.patch(pk, **{name: value}))
        after = world.get(pk)
        assert after[name] == value
        differing = {key for key in before if before[key] != after[key]}
        assert differing <= {name, "personName", "siteContactIds", "categoryName"}


def test_null_unsets_and_a_person_falls_back_to_the_primary_one(world):
    paul = make_contact_person(world.contact, "Paul")
    pk = world.create(reference="R-1", orderNumber="PO-1", description="x", personId=str(paul.uid))
    nulls = ("reference", "orderNumber", "description", "personId", "siteContactId", "categoryId", "internalComment")
    done(world.patch(pk, **dict.fromkeys(nulls)))
    shown = world.get(pk)
    assert (shown["reference"], shown["orderNumber"], shown["description"]) == (None, None, "")
    assert shown["personId"] == str(world.person.uid)


def test_what_cannot_be_unset_refuses_null(world):
    pk = world.create()
    names = ("plannedDuration", "customFields", "typeId", "contactId")
    assert errors(world.patch(pk, **dict.fromkeys(names))) == {name: ["must not be null"] for name in names}


def test_a_type_and_a_contact_are_frozen_from_the_first_moment(world):
    pk = world.create()
    others = {"typeId": make_job_type(world.organization).pk, "contactId": make_contact(world.organization).pk}
    found = errors(world.patch(pk, **others))
    assert found["typeId"] == ["cannot be changed"]
    assert found["contactId"] == ["cannot be changed"]
    done(world.patch(pk, typeId=world.type.pk, contactId=world.contact.pk, description="what was read is sent back"))


def test_another_type_is_refused_as_such_and_asks_for_no_order_number(world):
    strict = make_job_type(world.organization, is_order_number_required=True)
    assert errors(world.patch(world.create(), typeId=strict.pk)) == {"typeId": ["cannot be changed"]}


@pytest.mark.parametrize("status", ["started", "suspended", "completed_ok", "completed_with_issues"])
def test_description_and_person_are_frozen_once_the_work_has_begun(world, status):
    paul = make_contact_person(world.contact, "Paul")
    job = world.job_in(status, description="as agreed")
    found = errors(world.patch(job.pk, description="otherwise", personId=str(paul.uid)))
    assert found == {name: ["cannot be changed once the job is started"] for name in ("description", "personId")}
    done(world.patch(job.pk, description="as agreed", personId=str(world.person.uid), internalComment="the same"))
    done(world.patch(job.pk, orderNumber="PO-9", reference="R-9", contactComment="Very content"))


@pytest.mark.parametrize("status", ["new", "accepted", "on_the_way", "cancelled"])
def test_before_that_they_are_not(world, status):
    job = world.job_in(status)
    done(world.patch(job.pk, description="otherwise"))


def test_an_order_number_that_the_type_asks_for_cannot_be_unset(world):
    strict = make_job_type(world.organization, is_order_number_required=True)
    pk = world.create(typeId=strict.pk, orderNumber="PO-1")
    for empty in (None, "", "  "):
        found = errors(world.patch(pk, orderNumber=empty))
        assert found == {"orderNumber": ["must be given: the type asks for it"]}
    done(world.patch(pk, description="x"))


def test_another_contacts_person_and_foreign_ids_are_refused(world):
    foreign = World()
    stranger = make_contact_person(make_contact(world.organization))
    pk = world.create()
    assert errors(world.patch(pk, personId=str(stranger.uid))) == {"personId": ["must be a person of the contact"]}
    found = errors(
        world.patch(
            pk,
            personId=str(foreign.person.uid),
            siteContactId=foreign.contact.pk,
            categoryId=make_category(foreign.organization).pk,
            typeId=foreign.type.pk,
            contactId=foreign.contact.pk,
        )
    )
    names = ("personId", "siteContactId", "categoryId", "typeId", "contactId")
    assert found == {name: ["must exist"] for name in names}


def test_a_job_lives_on_with_a_type_that_was_archived_and_a_contact_that_was_stopped(world):
    pk = world.create()
    world.type.is_archived = True
    world.type.save()
    world.contact.account_status = "on_stop"
    world.contact.save()
    done(world.patch(pk, description="Ring twice"))


def test_custom_fields_are_merged_one_by_one(world):
    size = make_definition(world.organization, "number", "Size", is_required=True)
    wood = make_definition(world.organization, "choice", "Wood", choices=["oak", "elm"])
    world.type.custom_field_definitions.set([size, wood])
    pk = world.create(customFields=[{"definitionId": size.pk, "value": 3}])
    done(world.patch(pk, customFields=[{"definitionId": wood.pk, "value": "oak"}]))
    assert world.get(pk)["customFields"] == [
        {"definitionId": size.pk, "value": "3"},
        {"definitionId": wood.pk, "value": "oak"},
    ]
    done(world.patch(pk, customFields=[]))
    done(world.patch(pk, customFields=[{"definitionId": wood.pk, "value": None}]))
    assert world.get(pk)["customFields"][1] == {"definitionId": wood.pk, "value": None}
    found = errors(world.patch(pk, customFields=[{"definitionId": size.pk}, {"definitionId": wood.pk, "value": "ash"}]))
    assert found == {"customFields[0].value": ["must be given"], "customFields[1].value": ["must be one of: oak, elm"]}


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_written(world):
    job = world.job_in("started")
    found = errors(world.patch(job.pk, plannedDuration="x", description="otherwise", reference="x" * 41))
    assert list(found) == ["plannedDuration", "description", "reference"]
    job.refresh_from_db()
    assert (job.description, job.reference) == ("", "")


def test_what_differs_in_nothing_writes_nothing(world):
    pk = world.create(description="x")
    tag = world.api.get(f"/v1/jobs/{pk}")["ETag"]
    done(world.patch(pk, description="x", plannedDuration=60, colour="red"))
    done(world.patch(pk))
    assert world.api.get(f"/v1/jobs/{pk}")["ETag"] == tag


def test_a_change_leaves_an_audit_row_and_no_row_in_the_states_history(world):
    pk = world.create()
    done(world.patch(pk, description="Ring twice"))
    assert [row.description for row in Job.history.filter(id=pk).order_by("history_id")] == ["", "Ring twice"]
    assert JobStatusChange.objects.filter(job=pk).count() == 1


def test_the_version_guards_against_writing_over_another(world):
    pk = world.create()
    tag = world.api.get(f"/v1/jobs/{pk}")["ETag"]
    done(world.api.patch(f"/v1/jobs/{pk}", {"description": "a"}, If_Match=tag))
    assert world.api.patch(f"/v1/jobs/{pk}", {"description": "b"}, If_Match=tag).status_code == 412
    fresh = world.api.get(f"/v1/jobs/{pk}")["ETag"]
    assert world.api.get(f"/v1/jobs/{pk}", If_None_Match=fresh).status_code == 304
    assert world.api.get(f"/v1/jobs/{pk}", If_None_Match=tag).status_code == 200


def test_a_job_of_another_customer_is_not_there(world):
    theirs = World().create()
    for pk in (theirs, 10**9, 2**64, "x", "0", "-1"):
        assert world.patch(pk, description="x").status_code == 404
        assert world.api.get(f"/v1/jobs/{pk}").status_code == 404


def test_a_started_job_that_was_cancelled_keeps_its_description(world):
    pk = world.create(description="Ring twice")
    done(world.schedule(pk))
    done(world.put(pk, "start"))
    done(world.put(pk, "cancel"))
    assert list(errors(world.patch(pk, description="Ring once"))) == ["description"]
