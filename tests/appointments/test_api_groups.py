"""The group and its booking rules through the API [contract 40]."""

import pytest

from appointments.models import BookingSettings
from core.models import Role
from tests.appointment_factories import make_group
from tests.appointments.wire import SCOPES, GroupCaller, account, done, error, fields, group_person, pro
from tests.factories import make_client, make_organization, make_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return make_organization("Practice")


@pytest.fixture
def staff(group):
    return pro(group)


def read(caller) -> dict:
    return done(caller.get(f"/api/v1/groups/{caller.group.pk}"))


def put(caller, **values):
    return caller.put(f"/api/v1/groups/{caller.group.pk}", {"group": values})


def test_a_group_that_decided_nothing_has_every_rule_off(staff, group):
    assert read(staff) == {
        "id": group.pk,
        "name": "Practice",
        **dict.fromkeys(("urlname", "preposition", "phone", "fax", "address", "zipcode", "city", "country"), ""),
        "timezone": "Europe/Paris",
        **dict.fromkeys(("min_notice", "booking_horizon", "min_time_between", "min_cancel_notice")),
        **dict.fromkeys(("max_upcoming", "max_multirdvs", "max_moves")),
        "confirm_required": False,
        "assignment": "random",
        "check_mx": False,
        "holidays": "",
        "sendmail": True,
        "mailreminder": 0,
    }
    assert done(staff.get("/api/v1/groups"))["records"] == [read(staff)]


def test_names_and_rules_are_changed_as_one_thing(staff, group):
    sent = {
        "name": "Practice Voltaire",
        "urlname": "voltaire",
        "phone": "01 23 45 67 89",
        "country": "France",
        "timezone": "America/New_York",
        "min_notice": 0,
        "booking_horizon": 129600,
        "max_upcoming": 3,
        "confirm_required": True,
        "assignment": "least_loaded",
        "holidays": "FR",
        "sendmail": 0,
        "mailreminder": 240,
    }
    changed = done(put(staff, **sent))
    assert changed == {**changed, **sent, "sendmail": False}
    assert read(staff) == changed == done(staff.get("/api/v1/groups"))["records"][0]
    group.refresh_from_db()
    assert (group.name, group.time_zone) == ("Practice Voltaire", "America/New_York")
    assert [row.history.count() for row in (group, BookingSettings.objects.get())] == [2, 1]
    assert done(put(staff, min_notice=None))["min_notice"] is None


@pytest.mark.parametrize(
    ("sent", "stored", "shown"),
    [
        *[(0, [], 0), ([], [], 0), ([0], [], 0), (240, [240], 240), ("240", [240], 240), ([240], [240], 240)],
        ([60, 2880], [2880, 60], [2880, 60]),
    ],
)
def test_reminders_are_a_number_or_a_list(staff, sent, stored, shown):
    assert done(put(staff, mailreminder=sent))["mailreminder"] == shown
    kept = list(BookingSettings.objects.values_list("reminders", flat=True))
    assert kept == ([stored] if stored else []), "nothing decided, nothing kept"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("name", [None, "", " ", 1, "x" * 121]),
        ("timezone", [None, "", "Mars/Olympus", "Paris", 1]),
        ("min_notice", [-1, 1_000_001, "x", True, 1.5, []]),
        ("max_upcoming", [0, -1, 1001, "x"]),
        ("assignment", ["", "RANDOM", "first", None, 1]),
        ("holidays", ["ZZ", "FRA", "fr", 1]),
        ("check_mx", [None, "x", 2]),
        ("mailreminder", [-1, "x", None, True, 1.5, {}, [60, 60], [1, 2, 3, 4, 5, 6], [[60]], 1_000_001]),
        ("zipcode", ["x" * 17, 75011]),
    ],
)
def test_a_value_that_cannot_be_changes_nothing(staff, group, name, values):
    for value in values:
        assert list(fields(put(staff, city="Lyon", **{name: value}))) == [name]
    assert not BookingSettings.objects.exists()
    assert group.history.count() == 1


def test_the_version_grows_with_either_row(staff):
    path = f"/api/v1/groups/{staff.group.pk}"
    tags = [staff.get(path)["ETag"]]
    for values in ({"name": "A"}, {"city": "Lyon"}, {"name": "B"}, {"city": "Paris", "name": "C"}):
        response = staff.put(path, {"group": values}, **{"If-Match": tags[-1]})
        assert response.status_code == 200, response.content
        for stale in tags:
            error(staff.put(path, {"group": {"city": "Nice"}}, **{"If-Match": stale}), 412, 2)
        tags.append(response["ETag"])
    assert staff.get(path)["ETag"] == tags[-1]
    assert staff.put(path, {"group": {"name": "C"}})["ETag"] == tags[-1], "nothing changed"


def test_account_reads_the_group_and_changes_nothing(group):
    customer = account(group)
    assert read(customer)["name"] == "Practice"
    error(put(customer, name="Mine"), 403, 1)
    error(put(group_person(group, Role.BASIC_STAFF), name="Mine"), 403, 1)
    assert done(put(group_person(group, Role.ADVANCED_STAFF), name="Ours"))["name"] == "Ours"


def test_the_list_is_of_the_groups_that_are_granted(group):
    second = make_group("Second")
    make_group("Foreign")
    make_organization("Closed", is_active=False)
    caller = GroupCaller(group, token=make_token(make_client(group, second, roles=[], allowed_scopes=SCOPES)))
    page = done(caller.get("/api/v1/groups?sort=name&dir=desc"))
    assert [one["name"] for one in page["records"]] == ["Second", "Practice"]
    assert done(caller.get("/api/v1/groups?search=seco"))["totalRecords"] == 1
    error(caller.post("/api/v1/groups", {"group": {"name": "x"}}), 405, 2)
    error(caller.delete(f"/api/v1/groups/{group.pk}"), 405, 2)
