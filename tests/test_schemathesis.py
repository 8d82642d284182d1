"""schemathesis over the OpenAPI document: no 5xx, and no status, media type or body that is not written there."""

import os

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.cases import counted
from tests.openapi_world import World
from tests.scale import scaled

# Left out: what compares two calls of a chain (use_after_free, ensure_resource_availability: everywhere/test_life.py
# has them on every route, and says what is retired instead) and what asks for a second identity
# (object_level_authorization: the tables of who may do what); and what reads Allow by the document
# (allow_header_conformance), which cannot name LOOKUP: everywhere/test_malformed.py.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    positive_data_acceptance,
    missing_required_header,
    unsupported_method,
    ignored_auth,
]
# What the document promises to read may still break a rule (409, 422), be a row of nobody (404) or be stale (412); it
# is never of a type, size or form that cannot be read (405, 406, 411, 413, 415).
READ = ["2xx", "304", "400", "401", "403", "404", "409", "412", "422"]
REFUSED = ["400", "401", "403", "404", "405", "406", "409", "411", "412", "413", "415", "422"]
CONFIG = {
    # The values at every schema's edges, and the methods and headers that are not there: many, so `make soak` has them.
    "phases": {"coverage": {"enabled": os.environ.get("SOAK") == "1"}},
    "checks": {
        "positive_data_acceptance": {"expected-statuses": READ},
        "negative_data_rejection": {"expected-statuses": REFUSED},
    },
}
schema = schemathesis.openapi.from_dict(
    SchemaGenerator().get_schema(public=True), config=schemathesis.Config.from_dict(CONFIG)
)
schema.app = get_wsgi_application()
OPERATIONS = sum(1 for _ in schema.get_all_operations())


@pytest.fixture
def world(db) -> World:
    """A request would close the connection, and with it the transaction that the test runs in."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield World()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def count():
    with counted(OPERATIONS) as count:
        yield count


def is_aimed(case) -> bool:
    """Of four cases three go to what exists, as an id by chance hardly does."""
    return len(repr((case.query, case.body))) % 4 != 0


def aim(case, world: World) -> None:
    path = case.operation.path
    # A key by chance would be judged in the token's place.
    for place, name in ((case.query, "apikey"), (case.headers, "X-Api-Key")):
        if place:
            place.pop(name, None)
    for name in {"X-Organization-Id", "Customer-Id"} & set(case.headers or {}):
        case.headers[name] = str(world.organization.pk)
    parameters = case.path_parameters or {}
    case.path_parameters = {name: world.found(path, name) or value for name, value in parameters.items()}
    if isinstance(case.body, dict):
        case.body = with_good_values(case.body, world.good(path))


def with_good_values(body: dict, good: dict) -> dict:
    """The body with every name that has a good value given that; roots are looked into."""
    return {
        name: with_good_values(value, good) if isinstance(value, dict) else good.get(name, value)
        for name, value in body.items()
    }


@pytest.mark.soak
@schema.parametrize()
@settings(max_examples=scaled(200), suppress_health_check=list(HealthCheck))
def test_every_operation(case, world, count):
    count.cases += 1
    # Else what all cases together ask in an hour is too much at some time.
    cache.clear()
    checks = CHECKS
    if is_aimed(case):
        aim(case, world)
    elif not case.meta.is_negative_at(ParameterLocation.HEADER):
        # What was made bad is bad still; a missing credential is not, as it is given below.
        checks = [*CHECKS, negative_data_rejection]
    headers = world.credentials(repr(case.operation.definition.raw))
    case.call_and_validate(headers=headers, checks=checks)
