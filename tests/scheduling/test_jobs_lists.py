"""Lists under /v1: pages, cursors, sorting and filters [contract 20]."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.models import Contact, ContactGroup
from tests.factories import make_organization
from tests.job_factories import make_contact, make_contact_person, make_definition, make_job, make_job_type
from tests.scheduling.jobs_calls import errors, jobs_program

pytestmark = pytest.mark.django_db
GROUPS, CONTACTS = "/v1/contactGroups", "/v1/contacts"
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def customer():
    return make_organization()


@pytest.fixture
def client(customer):
    return jobs_program(customer)


@pytest.fixture
def groups(customer):
    """Seven, made a second apart; two of one name, two made in one moment."""
    names = ["Delta", "alpha", "Echo", "Bravo", "Bravo", "Foxtrot", "Charlie"]
    found = [ContactGroup.objects.create(organization=customer, name=name) for name in names]
    for number, group in enumerate(found):
        moment = NINE + timedelta(seconds=min(number, 5), microseconds=number // 6)
        ContactGroup.objects.filter(pk=group.pk).update(created_at=moment)
    return found


def ids(response) -> list[int]:
    assert response.status_code == 200, response.content
    return [item["id"] for item in response.json()["items"]]


def walk(client, path: str) -> list[int]:
    """The ids of all pages, cursor by cursor."""
    response = client.get(path)
    found, numbers = ids(response), [response.json()["pageNumber"]]
    while cursor := response.json()["nextCursor"]:
        response = client.get(f"{path}&cursor={cursor}")
        found += ids(response)
        numbers.append(response.json()["pageNumber"])
    assert numbers == list(range(1, len(numbers) + 1))
    return found


# -- pages --------------------------------------------------------------------------------------------------


def test_a_page_says_its_number_its_size_and_what_it_holds(client, groups):
    page = client.get(f"{GROUPS}?pageNumber=2&pageSize=3").json()
    assert list(page) == ["items", "pageNumber", "pageSize", "pageItemCount", "nextCursor"]
    assert [item["name"] for item in page["items"]] == ["Bravo", "Bravo", "Foxtrot"]
    assert (page["pageNumber"], page["pageSize"], page["pageItemCount"]) == (2, 3, 3)


def test_the_first_hundred_come_by_default_in_the_order_they_were_made(client, customer):
    ContactGroup.objects.bulk_create(ContactGroup(organization=customer, name=f"{n}") for n in range(101))
    page = client.get(GROUPS).json()
    assert (page["pageNumber"], page["pageSize"], page["pageItemCount"]) == (1, 100, 100)
    assert [item["name"] for item in page["items"]] == [f"{n}" for n in range(100)]


def test_a_page_past_the_end_is_empty(client, groups):
    page = client.get(f"{GROUPS}?pageNumber=2147483&pageSize=1000").json()
    assert (page["items"], page["pageItemCount"], page["nextCursor"]) == ([], 0, None)


def test_the_total_comes_when_it_is_asked_for(client, groups):
    page = client.get(f"{GROUPS}?pageSize=2&includeTotal=TRUE&name=Bravo&name=Echo").json()
    assert (page["totalItemCount"], page["pageItemCount"]) == (3, 2)
    assert "totalItemCount" not in client.get(f"{GROUPS}?includeTotal=false").json()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("pageSize=0", "pageSize must be an integer from 1 to 1000"),
        ("pageSize=1001", "pageSize must be an integer from 1 to 1000"),
        ("pageSize=ten", "pageSize must be an integer from 1 to 1000"),
        ("pageSize=", "pageSize must be an integer from 1 to 1000"),
        ("pageNumber=0", "pageNumber must be an integer from 1 to 2147483"),
        ("pageNumber=-1", "pageNumber must be an integer from 1 to 2147483"),
        ("pageNumber=1.5", "pageNumber must be an integer from 1 to 2147483"),
        ("pageNumber=99999999999999999999", "pageNumber must be an integer from 1 to 2147483"),
        ("pageNumber=1&pageNumber=2", "pageNumber is given 2 times"),
        ("includeTotal=1", "includeTotal must be one of: true, false"),
        ("sortBy=colour", "sortBy must be one of: createdAt, name"),
        ("direction=up", "direction must be one of: ascending, descending"),
        ("id=x", "id must be an integer"),
        ("id=1.0", "id must be an integer"),
        ("id=99999999999999999999", "id must be from -9223372036854775807 to 9223372036854775807"),
        ("name=", "name must not be empty"),
        ("&".join(f"id={n}" for n in range(51)), "id has more than 50 values"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_refused_under_query_params(client, query, message):
    assert errors(client.get(f"{GROUPS}?{query}")) == {"queryParams": [message]}


def test_all_that_is_wrong_with_a_query_is_told_at_once(client):
    found = errors(client.get(f"{GROUPS}?pageSize=0&direction=up&id=x"))
    assert len(found["queryParams"]) == 3


def test_unknown_parameters_are_passed_over(client, groups):
    assert len(ids(client.get(f"{GROUPS}?colour=red&Customer-Id=9"))) == 7


@pytest.mark.parametrize("query", ["name=%FF", "name=a%00", "%00=1", "&".join(f"a{n}=1" for n in range(1001))])
def test_a_query_that_is_no_text_is_malformed(client, query):
    assert client.get(f"{GROUPS}?{query}").status_code == 400


# -- order --------------------------------------------------------------------------------------------------


def test_names_of_parameters_and_their_words_match_in_any_case(client, groups):
    by_id = [group.pk for group in groups]
    assert ids(client.get(f"{GROUPS}?SORTBY=CREATEDAT&Direction=Descending")) == by_id[::-1]
    assert ids(client.get(f"{GROUPS}?pagesize=2&PAGENUMBER=2")) == by_id[2:4]


def test_rows_of_the_same_key_are_in_the_order_of_their_ids(client, groups):
    two = [groups[3].pk, groups[4].pk]
    assert [pk for pk in ids(client.get(f"{GROUPS}?sortBy=name")) if pk in two] == two
    assert [pk for pk in ids(client.get(f"{GROUPS}?sortBy=name&direction=descending")) if pk in two] == two[::-1]


# -- cursors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("direction", ["ascending", "descending"])
@pytest.mark.parametrize("sort", ["createdAt", "name"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_cursors_lead_through_every_row_once_in_the_lists_order(client, groups, sort, direction, size):
    order = f"{GROUPS}?sortBy={sort}&direction={direction}"
    assert walk(client, f"{order}&pageSize={size}") == ids(client.get(order))


def test_rows_made_meanwhile_shift_nothing(client, customer, groups):
    before = ids(client.get(f"{GROUPS}?sortBy=name"))
    first = client.get(f"{GROUPS}?sortBy=name&pageSize=3").json()
    ContactGroup.objects.create(organization=customer, name="000")
    ContactGroup.objects.filter(pk=before[0]).update(name="001")
    second = client.get(f"{GROUPS}?sortBy=name&pageSize=3&cursor={first['nextCursor']}")
    assert ids(second) == before[3:6]


def test_the_last_page_has_no_next_cursor(client, groups):
    assert client.get(f"{GROUPS}?pageSize=7").json()["nextCursor"] is None
    assert client.get(f"{GROUPS}?pageSize=6").json()["nextCursor"]


def test_a_cursor_repeats_the_filters(client, groups):
    path = f"{GROUPS}?name=Bravo&name=Echo&pageSize=1"
    cursor = client.get(path).json()["nextCursor"]
    assert len(ids(client.get(f"{GROUPS}?NAME=Echo&name=Bravo&pageSize=2&cursor={cursor}"))) == 2
    wrong = {"queryParams": ["cursor is none that was given for these filters and this order"]}
    for other in ("name=Bravo", "", "name=Bravo&name=Echo&sortBy=name", "name=Bravo&name=Echo&direction=descending"):
        assert errors(client.get(f"{GROUPS}?{other}&cursor={cursor}")) == wrong


@pytest.mark.parametrize("cursor", ["", "x", "1", "a:b:c", "WzFd:1:x", "é", "x" * 5000])
def test_a_cursor_that_was_never_given_is_refused(client, groups, cursor):
    found = errors(client.get(f"{GROUPS}?cursor={cursor}"))
    assert found == {"queryParams": ["cursor is none that was given for these filters and this order"]}


def test_a_cursor_of_another_customer_or_list_is_refused(client, customer, groups):
    other = jobs_program(make_organization())
    cursor = client.get(f"{GROUPS}?pageSize=1").json()["nextCursor"]
    assert errors(other.get(f"{GROUPS}?pageSize=1&cursor={cursor}"))
    assert errors(client.get(f"/v1/vehicles?pageSize=1&cursor={cursor}"))


def test_a_cursor_and_a_page_number_exclude_each_other(client, groups):
    cursor = client.get(f"{GROUPS}?pageSize=1").json()["nextCursor"]
    found = errors(client.get(f"{GROUPS}?pageSize=1&pageNumber=2&cursor={cursor}"))
    assert found == {"queryParams": ["pageNumber and cursor cannot be given together"]}


# -- filters ------------------------------------------------------------------------------------------------


def test_a_repeated_key_is_an_or_and_two_keys_are_an_and(client, customer):
    red, blue = (ContactGroup.objects.create(organization=customer, name=name) for name in ("Red", "Blue"))
    one = make_contact(customer, "A", group=red, reference="C-1")
    two = make_contact(customer, "B", group=blue, reference="C-2")
    make_contact(customer, "C", reference="C-3", is_archived=True)
    assert ids(client.get(f"{CONTACTS}?groupId={red.pk}&groupId={blue.pk}")) == [one.pk, two.pk]
    assert ids(client.get(f"{CONTACTS}?groupId[]={red.pk}&reference=C-2")) == []
    assert ids(client.get(f"{CONTACTS}?isArchived=False&reference=C-2&reference=C-3")) == [two.pk]


def test_words_match_in_any_case(client, customer):
    make_contact(customer, "A")
    stopped = make_contact(customer, "B", account_status=Contact.AccountStatus.ON_STOP)
    assert ids(client.get(f"{CONTACTS}?accountStatus=CONTACTONSTOP")) == [stopped.pk]
    message = "accountStatus must be one of: normal, contactOnStop"
    assert errors(client.get(f"{CONTACTS}?accountStatus=on_stop")) == {"queryParams": [message]}


def test_a_range_has_both_ends_the_first_of_them_included(client, customer):
    rows = [make_contact(customer, f"{number}") for number in range(3)]
    for number, row in enumerate(rows):
        Contact.objects.filter(pk=row.pk).update(created_at=NINE + timedelta(hours=number))
    path = f"{CONTACTS}?createdAtFrom=2026-01-05T09:00:00Z&createdAtTo=2026-01-05T12:00:00%2B01:00"
    assert ids(client.get(path)) == [rows[0].pk, rows[1].pk]
    # A plus sign that nobody escaped.
    assert ids(client.get(path.replace("%2B", "+"))) == [rows[0].pk, rows[1].pk]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("createdAtFrom=2026-01-05T09:00:00Z", "createdAtFrom and createdAtTo must be given together"),
        ("createdAtTo=2026-01-05T09:00:00Z", "createdAtFrom and createdAtTo must be given together"),
    ],
)
def test_half_a_range_is_refused(client, query, message):
    assert errors(client.get(f"{CONTACTS}?{query}")) == {"queryParams": [message]}


@pytest.mark.parametrize("text", ["", "x", "2026-01-05", "2026-01-05T09:00:00", "2026-02-30T09:00:00Z", "1767603600"])
def test_a_bound_without_a_day_an_hour_and_an_offset_is_refused(client, text):
    (message,) = errors(client.get(f"{CONTACTS}?createdAtFrom={text}&createdAtTo=2027-01-01T00:00:00Z"))["queryParams"]
    assert message.startswith("createdAtFrom must be an ISO 8601 date and time")


def test_a_foreign_id_in_a_filter_finds_nothing(client, customer):
    foreign = make_contact(make_organization(), "Theirs")
    make_contact_person(foreign)
    make_contact(customer, "Ours")
    assert ids(client.get(f"{CONTACTS}?id={foreign.pk}")) == []
    assert ids(client.get(f"/v1/persons?contactId={foreign.pk}")) == []


# -- cost ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["jobTypes", "contacts", "persons", "customFieldDefinitions", "resources", "vehicles"])
def test_a_list_costs_four_queries_at_most_whatever_its_size(client, customer, path):
    costs = set()
    for _ in range(2):
        for number in range(10):
            make_contact_person(make_contact(customer, f"{number}"))
            make_job_type(customer, make_definition(customer), make_definition(customer))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/v1/{path}?includeTotal=true").status_code == 200
        costs.add(len(queries))
    assert len(costs) == 1
    assert costs.pop() <= 4


@pytest.mark.parametrize("direction", ["ascending", "descending"])
def test_cursors_lead_through_rows_without_the_sort_key_too(client, customer, direction):
    for start in (None, NINE, None, NINE + timedelta(hours=1), NINE, None):
        make_job(customer, planned_start_at=start)
    range_ = "createdAtFrom=2000-01-01T00:00:00Z&createdAtTo=2100-01-01T00:00:00Z"
    order = f"/v1/jobs?{range_}&sortBy=plannedStartAt&direction={direction}"
    whole = ids(client.get(order))
    assert len(whole) == 6
    for size in range(1, 6):
        assert walk(client, f"{order}&pageSize={size}") == whole
