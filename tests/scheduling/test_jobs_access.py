"""Every endpoint under /v1 by every kind of caller; that none is missing is held by test_access_table.py."""

import pytest

from core.models import Role
from scheduling.models import ContactGroup, JobConstraint, JobOccurrence
from tests.api import Caller
from tests.factories import make_member, make_organization
from tests.job_factories import (
    make_contact,
    make_contact_person,
    make_definition,
    make_job,
    make_job_type,
    make_recurrence,
    make_resource,
    make_vehicle,
)
from tests.scheduling.jobs_access_table import (
    COLUMNS,
    FOREIGN_CUSTOMER,
    NO_CUSTOMER,
    NO_TOKEN,
    TABLE,
    WRONG_SCOPE,
    Expected,
)
from tests.scheduling.jobs_calls import jobs_person, jobs_program, problem
from tests.scheduling.test_malformed import count_rows

pytestmark = pytest.mark.django_db
IDS = [f"{method} {path}" for method, _, path, *_ in TABLE]
ROWS = pytest.mark.parametrize("row", TABLE, ids=IDS)
JOBS_IN_STATES = {
    "job": "new",
    "scheduled_job": "scheduled",
    "sent_job": "sent",
    "started_job": "started",
    "suspended_job": "suspended",
}


def make_world() -> dict:
    """The ids that the table's paths and bodies name."""
    organization = make_organization()
    contact = make_contact(organization)
    rows = {
        "type": make_job_type(organization),
        "contact": contact,
        "group": ContactGroup.objects.create(organization=organization, name="Schools"),
        "resource": make_resource(organization),
        "vehicle": make_vehicle(organization),
        "definition": make_definition(organization),
    }
    for name, status in JOBS_IN_STATES.items():
        rows[name] = make_job(organization, type=rows["type"], contact=contact, status=status)
    rows["constraint"] = JobConstraint.objects.create(job=rows["job"], type="must_start_in_available_hours")
    rows["recurrence"] = make_recurrence(organization, type=rows["type"], contact=contact)
    JobOccurrence.objects.create(recurrence=rows["recurrence"], start_at=rows["recurrence"].start_at, outcome="skipped")
    ids = {name: row.pk for name, row in rows.items()}
    return {"organization": organization, "person": str(make_contact_person(contact).uid), **ids}


@pytest.fixture
def world():
    return make_world()


def fill(value: object, world: dict) -> object:
    """The table's value with the rows' ids where it names them; a text that is a name alone becomes the id itself."""
    if isinstance(value, dict):
        return {name: fill(item, world) for name, item in value.items()}
    if isinstance(value, list):
        return [fill(item, world) for item in value]
    if value == "{member}":
        return make_member(world["organization"]).pk
    if isinstance(value, str) and value[1:-1] in world and value[0] == "{":
        return world[value[1:-1]]
    return value.format(**world) if isinstance(value, str) else value


def call(caller: Caller, row: tuple, world: dict):
    method, _, path, body, _ = row
    return caller.call(method, "/v1/" + str(fill(path, world)), fill(body, world))


def callers(column: str, organization) -> list[Caller]:
    """One caller of each kind that the column stands for."""
    if column == "application":
        return [jobs_program(organization)]
    if column == "other organization":
        elsewhere = make_organization()
        return [jobs_program(elsewhere), jobs_person(elsewhere, Role.ADVANCED_STAFF)]
    return [jobs_person(organization, Role(column.replace(" ", "_")))]


def check(response, expected: Expected) -> None:
    assert response.status_code == expected.status, response.content
    if expected.status >= 400:
        found = problem(response, expected.status)
        assert expected.detail in (None, found["detail"])
        assert expected.errors in (None, found.get("errors"))
    elif expected.status == 204:
        assert response.content == b""
    elif expected.one:
        assert list(response.json()) == expected.one
    else:
        items = response.json()["items"]
        assert bool(items) == bool(expected.items)
        assert all(list(item) == expected.items for item in items)


@pytest.mark.parametrize("column", COLUMNS)
@ROWS
def test_each_kind_of_caller_gets_what_the_table_says(world, row, column):
    for caller in callers(column, world["organization"]):
        check(call(caller, row, world), row[-1][COLUMNS.index(column)])


@ROWS
def test_without_a_token_each_endpoint_says_only_that(world, row):
    response = call(Caller(), row, world)
    check(response, NO_TOKEN)
    assert response["WWW-Authenticate"] == 'Bearer realm="dutyboard"'


@ROWS
def test_without_its_own_scope_an_endpoint_stays_closed(world, row):
    needed = "jobs:read" if row[0] == "GET" else "jobs:write"
    others = {"public", "tig", "jobs:read", "jobs:write"} - {needed}
    response = call(jobs_program(world["organization"], scopes=sorted(others)), row, world)
    check(response, WRONG_SCOPE)
    assert f'scope="{needed}"' in response["WWW-Authenticate"]


@ROWS
def test_each_endpoint_wants_a_customer_that_is_granted(world, row):
    caller = jobs_program(world["organization"])
    caller.headers["Customer-Id"] = str(make_organization().pk)
    check(call(caller, row, world), FOREIGN_CUSTOMER)
    del caller.headers["Customer-Id"]
    check(call(caller, row, world), NO_CUSTOMER)


@ROWS
def test_a_refused_caller_changes_nothing(world, row):
    refused = [
        caller
        for column, expected in zip(COLUMNS, row[-1], strict=True)
        if expected.status >= 400
        for caller in callers(column, world["organization"])
    ]
    body = fill(row[3], world)
    before = count_rows()
    for caller in refused:
        caller.call(row[0], "/v1/" + str(fill(row[2], world)), body)
    # Each write of a row leaves one in its history.
    assert count_rows() == before
