"""Pages, sort, filter and range of the lists under /v2 [contract 10]."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from scheduling.models import Close, CommunityService
from tests import api
from tests.factories import make_client, make_close, make_community_service, make_organization, make_token
from tests.scheduling.calls import CLOSES, SERVICES

pytestmark = pytest.mark.django_db
SERVICE_NAMES = [
    "id",
    "close_id",
    "tiger_id",
    "duration",
    "schedule_at",
    "occupation",
    "state",
    "created_at",
    "updated_at",
]
CLOSE_NAMES = ["id", "user_id", "closer_id", "reason", "kind", "state", "end_at", "created_at", "updated_at"]


def ids(caller, path: str) -> list[int]:
    response = caller.get(path)
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()]


def links(response) -> dict[str, dict]:
    """rel → the query that it names."""
    found = {}
    for part in filter(None, response["Link"].split(", ")):
        url, rel = part.split("; ")
        found[rel.removeprefix('rel="').removesuffix('"')] = parse_qs(urlsplit(url.strip("<>")).query)
    return found


@pytest.fixture
def services(campus, close):
    """35 of them, of growing duration."""
    return [make_community_service(close, duration=number) for number in range(1, 36)]


# -- pages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "number", "size", "shown"),
    [
        ("", 1, 30, 30),
        ("?page[number]=2", 2, 30, 5),
        ("?page[number]=2&page[size]=10", 2, 10, 10),
        ("?page=2&per_page=10", 2, 10, 10),
        ("?page[size]=100", 1, 100, 35),
        ("?page[size]=101", 1, 100, 35),
        ("?per_page=9999999999", 1, 100, 35),
        ("?page[size]=0", 1, 30, 30),
        ("?page[size]=-1", 1, 30, 30),
        ("?page[size]=many", 1, 30, 30),
        ("?page[number]=0", 1, 30, 30),
        ("?page[number]=first", 1, 30, 30),
        ("?page[]=2", 1, 30, 30),
        ("?page[number]=3", 3, 30, 0),
        ("?page[number]=9223372036854775807", 9223372036854775807, 30, 0),
    ],
)
def test_a_page_is_what_the_query_says_or_the_default(staff, services, query, number, size, shown):
    response = staff.get(SERVICES + query)
    assert response.status_code == 200
    assert len(response.json()) == shown
    assert (response["X-Page"], response["X-Per-Page"], response["X-Total"]) == (str(number), str(size), "35")


@pytest.mark.parametrize(
    ("page", "rels"),
    [
        (1, {"first": 1, "next": 2, "last": 4}),
        (2, {"first": 1, "prev": 1, "next": 3, "last": 4}),
        (4, {"first": 1, "prev": 3, "last": 4}),
        (5, {"first": 1, "prev": 4, "last": 4}),
        (9, {"first": 1, "last": 4}),
    ],
)
def test_the_link_header_names_the_pages_that_apply(staff, services, page, rels):
    found = links(staff.get(f"{SERVICES}?page[size]=10&page[number]={page}&filter[state]=schedule"))
    assert {rel: int(query["page[number]"][0]) for rel, query in found.items()} == rels
    assert all(query["page[size]"] == ["10"] for query in found.values())
    assert all(query["filter[state]"] == ["schedule"] for query in found.values())


def test_the_links_keep_letters_that_came_as_plain_bytes(staff):
    query = "filter[occupation]=Ménage".encode().decode("latin-1")
    response = staff.client.get(SERVICES, QUERY_STRING=query, headers={"Authorization": f"Bearer {staff.token}"})
    assert links(response)["first"]["filter[occupation]"] == ["Ménage"]


def test_the_pages_together_are_the_whole_list_once(staff, services):
    seen = [pk for page in range(1, 5) for pk in ids(staff, f"{SERVICES}?page[size]=10&page[number]={page}")]
    assert seen == sorted((service.pk for service in services), reverse=True)


def test_an_empty_list_has_one_page(staff):
    response = staff.get(CLOSES)
    assert (response.json(), response["X-Total"]) == ([], "0")
    assert set(links(response)) == {"first", "last"}


# -- sort ---------------------------------------------------------------------------------------------------


def test_the_newest_come_first_and_the_higher_id_where_two_are_as_old(staff, close, noon):
    first, second = make_community_service(close), make_community_service(close)
    noon.shift(timedelta(seconds=1))
    third = make_community_service(close)
    assert ids(staff, SERVICES) == [third.pk, second.pk, first.pk]


def test_the_first_name_counts_most_and_the_id_decides_last(staff, close):
    a, b, c = (make_community_service(close, duration=seconds) for seconds in (7200, 60, 7200))
    assert ids(staff, f"{SERVICES}?sort=-duration,id") == [a.pk, c.pk, b.pk]
    assert ids(staff, f"{SERVICES}?sort=duration,-id") == [b.pk, c.pk, a.pk]
    assert ids(staff, f"{SERVICES}?sort=duration") == [b.pk, c.pk, a.pk]
    assert ids(staff, f"{SERVICES}?sort=id") == [a.pk, b.pk, c.pk]


def test_rows_without_a_date_come_last_ascending_and_first_descending(staff, close):
    dated = make_community_service(close, schedule_at=datetime(2017, 11, 27, tzinfo=UTC))
    undated = make_community_service(close)
    assert ids(staff, f"{SERVICES}?sort=schedule_at") == [dated.pk, undated.pk]
    assert ids(staff, f"{SERVICES}?sort=-schedule_at") == [undated.pk, dated.pk]


@pytest.mark.parametrize(("path", "names"), [(SERVICES, SERVICE_NAMES), (CLOSES, CLOSE_NAMES)])
def test_every_attribute_sorts_filters_and_ranges(staff, close, path, names):
    make_community_service(close)
    for name in names:
        assert staff.get(f"{path}?sort={name}").status_code == 200
        assert staff.get(f"{path}?sort=-{name}").status_code == 200
        assert staff.get(f"{path}?filter[{name}]=1").status_code == 200
        assert staff.get(f"{path}?range[{name}]=1,2").status_code == 200


@pytest.mark.parametrize("name", ["token", "jid", "campus_id", "schedule", "end", "close__user__login", "pk", "-id"])
def test_an_unknown_name_does_not_sort(staff, name):
    response = staff.get(f"{SERVICES}?sort=-{name}")
    assert response.status_code == 400
    assert response.json() == {"error": "Sort Error", "message": f"The {name} field is not sortable"}


# -- filter -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "more", "names"),
    [
        (SERVICES, ["campus_id", "schedule"], SERVICE_NAMES),
        (CLOSES, ["campus_id", "end"], CLOSE_NAMES),
    ],
)
@pytest.mark.parametrize("unknown", ["token", "jid", "organization_id", "close__user__login"])
def test_an_unknown_name_does_not_filter_and_the_known_ones_are_told(staff, path, more, names, unknown):
    response = staff.get(f"{path}?filter[{unknown}]=1")
    allowed = ", ".join([*names, *more])
    assert response.status_code == 400
    assert response.json() == {
        "error": "Filter Error",
        "message": f"Attributes {unknown} doesn't exists. You can only filter on: [{allowed}]",
    }


def test_an_unknown_name_has_no_range(staff):
    response = staff.get(f"{CLOSES}?range[campus_id]=1,2")
    assert (response.status_code, response.json()["error"]) == (400, "Filter Error")


def test_a_comma_means_or_and_two_names_mean_and(staff, close):
    kinds = [("schedule", 60), ("validated", 60), ("invalidated", 60), ("schedule", 120)]
    a, b, c, d = (make_community_service(close, state=state, duration=seconds) for state, seconds in kinds)
    assert set(ids(staff, f"{SERVICES}?filter[state]=schedule,validated")) == {a.pk, b.pk, d.pk}
    assert ids(staff, f"{SERVICES}?filter[state]=schedule,validated&filter[duration]=120") == [d.pk]
    assert ids(staff, f"{SERVICES}?filter[id]={a.pk},{c.pk}&sort=id") == [a.pk, c.pk]


def test_an_empty_filter_filters_nothing(staff, close):
    service = make_community_service(close)
    assert ids(staff, f"{SERVICES}?filter[state]=&filter[duration]=") == [service.pk]


def test_the_campus_filter_narrows_and_finds_nothing_elsewhere(campus, close):
    second, foreign = make_organization(), make_close(make_organization())
    there = make_close(second)
    caller = api.Caller(make_token(make_client(campus, second)))
    assert ids(caller, f"{CLOSES}?filter[campus_id]={second.pk}") == [there.pk]
    assert set(ids(caller, f"{CLOSES}?filter[campus_id]={campus.pk},{second.pk}")) == {close.pk, there.pk}
    assert ids(caller, f"{CLOSES}?filter[campus_id]={foreign.organization_id}") == []
    assert ids(caller, f"{CLOSES}?filter[user_id]={foreign.user_id}") == []


@pytest.mark.parametrize(("word", "dated"), [("true", True), ("1", True), ("TRUE", True), ("0", False)])
def test_the_schedule_filter_finds_what_is_dated_or_not(staff, close, word, dated):
    on = make_community_service(close, schedule_at=datetime(2017, 11, 27, tzinfo=UTC))
    off = make_community_service(close)
    assert ids(staff, f"{SERVICES}?filter[schedule]={word}") == [on.pk if dated else off.pk]


def test_the_end_filter_finds_closes_whose_end_is_past(staff, campus, noon):
    past = make_close(campus, end_at=datetime(2017, 11, 22, 11, 59, tzinfo=UTC))
    future = make_close(campus, end_at=datetime(2017, 11, 23, tzinfo=UTC))
    never = make_close(campus)
    assert ids(staff, f"{CLOSES}?filter[end]=true") == [past.pk]
    assert set(ids(staff, f"{CLOSES}?filter[end]=false")) == {future.pk, never.pk}


@pytest.mark.parametrize(
    "query",
    [
        "filter[id]=one",
        "filter[id]=99999999999999999999",
        "filter[created_at]=yesterday",
        "filter[schedule]=perhaps",
        "filter[state][deep]=x",
        "filter=state",
        "range[id]=1",
        "range[id]=1,2,3",
        "range[id]=a,b",
        "range[created_at]=2017-99-99,",
        "range=id",
    ],
)
def test_a_value_that_cannot_be_read_is_refused(staff, query):
    response = staff.get(f"{SERVICES}?{query}")
    assert (response.status_code, response.json()["error"]) == (400, "Filter Error")


# -- range --------------------------------------------------------------------------------------------------


def test_a_range_includes_both_ends_and_an_empty_side_is_open(staff, close):
    a, b, c = (make_community_service(close, duration=seconds) for seconds in (60, 120, 180))
    for given, found in (("60,120", [a, b]), ("120,", [b, c]), (",120", [a, b]), (",", [a, b, c]), ("121,179", [])):
        assert ids(staff, f"{SERVICES}?range[duration]={given}&sort=id") == [row.pk for row in found]


@pytest.mark.parametrize("given", [",-1", "99999999999,", "-5,-1"])
def test_a_range_beyond_what_a_duration_can_be_finds_nothing(staff, close, given):
    make_community_service(close)
    for path in (SERVICES, f"/v2/closes/{close.pk}/community_services"):
        assert ids(staff, f"{path}?range[duration]={given}") == []


def test_a_range_of_dates_is_read_in_the_organizations_zone(staff, close):
    """Midnight of 27 November in Paris is 23:00 UTC of the day before."""
    before = make_community_service(close, schedule_at=datetime(2017, 11, 26, 22, 59, tzinfo=UTC))
    at_midnight = make_community_service(close, schedule_at=datetime(2017, 11, 26, 23, tzinfo=UTC))
    assert ids(staff, f"{SERVICES}?range[schedule_at]=2017-11-27,2017-11-28") == [at_midnight.pk]
    assert ids(staff, f"{SERVICES}?range[schedule_at]=,2017-11-26 22:59 UTC".replace(" ", "+")) == [before.pk]


def test_a_list_has_no_row_of_another_organization(staff):
    foreign = make_close(make_organization())
    make_community_service(foreign)
    for path in (SERVICES, CLOSES):
        response = staff.get(path)
        assert (response.json(), response["X-Total"]) == ([], "0")
    assert Close.objects.count() == CommunityService.objects.count() == 1


def test_numbers_past_what_a_database_counts_are_a_page_past_the_end_and_the_largest_size(staff, services):
    response = staff.get(f"{SERVICES}?page[number]=99999999999999999999999")
    assert (response.status_code, response.json()) == (200, [])
    assert staff.get(f"{SERVICES}?page[size]=99999999999999999999999")["X-Per-Page"] == "100"
