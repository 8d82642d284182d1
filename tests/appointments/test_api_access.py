"""Every endpoint under /api/v1 by every kind of caller; a route that is missing from the table fails."""

from datetime import UTC, datetime

import pytest

from appointments.api.urls import urlpatterns
from appointments.api.vevent_shapes import FIRST_EVENT
from appointments.models import Appointment, AppointmentLine, CalendarFeed, Hold, Waiting
from core.models import Role
from tests import routes
from tests.appointment_factories import (
    make_calendar,
    make_calendar_set,
    make_customer,
    make_event,
    make_group,
    make_service,
    make_service_set,
)
from tests.appointments.access_table import COLUMNS, NO_CREDENTIAL, REFUSED, TABLE, Endpoint, Expected
from tests.appointments.wire import GroupCaller, account, error, group_person, make_key, pro
from tests.factories import make_client, make_organization
from tests.scheduling.test_malformed import count_rows

pytestmark = pytest.mark.django_db
IDS = [f"{one.method} {one.path or 'group'}" for one in TABLE]
ROWS = pytest.mark.parametrize("endpoint", TABLE, ids=IDS)
# The token in its address is all that a feed asks for: test_feed*.py.
ELSEWHERE = {"appointments-feed-file"}


def make_world() -> dict:
    """The ids that the table's paths and bodies name."""
    group = make_group()
    calendar, service, customer = make_calendar(group), make_service(group), make_customer(group)
    start = datetime(2027, 1, 4, 8, tzinfo=UTC)
    service.calendars.add(calendar)
    appointment = Appointment.objects.create(
        organization=group,
        calendar=calendar,
        customer=customer,
        start=start,
        end=start.replace(minute=30),
        key=f"{group.pk:020d}",
    )
    AppointmentLine.objects.create(appointment=appointment, position=0, service=service, length=30)
    event = make_event(calendar, start.replace(hour=9), start.replace(hour=10))
    end = start.replace(day=5)
    waiting = {"organization": group, "services": [service.pk], "start": start, "end": end}
    rows = {
        "waiting": Waiting.objects.create(customer=customer, **waiting),
        "hold": Hold.objects.create(calendar=calendar, expires_at=end, **waiting),
        "calendar": calendar,
        "service": service,
        "customer": customer,
        "appointment": appointment,
        "calendarset": make_calendar_set(group),
        "serviceset": make_service_set(group),
        "feed": CalendarFeed.objects.create(
            organization=group, calendar=calendar, application=make_client(group), token_hash="x"
        ),
    }
    return {"group": group, "vevent": FIRST_EVENT + event.pk, **{name: row.pk for name, row in rows.items()}}


@pytest.fixture
def world():
    return make_world()


def fill(value: object, world: dict) -> object:
    """The table's value with the rows' ids where it names them; a text that is a name alone becomes the id itself."""
    if isinstance(value, dict):
        return {name: fill(item, world) for name, item in value.items()}
    if isinstance(value, list):
        return [fill(item, world) for item in value]
    if isinstance(value, str) and value[:1] == "{" and value[1:-1] in world:
        return world[value[1:-1]]
    return value.format(**world) if isinstance(value, str) else value


def call(caller: GroupCaller, endpoint: Endpoint, world: dict):
    path = str(fill(endpoint.path, world)) or f"/api/v1/groups/{caller.group.pk}"
    return caller.call(endpoint.method, path, fill(endpoint.body, world))


def caller_of(column: str, group) -> GroupCaller:
    if column == "account key":
        return account(group)
    if column == "pro key":
        return pro(group)
    if column == "other group":
        other = make_organization()
        return GroupCaller(other, key=make_key(other, Role.ADVANCED_STAFF))
    return group_person(group, Role(column.replace(" ", "_")))


def check(response, expected: Expected) -> None:
    if expected.status >= 400:
        error(response, expected.status, expected.code)
        return
    assert response.status_code == expected.status, response.content
    if expected.count is not None:
        assert len(response.json()["records"]) == expected.count
    if expected.keys:
        assert tuple(response.json()) == expected.keys


@pytest.mark.parametrize("column", COLUMNS)
@ROWS
def test_each_kind_of_caller_gets_what_the_table_says(world, endpoint, column):
    check(call(caller_of(column, world["group"]), endpoint, world), endpoint.answers[COLUMNS.index(column)])


@ROWS
def test_without_a_good_credential_each_endpoint_says_only_that(world, endpoint):
    group = world["group"]
    for caller in (GroupCaller(group), GroupCaller(group, key="dk_nothing"), GroupCaller(group, token="nothing")):
        check(call(caller, endpoint, world), NO_CREDENTIAL)


@ROWS
def test_without_its_own_scope_an_endpoint_stays_closed(world, endpoint):
    other = {"read": "write", "write": "read"}[endpoint.needed]
    key = make_key(world["group"], Role.ADMINISTRATOR, scopes=["public", "tig", f"appointments:{other}"])
    response = call(GroupCaller(world["group"], key=key), endpoint, world)
    check(response, REFUSED)
    assert f'scope="appointments:{endpoint.needed}"' in response["WWW-Authenticate"]


@ROWS
def test_a_group_that_is_not_granted_is_closed_to_the_highest_role(world, endpoint):
    if endpoint.route == "appointments-groups":
        return
    stranger = GroupCaller(world["group"], key=make_key(make_organization(), Role.ADMINISTRATOR))
    check(call(stranger, endpoint, world), REFUSED)


@ROWS
def test_a_refused_caller_changes_nothing(world, endpoint):
    callers = [
        caller_of(column, world["group"])
        for column, expected in zip(COLUMNS, endpoint.answers, strict=True)
        if expected.status >= 400
    ]
    before = count_rows()
    for caller in callers:
        call(caller, endpoint, world)
    # Each write of a row leaves one in its history.
    assert count_rows() == before


def test_every_route_and_method_stands_in_the_table():
    known = {(one.method, one.route) for one in TABLE}
    found = {
        (method, route.name)
        for text, route in routes.all_routes(urlpatterns)
        if not routes.is_catch_all(text) and route.name not in ELSEWHERE
        for method in routes.methods(route)
    }
    assert found == known
