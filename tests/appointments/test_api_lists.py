"""Lists: the envelope, paging, sorting, search and conditions [contract 40]; one table for what all of them share."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Service
from tests.appointment_factories import (
    make_calendar,
    make_calendar_set,
    make_customer,
    make_event,
    make_group,
    make_service,
    make_service_set,
)
from tests.appointments.wire import account, done, error, fields, pro
from tests.core.test_queries import is_bookkeeping

pytestmark = pytest.mark.django_db
LISTS = ["calendars", "calendarsets", "interventions", "interventionsets", "vevents", "fiches"]


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def staff(group):
    return pro(group)


@pytest.fixture
def cuts(group):
    """Three services: by sort Shave, Cut, Colour."""
    values = [("Cut", 2, 3000, 30), ("Colour", 3, None, 90), ("Shave", 1, 1500, 15)]
    return [
        make_service(group, name=name, sort=sort, price=price, length=length) for name, sort, price, length in values
    ]


def names(response) -> list[str]:
    return [record["name"] for record in done(response)["records"]]


def asked(*conditions: tuple[str, str, object], **more: object) -> str:
    pairs = {
        f"conditions[{number}][{part}]": value
        for number, condition in enumerate(conditions)
        for part, value in zip(("field", "op", "value"), condition, strict=True)
    }
    return "interventions?" + urlencode({**pairs, **more})


def test_an_empty_list_has_no_records(staff):
    for path in LISTS:
        assert done(staff.get(path)) == {
            "records": [],
            "sort": None,
            "dir": None,
            "totalRecords": 0,
            "startIndex": 0,
            "recordsReturned": 0,
            "pageSize": 25,
        }


def test_a_page_is_25_unless_the_query_says(staff, group):
    for number in range(30):
        make_service(group, name=f"Service {number:02}")
    page = done(staff.get("interventions"))
    assert (page["recordsReturned"], page["totalRecords"], page["pageSize"]) == (25, 30, 25)
    rest = done(staff.get("interventions?startIndex=25"))
    assert (rest["recordsReturned"], rest["totalRecords"], rest["startIndex"]) == (5, 30, 25)
    assert len({one["id"] for one in page["records"] + rest["records"]}) == 30
    whole = done(staff.get("interventions?results=all"))
    assert (whole["recordsReturned"], whole["totalRecords"], whole["pageSize"]) == (30, 30, 1000)
    few = done(staff.get("interventions?results=10&startIndex=5"))
    assert [one["name"] for one in few["records"]] == [f"Service {number:02}" for number in range(5, 15)]
    past = done(staff.get("interventions?startIndex=99"))
    assert (past["records"], past["totalRecords"]) == ([], 30)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        *((f"results={value}", "results") for value in ("0", "-1", "1001", "x", "", "1.5", "ALL", "9" * 30)),
        *((f"startIndex={value}", "startIndex") for value in ("-1", "x", "", "9" * 30)),
        *((f"sort={value}", "sort") for value in ("", "nothing", "NAME", "organization_id", "serviceset__name")),
        *((f"dir={value}", "dir") for value in ("asc", "", "up&sort=name", "ASC&sort=name")),
        *[("results=1&results=2", "results"), ("sort=name&sort=id", "sort")],
        *((f"calendar_ids[]={value}", "calendar_ids[0]") for value in ("x", "1.5", "9" * 30)),
        ("calendar_ids=[1", "calendar_ids"),
        ("conditions[0][field]=name", "conditions[0][op]"),
        ("conditions[0][op]==", "conditions[0][field]"),
        ("conditions[x][field]=name", "conditions[x][field]"),
        ("conditions[0][name]=name", "conditions[0][name]"),
        ("conditions=x", "conditions"),
        ("conditions[0][field]=name&conditions[0][field]=id", "conditions[0][field]"),
    ],
)
def test_what_the_query_cannot_mean_is_told_by_name(staff, query, place):
    assert place in fields(staff.get(f"interventions?{query}"))


def test_records_are_sorted_by_a_field_and_then_by_id(staff, cuts):
    assert names(staff.get("interventions")) == ["Shave", "Cut", "Colour"]
    page = done(staff.get("interventions?sort=name"))
    assert (page["sort"], page["dir"]) == ("name", "asc")
    assert [one["name"] for one in page["records"]] == ["Colour", "Cut", "Shave"]
    assert names(staff.get("interventions?sort=length&dir=desc")) == ["Colour", "Cut", "Shave"]
    assert names(staff.get("interventions?sort=price")) == ["Shave", "Cut", "Colour"], "without a price: last"
    same = [make_service(cuts[0].organization, name="Cut").pk for _ in range(3)]
    found = [one["id"] for one in done(staff.get("interventions?sort=name&dir=desc"))["records"]]
    assert found == [cuts[2].pk, *reversed(same), cuts[0].pk, cuts[1].pk]


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ([("name", "=", "Cut")], ["Cut"]),
        ([("name", "!=", "Cut")], ["Shave", "Colour"]),
        ([("name", "like", "c%")], ["Cut", "Colour"]),
        ([("name", "like", "_ut")], ["Cut"]),
        ([("name", "like", "cut\\")], []),
        ([("name", "like", "c\\ut")], []),
        ([("name", "not like", "%u%")], ["Shave"]),
        ([("name", "in", "Cut,Shave")], ["Shave", "Cut"]),
        ([("name", "not in", "Cut,Shave")], ["Colour"]),
        ([("length", ">", "15"), ("length", "<", 90)], ["Cut"]),
        ([("length", ">=", "30")], ["Cut", "Colour"]),
        ([("length", "<=", "30")], ["Shave", "Cut"]),
        ([("price", "=", "3000")], ["Cut"]),
        ([("length", "in", "15, 90")], ["Shave", "Colour"]),
        ([("open", "=", "1")], ["Shave", "Cut", "Colour"]),
        ([("open", "!=", "true")], []),
        ([("deleted", "=", "0")], ["Shave", "Cut", "Colour"]),
        ([("name", "=", "Cut"), ("name", "=", "Shave")], []),
        ([("interventionset_id", "=", "0")], []),
        ([("name", "=", "%")], []),
        ([("name", "like", "' OR 1=1 --")], []),
    ],
)
def test_conditions_are_all_held(staff, cuts, conditions, found):
    assert names(staff.get(asked(*conditions))) == found


@pytest.mark.parametrize(
    ("condition", "part"),
    [
        *[((field, "=", "1"), "field") for field in ("", "nothing", "organization_id", "serviceset__name", "NAME")],
        *[(("name", op, "1"), "op") for op in ("", "==", "<>", "LIKE", "is", "regex", "like%")],
        *[(("length", op, "1"), "op") for op in ("like", "not like")],
        *[(("open", op, "1"), "op") for op in (">", "<", ">=", "<=", "like")],
        *[(("length", "=", value), "value") for value in ("", "x", "1.5", "9" * 30, str(2**31), "1,2")],
        *[(("open", "=", value), "value") for value in ("", "2", "yes")],
        *[(("length", "in", value), "value") for value in ("", "1,", "1,x", ",".join(["1"] * 501))],
        *[(("id", op, str(2**63)), "value") for op in ("=", "in", ">")],
    ],
)
def test_a_condition_that_cannot_be_is_told_by_its_part(staff, condition, part):
    assert list(fields(staff.get(asked(condition)))) == [f"conditions[0][{part}]"]


def test_too_many_conditions_are_refused(staff):
    assert list(fields(staff.get(asked(*[("name", "=", "x")] * 51)))) == ["conditions"]


def test_moments_in_conditions_are_the_groups(staff, group):
    customer = make_customer(group)
    type(customer).objects.filter(pk=customer.pk).update(created_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    for sent, count in (
        *[("2026-07-02 00:30:00", 1), ("2026-07-02 00:30:01", 0)],
        *[("2026-07-01T22:30:00Z", 1), ("2026-07-02T00:30:00+02:00", 1), ("2026-07-02T00:30:01+02:00", 0)],
    ):
        query = {"conditions[0][field]": "created_at", "conditions[0][op]": ">=", "conditions[0][value]": sent}
        assert done(staff.get("fiches?" + urlencode(query)))["totalRecords"] == count
        unescaped = "&".join(f"{name}={value}" for name, value in query.items())
        assert done(staff.get(f"fiches?{unescaped}"))["totalRecords"] == count, "a plus sign is read as such"


def test_a_search_finds_each_word_somewhere(staff, group):
    make_customer(group, "Durand", "Anne", email="anne@example.org", firstphone="06 12 34 56 78")
    make_customer(group, "Martin", "Anne", email="am@example.org")
    found = {
        text: [one["lastname"] for one in done(staff.get("fiches?" + urlencode({"search": text})))["records"]]
        for text in ("anne", "ANNE dur", "mart 06", "example.org", "%", "12 34", "")
    }
    assert found == {
        "anne": ["Durand", "Martin"],
        "ANNE dur": ["Durand"],
        "mart 06": [],
        "example.org": ["Durand", "Martin"],
        "%": [],
        "12 34": ["Durand"],
        "": ["Durand", "Martin"],
    }


def test_deleted_rows_are_left_out_unless_a_condition_asks_for_them(staff, group, cuts):
    Service.objects.filter(name="Cut").update(is_deleted=True)
    assert names(staff.get("interventions")) == ["Shave", "Colour"]
    assert names(staff.get(asked(("deleted", "=", "1")))) == ["Cut"]
    assert names(staff.get(asked(("deleted", "in", "0,1")))) == ["Shave", "Cut", "Colour"]
    assert names(account(group).get(asked(("deleted", "=", "1")))) == []


def test_no_other_groups_rows_are_listed(staff, group):
    other = make_group("Second")
    for place in (group, other):
        make_customer(place, name := place.name)
        make_calendar(place, name=name)
        make_calendar_set(place, name)
        make_service(place, name=name)
        make_service_set(place, name)
    for path in LISTS:
        if path != "vevents":
            page = done(staff.get(path))
            assert (page["totalRecords"], page["records"][0]["group_id"]) == (1, group.pk)
    foreign = other.pk
    assert done(staff.get(f"calendars?intervention_ids[]={foreign}"))["records"] == []


def test_account_has_no_search_and_no_conditions_on_customers(group):
    caller = account(group)
    for query in ("search=x", "search=", "conditions[0][field]=id", "conditions"):
        error(caller.get(f"fiches?{query}"), 403, 1)
    assert caller.get("calendars?search=x").status_code == 200


@pytest.mark.parametrize("path", [*LISTS, "/api/v1/groups"])
@pytest.mark.parametrize("query", ["", "results=2", "results=2&sort=id&search=a&startIndex=1"])
def test_a_list_costs_four_queries_whatever_its_size(group, path, query):
    costs = []
    for size in (1, 10):
        calendars = [make_calendar(group, calendarset=make_calendar_set(group)) for _ in range(size)]
        for calendar in calendars:
            make_service(group, *calendars, serviceset=make_service_set(group))
            make_customer(group)
            start = datetime(2027, 1, 4, 9, tzinfo=UTC)
            make_event(calendar, start, start.replace(hour=10), text="a")
        caller = pro(group)
        with CaptureQueriesContext(connection) as queries:
            assert caller.get(f"{path}?{query}").status_code == 200
        costs.append(sum(not is_bookkeeping(one["sql"]) for one in queries))
    assert max(costs) <= 4
