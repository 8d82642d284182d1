"""Calendars and their sets through the API; what all set-up has in common [contract 40]."""

from datetime import UTC, datetime

import pytest
import time_machine

from appointments.models import Calendar
from scheduling.models import BusyInterval, Resource
from tests.appointment_factories import make_calendar, make_calendar_set, make_group, make_service, make_service_set
from tests.appointments.wire import account, done, error, fields, pro
from tests.job_factories import make_resource, make_vehicle

pytestmark = pytest.mark.django_db
HOURS = [{"day": 1, "start": "09:00", "end": "12:30", "intervention_ids": []}]


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def staff(group):
    return pro(group)


# -- calendars ----------------------------------------------------------------------------------------------


def test_a_calendar_is_made_with_what_it_needs_by_default(staff, group):
    response = staff.post("calendars", {"calendar": {"name": "Dr Martin"}})
    made = done(response, 201)
    resource = Resource.objects.get()
    assert made == {
        "id": made["id"],
        "group_id": group.pk,
        "calendarset_id": None,
        "name": "Dr Martin",
        **dict.fromkeys(("publicname", "address", "zipcode", "city"), ""),
        "sort": 0,
        "open": True,
        "capacity": 1,
        "slot_step": 15,
        "priority": 0,
        "resource_id": resource.pk,
        "opening_hours": [],
        "exceptions": [],
        "deleted": False,
    }
    assert (resource.kind, resource.name) == (Resource.Kind.CALENDAR, "Dr Martin")
    assert response["Location"] == f"/api/v1/groups/{group.pk}/calendars/{made['id']}"
    assert done(staff.get(response["Location"])) == made


def test_a_calendar_takes_all_that_it_shows(staff, group):
    calendar_set, ann, service = make_calendar_set(group), make_resource(group, "Ann"), make_service(group)
    sent = {
        "calendarset_id": calendar_set.pk,
        "name": "Ann",
        "publicname": "Dr Ann",
        "address": "1 rue de la Paix",
        "zipcode": "75002",
        "city": "Paris",
        "sort": -3,
        "open": False,
        "capacity": 3,
        "slot_step": 20,
        "priority": 2,
        "resource_id": ann.pk,
        "opening_hours": [{"day": 7, "start": "00:00", "end": "24:00", "intervention_ids": [service.pk]}],
        "exceptions": [
            {"date": "2026-12-24", "closed": True},
            {"date": "2026-12-31", "ranges": [{"start": "09:00", "end": "12:00"}]},
        ],
    }
    made = done(staff.post("calendars", {"calendar": sent}), 201)
    assert made == {"id": made["id"], "group_id": group.pk, **sent, "deleted": False}
    assert done(staff.put(f"calendars/{made['id']}", {"calendar": made})) == made, "what is read can be sent back"


def test_a_put_merges(staff, group):
    calendar = make_calendar(group, name="Dr Martin", city="Paris")
    changed = done(staff.put(f"calendars/{calendar.pk}", {"calendar": {"publicname": "Dr M."}}))
    assert (changed["name"], changed["publicname"], changed["city"]) == ("Dr Martin", "Dr M.", "Paris")


@pytest.mark.parametrize(
    ("values", "place"),
    [
        *[({"name": value}, "name") for value in (None, "", " ", 1, [], "x" * 256)],
        *[({"capacity": value}, "capacity") for value in (0, -1, 501, "x", None, True, 1.5, 2**70)],
        *[({"slot_step": value}, "slot_step") for value in (0, 1441, "x", None)],
        *[({"sort": value}, "sort") for value in (2**31, "x", None, [])],
        *[({"resource_id": value}, "resource_id") for value in (0, 999999, "x", None, [], 2**63)],
        *[({"calendarset_id": value}, "calendarset_id") for value in (-1, 999999, "x", [])],
        *[({"opening_hours": value}, "opening_hours") for value in (None, 1, "x", {}, HOURS * 101, HOURS * 2)],
        *[({"opening_hours": [value]}, "opening_hours[0]") for value in (None, 1, "x", [])],
        *[({"opening_hours": [{**HOURS[0], "day": value}]}, "opening_hours[0].day") for value in (0, 8, "1", None)],
        *[
            ({"opening_hours": [{**HOURS[0], "start": value}]}, "opening_hours[0].start")
            for value in ("9:00", "24:00", "25:00", "09:00:00", 9, None, "")
        ],
        ({"opening_hours": [{**HOURS[0], "end": "09:00"}]}, "opening_hours[0].end"),
        ({"opening_hours": [{"day": 1, "start": "09:00"}]}, "opening_hours[0].end"),
        ({"opening_hours": [{**HOURS[0], "intervention_ids": [999999]}]}, "opening_hours[0].intervention_ids"),
        ({"opening_hours": [{**HOURS[0], "intervention_ids": ["x"]}]}, "opening_hours[0].intervention_ids[0]"),
        *[({"exceptions": value}, "exceptions") for value in (None, "x", [{"date": "2026-12-24", "closed": True}] * 2)],
        *[({"exceptions": [value]}, "exceptions[0]") for value in (1, {"date": "2026-12-24"})],
        ({"exceptions": [{"date": "2026-12-24", "closed": False}]}, "exceptions[0]"),
        ({"exceptions": [{"date": "2026-12-24", "closed": True, "ranges": [HOURS[0]]}]}, "exceptions[0]"),
        ({"exceptions": [{"closed": True}]}, "exceptions[0].date"),
        *[
            ({"exceptions": [{"date": value, "closed": True}]}, "exceptions[0].date")
            for value in ("24/12/2026", "2026-02-30", 1, None, "2026-12-24 00:00:00")
        ],
        ({"exceptions": [{"date": "2026-12-24", "ranges": "x"}]}, "exceptions[0].ranges"),
        (
            {"exceptions": [{"date": "2026-12-24", "ranges": [{"start": "x", "end": "10:00"}]}]},
            "exceptions[0].ranges[0].start",
        ),
    ],
)
def test_a_value_that_cannot_be_is_told_by_its_place_and_nothing_is_made(staff, values, place):
    assert list(fields(staff.post("calendars", {"calendar": {"name": "x", **values}}))) == [place]
    assert (Calendar.objects.count(), Resource.objects.count()) == (0, 0)


