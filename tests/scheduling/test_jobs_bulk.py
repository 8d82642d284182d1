"""PATCH /v1/jobs: up to a hundred jobs at once, all or nothing [contract 20, ours]."""

import pytest

from core.models import OutboxMessage
from scheduling.models import Job, SchedulingSettings
from tests.job_factories import make_definition, make_job_type
from tests.scheduling.jobs_calls import errors, problem
from tests.scheduling.jobs_world import NINE, TEN, World, done, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monday):
    return World()


def bulk(world: World, *items):
    return world.api.patch("/v1/jobs", list(items))


def test_each_item_changes_its_own_job(world):
    first, second, third = (world.create(reference="R-1") for _ in range(3))
    done(bulk(world, {"id": first, "description": "a"}, {"id": second, "reference": None, "plannedDuration": 30}))
    shown = [world.get(pk) for pk in (first, second, third)]
    assert [(one["description"], one["reference"], one["plannedDuration"]) for one in shown] == [
        *(("a", "R-1", 60), ("", None, 30)),
        ("", "R-1", 60),
    ]


def test_one_bad_item_keeps_all_as_they_were(world):
    first, second = world.create(), world.job_in("started")
    found = errors(bulk(world, {"id": first, "description": "a"}, {"id": second.pk, "description": "b"}))
    assert found == {"[1].description": ["cannot be changed once the job is started"]}
    assert not Job.objects.exclude(description="").exists()
    assert Job.objects.get(pk=first).version == 1


def test_every_error_of_every_item_is_told_under_its_place(world):
    strict = make_job_type(world.organization, make_definition(world.organization), is_order_number_required=True)
    started, ordered = world.job_in("started"), world.create(typeId=strict.pk, orderNumber="PO-1")
    theirs = World().create()
    found = errors(
        bulk(
            world,
            {"id": started.pk, "description": "b", "plannedDuration": 0},
            {"id": ordered, "orderNumber": None, "customFields": [{"definitionId": 10**9, "value": "x"}]},
            {"id": theirs, "reference": "R-1"},
            {"id": started.pk},
            {"reference": 7},
            "job",
            {"id": "7"},
        )
    )
    assert found == {
        "[0].description": ["cannot be changed once the job is started"],
        "[0].plannedDuration": ["must be from 1 to 10080"],
        "[1].orderNumber": ["must be given: the type asks for it"],
        "[1].customFields[0].definitionId": ["must exist"],
        "[2].id": ["must exist"],
        "[3].id": ["is given twice"],
        "[4].reference": ["must be a text"],
        "[4].id": ["must be given"],
        "[5]": ["must be an object"],
        "[6].id": ["must be an integer"],
    }


def test_the_rules_of_a_readable_list_are_told_under_their_wire_names(world):
    field = make_definition(world.organization, "number")
    world.type.custom_field_definitions.set([field])
    pk, other = world.create(), make_job_type(world.organization)
    item = {"id": pk, "typeId": other.pk, "customFields": [{"definitionId": field.pk, "value": "x"}]}
    found = errors(bulk(world, {"id": world.create(), "description": "a"}, item))
    assert found["[1].typeId"] == ["cannot be changed"]
    assert not Job.objects.exclude(description="").exists()


def test_a_hundred_are_the_most_and_none_is_fine(world):
    assert errors(bulk(world, *[{"id": 1}] * 101)) == {"body": ["must have at most 100 items"]}
    done(bulk(world))


@pytest.mark.parametrize("body", [{}, {"id": 1}, "x", 1, True])
def test_what_is_no_array_is_malformed(world, body):
    problem(world.api.patch("/v1/jobs", body), 400)


def test_mail_goes_to_each_resource_whose_job_moved_and_none_goes_when_all_is_refused(world):
    first, second = world.create(), world.create()
    done(world.schedule(first))
    done(world.schedule(second, start=TEN))
    OutboxMessage.objects.all().delete()
    errors(bulk(world, {"id": first, "plannedDuration": 30}, {"id": second, "plannedDuration": -1}))
    assert told() == []
    done(bulk(world, {"id": first, "plannedDuration": 30}, {"id": second, "description": "x"}))
    assert told() == [("job_moved", "ann@example.org")]


def test_where_overlaps_are_forbidden_a_bulk_update_may_not_make_one(world):
    SchedulingSettings.objects.create(organization=world.organization, forbids_job_overlaps=True)
    first, second = world.create(), world.create()
    done(world.schedule(first, start=NINE))
    done(world.schedule(second, start=TEN))
    found = errors(bulk(world, {"id": second, "description": "x"}, {"id": first, "plannedDuration": 90}))
    assert found == {"[1].plannedStartAt": [f"overlaps with job #{second}"]}
    assert world.get(second)["description"] == ""
