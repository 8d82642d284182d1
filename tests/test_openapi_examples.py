"""Every example of what is sent is sent: it is accepted, and what comes back has the form of the example's answer."""

import json
import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from scheduling.models import Job
from scheduling.services.job_states import TRANSITIONS, Action
from tests.example_world import make_world

pytestmark = pytest.mark.django_db
# When the examples happen, by the start of the path.
NOW = {
    "/v2/": datetime(2017, 11, 22, 13, tzinfo=UTC),
    "/v1/jobs/{jobId}/start": datetime(2026, 1, 5, 10, tzinfo=UTC),
    "/v1/": datetime(2026, 1, 4, 8, tzinfo=UTC),
    "/api/v1/": datetime(2026, 1, 11, 8, tzinfo=UTC),
    "/interventions/v2/rs/curative": datetime(2024, 11, 1, 8, tzinfo=UTC),
    "/": datetime(2026, 11, 21, 8, tzinfo=UTC),
}
# Which stand on more than a row: their own tests send such bodies.
TOLD_ELSEWHERE = {
    "executeIntervention": "a provider's session",
    "createUnplannedIntervention": "rules and a company",
    "verifyIntervention": "what was executed",
    "createFollowUpIntervention": "an ended visit",
    "sendSigningLink": "a visit that is under way",
}


def sent() -> list[tuple]:
    document = SchemaGenerator().get_schema(public=True)
    found = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body:
                found.append((path, method, operation, body["example"]))
    return found


def differs(example: object, real: object, place: str = "") -> list[str]:
    """Where the two have other names or other types; null and an empty list stand for any."""
    if example is None or real is None or [] in (example, real):
        return []
    if isinstance(example, dict) and isinstance(real, dict):
        names = [f"{place}.{name}" for name in example.keys() ^ real.keys()]
        inner = [differs(example[name], real[name], f"{place}.{name}") for name in example.keys() & real.keys()]
        return names + [one for found in inner for one in found]
    if isinstance(example, list) and isinstance(real, list):
        return differs(example[0], real[0], f"{place}[0]")
    return [] if type(example) is type(real) else [f"{place}: {example!r} {real!r}"]


def by_start(table: dict, path: str) -> object:
    return next(found for start, found in table.items() if path.startswith(start))


def address(path: str, ids: dict) -> str:
    def value(match: re.Match) -> str:
        before = path[: match.start()].rstrip("/").rpartition("/")[2]
        known = ids.get(match[1]) or ids.get(before) or ids.get(path.split("/")[1])
        return str(known)

    return re.sub(r"{(\w+)}", value, path)


def prepare(path: str, operation: dict, world) -> None:
    """The row's state, where the step asks for one."""
    if path.startswith("/v1/jobs/{jobId}/"):
        action = next((one for one in Action if operation["operationId"] == f"{camel(one)}Job"), None)
        if action in TRANSITIONS:
            Job.objects.filter(pk=123).update(status=TRANSITIONS[action].sources[0])
    if path.startswith(("/oauth/", "/auth/")):
        world.client.client_secret = "its-secret"
        world.client.save()


def camel(action: str) -> str:
    first, *rest = action.split("_")
    return first + "".join(word.capitalize() for word in rest)


CASES = [pytest.param(*case, id=case[2]["operationId"]) for case in sent()]


@pytest.mark.parametrize(("path", "method", "operation", "body"), CASES)
def test_what_an_example_sends_is_taken_and_answered_as_it_shows(path, method, operation, body):
    if operation["operationId"] in TOLD_ELSEWHERE:
        pytest.skip(TOLD_ELSEWHERE[operation["operationId"]])
    with time_machine.travel(by_start(NOW, path), tick=False):
        world = make_world()
        prepare(path, operation, world)
        ids = by_start(world.ids, path)
        if "/preventive/{id}" in path:
            ids["interventions"] = ids["preventive"]
        headers = {} if path.startswith(("/oauth/", "/auth/")) else world.headers
        place = address(path, ids)
        if path.endswith("/lookup"):
            body = ids[path.split("/")[-2]]
        response = getattr(Client(), method)(place, json.dumps(body), "application/json", headers=headers)
    assert str(response.status_code) in operation["responses"], response.content
    assert response.status_code < 300, response.content
    shown = operation["responses"][str(response.status_code)].get("content", {}).get("application/json", {})
    if "example" in shown and response.content:
        assert differs(shown["example"], response.json()) == []