def test_rows_of_another_group_do_not_exist(staff, group):
    other = make_group("Second")
    calendar, service = make_calendar(other), make_service(other)
    hours = [{**HOURS[0], "intervention_ids": [service.pk]}]
    body = {"name": "x", "calendarset_id": make_calendar_set(other).pk, "resource_id": calendar.resource_id}
    assert fields(staff.post("calendars", {"calendar": {**body, "opening_hours": hours}})) == {
        "calendarset_id": ["must exist"],
        "resource_id": ["must exist"],
        "opening_hours[0].intervention_ids": ["must exist"],
    }
    body = {"name": "x", "interventionset_id": make_service_set(other).pk, "calendar_ids": [calendar.pk]}
    assert fields(staff.post("interventions", {"intervention": body})) == {
        "interventionset_id": ["must exist"],
        "calendar_ids[0]": ["must exist"],
    }
    for path, row in (("calendars", calendar), ("interventions", service)):
        error(staff.get(f"{path}/{row.pk}"), 404, 3)
        error(staff.put(f"{path}/{row.pk}", {path[:-1]: {}}), 404, 3)
        error(staff.delete(f"{path}/{row.pk}"), 404, 3)


def test_what_is_deleted_cannot_be_named_anew_but_stays_where_it_is(staff, group):
    calendar_set, service = make_calendar_set(group, is_deleted=True), make_service(group, is_deleted=True)
    assert "calendarset_id" in fields(
        staff.post("calendars", {"calendar": {"name": "x", "calendarset_id": calendar_set.pk}})
    )
    hours = [{**HOURS[0], "intervention_ids": [service.pk]}]
    assert fields(staff.post("calendars", {"calendar": {"name": "x", "opening_hours": hours}}))
    held = make_calendar(group, calendarset=calendar_set)
    body = {"calendar": {"calendarset_id": calendar_set.pk, "name": "y"}}
    assert done(staff.put(f"calendars/{held.pk}", body))["calendarset_id"] == calendar_set.pk


def test_a_vehicle_and_an_archived_resource_take_no_calendar(staff, group):
    vehicle, gone = make_vehicle(group), make_resource(group, is_archived=True)
    assert fields(staff.post("calendars", {"calendar": {"name": "x", "resource_id": vehicle.pk}})) == {
        "resource_id": ["must exist"]
    }
    assert fields(staff.post("calendars", {"calendar": {"name": "x", "resource_id": gone.pk}})) == {
        "resource_id": ["is archived"]
    }


@time_machine.travel("2026-11-22T12:00:00Z", tick=False)
def test_neither_places_that_are_taken_nor_the_resource_of_what_is_booked_go_away(staff, group):
    service = make_service(group)
    calendar = make_calendar(group, service, capacity=2)
    for name in ("Anne", "Bob"):
        customer = done(staff.post("fiches", {"fiche": {"firstname": name}}), 201)["id"]
        body = {"calendar_id": calendar.pk, "start": "2026-11-23 10:00:00", "fiche_id": customer}
        done(staff.post("vevents", {"vevent": {**body, "intervention_id": service.pk}}), 201)
    assert BusyInterval.objects.count() == 2
    path = f"calendars/{calendar.pk}"
    assert fields(staff.put(path, {"calendar": {"capacity": 1}})) == {
        "capacity": ["must be at least 2, as so many places are taken"]
    }
    other = make_resource(group)
    assert fields(staff.put(path, {"calendar": {"resource_id": other.pk}})) == {
        "resource_id": ["cannot be changed while appointments lie ahead"]
    }
    with time_machine.travel(datetime(2026, 11, 24, tzinfo=UTC)):
        changed = done(staff.put(path, {"calendar": {"capacity": 1, "resource_id": other.pk}}))
    assert (changed["capacity"], changed["resource_id"]) == (1, other.pk)


# -- deleted and restored -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["calendars", "calendarsets", "interventions", "interventionsets"])
def test_what_is_deleted_answers_with_itself_and_can_be_restored(staff, group, path):
    root = path[:-1]
    made = done(staff.post(path, {root: {"name": "One"}}), 201)
    address = f"{path}/{made['id']}"
    assert done(staff.delete(address)) == {**made, "deleted": True}
    assert done(staff.get(address))["deleted"] is True
    assert done(staff.get(path))["records"] == []
    error(staff.delete(address), 404, 3)
    found = error(staff.put(address, {root: {"name": "Two"}}), 409, 2)
    assert "restored" in found["message"]
    error(account(group).get(address), 404, 3)
    assert done(staff.put(address, {root: {"deleted": False, "name": "Two"}})) == {**made, "name": "Two"}
    assert fields(staff.put(address, {root: {"deleted": True}})) == {
        "deleted": ["can only be false here, which restores"]
    }
