"""Services through the API, what account sees of set-up, and how set-up is found [contract 40]."""

import pytest

from tests.appointment_factories import make_calendar, make_calendar_set, make_group, make_service, make_service_set
from tests.appointments.wire import account, done, error, fields, pro

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def staff(group):
    return pro(group)


def test_an_intervention_is_made_changed_and_offered(staff, group):
    first, second = make_calendar(group), make_calendar(group)
    made = done(staff.post("interventions", {"intervention": {"name": "Cut"}}), 201)
    assert made == {
        "id": made["id"],
        "group_id": group.pk,
        "interventionset_id": None,
        "name": "Cut",
        **dict.fromkeys(("publicname", "abbr", "description"), ""),
        "length": 15,
        "buffer_before": 0,
        "buffer_after": 0,
        "colorref": "#dddddd",
        "sort": 0,
        "price": None,
        "open": True,
        "deleted": False,
        "calendar_ids": [],
    }
    address = f"interventions/{made['id']}"
    sent = {"length": 45, "buffer_after": 5, "price": 2500, "calendar_ids": [second.pk, first.pk, second.pk]}
    changed = done(staff.put(address, {"intervention": {**sent, "colorref": "#12ABef"}}))
    assert changed == {**made, **sent, "colorref": "#12ABef", "calendar_ids": [first.pk, second.pk]}
    assert done(staff.put(address, {"intervention": {"price": None, "calendar_ids": []}}))["calendar_ids"] == []


def test_a_calendar_that_is_deleted_offers_again_what_it_did_when_it_is_restored(staff, group):
    first, second = make_calendar(group), make_calendar(group)
    service = make_service(group, first, second)
    address = f"interventions/{service.pk}"
    staff.delete(f"calendars/{first.pk}")
    assert done(staff.get(address))["calendar_ids"] == [second.pk]
    assert done(staff.put(address, {"intervention": {"calendar_ids": []}}))["calendar_ids"] == []
    staff.put(f"calendars/{first.pk}", {"calendar": {"deleted": False}})
    assert done(staff.get(address))["calendar_ids"] == [first.pk]


@pytest.mark.parametrize(
    ("values", "place"),
    [
        *[({"length": value}, "length") for value in (0, -1, 1441, "x", None, True, 1.5)],
        *[({"buffer_before": value}, "buffer_before") for value in (-1, 1441, None)],
        *[({"price": value}, "price") for value in (-1, 2**31, "free", 1.5)],
        *[({"colorref": value}, "colorref") for value in ("red", "#12345", "#1234567", "#gggggg", "", None, 1)],
        *[({"description": value}, "description") for value in ("x" * 5001, 1)],
        *[({"calendar_ids": value}, "calendar_ids") for value in (None, "x", {}, True, [1] * 501)],
        ({"calendar_ids": [0]}, "calendar_ids[0]"),
    ],
)
def test_an_interventions_values_have_their_limits(staff, values, place):
    found = fields(staff.post("interventions", {"intervention": {"name": "x", **values}}))
    assert list(found) in ([place], [f"{place}[0]"])


# -- account, and filters -----------------------------------------------------------------------------------


def test_account_reads_what_is_open_and_not_deleted_and_writes_nothing(staff, group):
    shown, closed = make_calendar(group, name="Open"), make_calendar(group, name="Closed", is_open=False)
    gone = make_calendar(group, name="Gone", is_deleted=True)
    service = make_service(group, shown, closed, gone)
    hidden = make_service(group, shown, is_open=False)
    customer = account(group)
    assert [one["id"] for one in done(customer.get("calendars"))["records"]] == [shown.pk]
    assert [one["id"] for one in done(customer.get("interventions"))["records"]] == [service.pk]
    assert done(customer.get(f"interventions/{service.pk}"))["calendar_ids"] == [shown.pk]
    assert done(staff.get(f"interventions/{service.pk}"))["calendar_ids"] == [shown.pk, closed.pk]
    for path in (f"calendars/{closed.pk}", f"calendars/{gone.pk}", f"interventions/{hidden.pk}"):
        error(customer.get(path), 404, 3)
        error(customer.put(path, {path.split("s/")[0]: {}}), 403, 1)
        error(customer.delete(path), 403, 1)


def test_calendars_are_found_by_services_and_sets_each_once(staff, group):
    ground, first = make_calendar_set(group), make_calendar_set(group)
    ann, bob = make_calendar(group, calendarset=ground), make_calendar(group, calendarset=first)
    cut, colour = make_service(group, ann, bob), make_service(group, ann)
    found = {
        query: [one["id"] for one in done(staff.get(f"calendars?{query}"))["records"]]
        for query in (
            f"intervention_ids[]={cut.pk}",
            f"intervention_ids[]={cut.pk}&intervention_ids[]={colour.pk}",
            f"intervention_ids=[{cut.pk},{colour.pk}]",
            f"calendarset_ids[]={ground.pk}&calendarset_ids[]={first.pk}",
            f"calendarset_ids={first.pk}&intervention_ids={colour.pk}",
            "intervention_ids[]=999999",
        )
    }
    assert list(found.values()) == [[ann.pk, bob.pk], [ann.pk], [ann.pk], [ann.pk, bob.pk], [], []]


def test_interventions_are_found_by_set_and_by_calendars_each_once(staff, group):
    women = make_service_set(group)
    ann, bob = make_calendar(group), make_calendar(group)
    cut, colour = make_service(group, ann, bob, serviceset=women), make_service(group, ann)
    found = [
        [one["id"] for one in done(staff.get(f"interventions?{query}"))["records"]]
        for query in (
            f"interventionset_id={women.pk}",
            f"calendar_ids[]={ann.pk}&calendar_ids[]={bob.pk}",
            f"calendar_ids[]={bob.pk}",
            "calendar_ids[]=999999",
        )
    ]
    assert found == [[cut.pk], [cut.pk, colour.pk], [cut.pk], []]
