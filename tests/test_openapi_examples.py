"""Every example of the document is executed: what it sends is taken, and the answer is the one that it shows."""

import pytest
import time_machine
from drf_spectacular.generators import SchemaGenerator

from tests.examples.comparing import differs
from tests.examples.preparing import prepare
from tests.examples.requests import JSON, Case, cases
from tests.examples.world import make_world

ALL = cases()
# It takes an image, and the document shows none.
WITHOUT_EXAMPLE = {"putSignature"}
SHOWN = {"id": 3, "name": "École", "at": "2026-01-05T09:00:00.000Z", "lines": [{"length": 30, "note": None}]}


@pytest.mark.django_db
@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.name}-{case.status}-{case.kind}") for case in ALL])
def test_what_an_example_asks_is_answered_as_it_shows(case: Case, settings):
    settings.REDIS_URL = ""
    with time_machine.travel(case.now, tick=False):
        world = make_world(case.path)
        prepare(case, world)
        response = case.send(world)
    assert response.status_code == case.status, response.content
    if JSON in case.answer:
        assert differs(case.answer[JSON]["example"], response.json()) == []
    if case.status == 204:
        assert response.content == b""


def test_no_operation_is_left_out():
    document = SchemaGenerator().get_schema(public=True)
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    assert {one["operationId"] for one in operations} - {case.name for case in ALL} == WITHOUT_EXAMPLE


@pytest.mark.parametrize(
    "answered",
    [
        {name: SHOWN[name] for name in ("id", "at", "lines")},
        {**SHOWN, "new": 1},
        {**SHOWN, "id": "3"},
        {**SHOWN, "name": None},
        {**SHOWN, "name": "Lycée"},
        {**SHOWN, "at": "2026-01-05T09:00:00Z"},
        {**SHOWN, "lines": []},
        {**SHOWN, "lines": SHOWN["lines"] * 2},
        {**SHOWN, "lines": [{"size": 30, "note": None}]},
        {**SHOWN, "lines": [{"length": 30.0, "note": None}]},
        {**SHOWN, "lines": [{"length": 45, "note": None}]},
        {**SHOWN, "lines": [{"length": 30, "note": "late"}]},
    ],
    ids=[
        "no name",
        "more",
        "text id",
        "null",
        "value",
        "form",
        "no item",
        "items",
        "renamed",
        "type",
        "in it",
        "no null",
    ],
)
def test_an_answer_that_is_not_as_shown_is_told(answered):
    assert len(differs(SHOWN, answered)) == 1 + ("size" in str(answered))


def test_another_id_and_moment_are_as_shown():
    assert differs(SHOWN, {**SHOWN, "id": 4, "at": "2027-02-06T10:11:12.345Z"}) == []
