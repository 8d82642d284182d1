"""The first refusal wins: any two faults in one request are answered as the first alone, on every route [contract 00].

What /v2 says in each case is in tests/scheduling/test_refusal_order.py.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import pytest
from django.core.cache import cache

from tests.everywhere.operations import TABLE, VERSIONED, Operation
from tests.everywhere.requests import Request
from tests.everywhere.spoiling import with_bad_fields
from tests.everywhere.worlds import Scene
from tests.scheduling.test_malformed import count_rows

MIB = 1024 * 1024


class Fault(NamedTuple):
    """`put` spoils a request; `status`: those that it may be refused with."""

    name: str
    put: Callable[[Scene, Request], Request]
    status: tuple[int, ...]


def lacking(gate: str) -> Callable[[Scene, Request], Request]:
    """Without scope, without role, or without either where the other is lacking already."""

    def put(scene: Scene, request: Request) -> Request:
        lacks = request.lacks | {gate}
        return replace(request, headers={**request.headers, **scene.lacking[lacks]}, lacks=lacks)

    return put


def unknown(_scene: Scene, request: Request) -> Request:
    bad = {"X-Api-Key": "dk_unknown"} if "X-Api-Key" in request.headers else {"Authorization": "Bearer unknown"}
    return replace(request, headers={**request.headers, **bad})


def foreign(scene: Scene, request: Request) -> Request:
    if scene.operation.dialect == "appointments":
        here = f"/groups/{scene.ids['group']}"
        return replace(request, path=request.path.replace(here, f"/groups/{10**9}", 1))
    return replace(request, headers={**request.headers, **scene.world.foreign()})


def nowhere(scene: Scene, request: Request) -> Request:
    return replace(request, path=scene.nowhere)


# In the contract's order. Each is put into the request after those that come later, so that it spoils what they left.
ORDER = [
    Fault("path", lambda _, request: replace(request, path=f"{request.path.partition('?')[0]}/x/y/z"), (404,)),
    Fault("method", lambda _, request: replace(request, method="FOO"), (405,)),
    Fault("credential", unknown, (401,)),
    Fault("organization", foreign, (403,)),
    Fault("scope", lacking("scope"), (403,)),
    Fault("role", lacking("role"), (403,)),
    Fault("rate", lambda _, request: replace(request, is_limited=True), (429,)),
    Fault("accept", lambda _, request: request.having(Accept="text/html"), (406,)),
    Fault("type", lambda _, request: replace(request, kind="text/xml", body=request.body or b"{}"), (415,)),
    Fault("size", lambda _, request: replace(request, body=(request.body or b"{}") + b" " * MIB), (413,)),
    Fault("syntax", lambda _, request: replace(request, body=b"{"), (400,)),
    Fault("row", nowhere, (404,)),
    Fault("If-Match", lambda _, request: request.having(If_Match='"99-x"'), (412,)),
    Fault("fields", lambda _, request: with_bad_fields(request), (400, 422)),
]
# What it asks for is given whatever the caller would accept.
FILES = {"interventions-report", "interventions-signature-image"}
# Theirs is a credential of its own, or none.
ELSEWHERE = {"interventions-upload", "appointments-feed-file"}
ROUTES = [one for one in TABLE if one.route not in ELSEWHERE]


def needs_role(scene: Scene) -> bool:
    """By the tables of who may do what: who has none is refused, and not only shown less."""
    return lacking("role")(scene, scene.good).send().status_code == 403


def possible(operation: Operation, needs_role: bool) -> list[Fault]:
    never = set() if needs_role else {"role"}
    never |= set() if operation.names else {"row"}
    never |= set() if operation.writes or operation.method == "LOOKUP" else {"type", "size", "syntax"}
    never |= set() if operation in VERSIONED else {"If-Match"}
    never |= set() if isinstance(operation.body, dict | list) and operation.body else {"fields"}
    never |= {"accept"} if operation.route in FILES else set()
    never |= {"organization"} if operation.route == "appointments-groups" else set()
    return [fault for fault in ORDER if fault.name not in never]


def told(scene: Scene, settings, faults: tuple[Fault, ...]) -> tuple[int, dict]:
    """The answer's status and body, without the address that some bodies repeat."""
    request = scene.good
    for fault in reversed(faults):
        request = fault.put(scene, request)
    settings.RATE_LIMIT_PER_HOUR = int(request.is_limited)
    response = request.send()
    assert response.status_code >= 400, (scene.operation, [fault.name for fault in faults], response.content)
    body = response.json()
    body.pop("instance", None)
    return response.status_code, body


def spent(scene: Scene, settings) -> None:
    """The caller's one request of this hour is made."""
    cache.clear()
    settings.RATE_LIMIT_PER_HOUR = 1
    replace(scene.good, body=b"{").having(Accept="text/html").send()


@pytest.mark.parametrize("operation", ROUTES, ids=str)
def test_of_two_faults_the_first_is_told(scene, operation, settings):
    found = scene(operation)
    spent(found, settings)
    faults = possible(operation, needs_role(found))
    before = count_rows()
    alone = {fault.name: told(found, settings, (fault,)) for fault in faults}
    assert {fault.name: alone[fault.name] for fault in faults if alone[fault.name][0] not in fault.status} == {}
    wrong = {}
    for first, second in combinations(faults, 2):
        answer = told(found, settings, (first, second))
        if answer != alone[first.name]:
            wrong[f"{first.name} + {second.name}"] = answer
    assert (wrong, count_rows()) == ({}, before)
