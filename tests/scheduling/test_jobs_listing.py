"""GET /v1/jobs: the mandatory filter, each filter and range, the order [contract 20]. Paging: test_jobs_lists.py."""

from datetime import UTC, datetime

import pytest

from scheduling.models import Job
from tests.job_factories import make_category, make_contact, make_job_type, make_resource, make_vehicle
from tests.scheduling.jobs_access_table import JOB_KEYS
from tests.scheduling.jobs_calls import errors
from tests.scheduling.jobs_world import World

pytestmark = pytest.mark.django_db

EVER = "createdAtFrom=2000-01-01T00:00:00Z&createdAtTo=2100-01-01T00:00:00Z"
RANGES = {
    "createdAt": "created_at",
    "plannedAt": "planned_start_at",
    "startedAt": "actual_start_at",
    "statusModifiedAt": "status_modified_at",
}


@pytest.fixture
def world(monday):
    return World()


def found(world: World, query: str) -> list[int]:
    response = world.api.get(f"/v1/jobs?{query}")
    assert response.status_code == 200, response.content
    return [item["id"] for item in response.json()["items"]]


def stored(world: World, **fields) -> int:
    """A new job with these columns."""
    pk = world.job_in("new").pk
    Job.objects.filter(pk=pk).update(**fields)
    return pk


def test_a_job_has_the_contracts_members_in_its_order_and_nulls_are_sent(world):
    pk = world.create()
    (listed,) = world.api.get(f"/v1/jobs?id={pk}").json()["items"]
    assert list(listed) == JOB_KEYS
    assert listed == world.get(pk)
    nulls = {name for name, value in listed.items() if value is None}
    assert nulls == {
        *("dueAt", "reference", "orderNumber", "categoryId", "categoryName", "resourceId", "resourceName"),
        *("vehicleId", "vehicleRegistration", "plannedStartAt", "plannedEndAt", "actualStartAt", "actualEndAt"),
        *("actualDuration", "internalComment", "resourcesComment", "contactComment", "result", "siteContactId"),
        "contactLocation",
    }


def test_where_the_contact_is_stands_in_one_line_and_on_the_map(world):
    place = make_contact(
        world.organization, street="1 rue A", postal_code="75020", town="Paris", country="France",
        latitude=48.5, longitude=2.25,
    )  # fmt: skip
    shown = world.get(world.create(contactId=place.pk))
    assert shown["contactAddress"] == "1 rue A, 75020 Paris, France"
    assert shown["contactLocation"] == {"latitude": 48.5, "longitude": 2.25}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "status=new&typeId=1&contactId=1&orderNumber=x&resourceId=1&vehicleId=1&categoryId=1",
        "createdAtFrom=2026-01-01T00:00:00Z",
        "plannedAtTo=2026-01-01T00:00:00Z",
        "createdAtFrom=2026-01-01T00:00:00Z&startedAtTo=2026-01-02T00:00:00Z",
    ],
)
def test_without_an_id_a_reference_or_one_whole_range_it_is_refused(world, query):
    (texts,) = errors(world.api.get(f"/v1/jobs?{query}")).values()
    assert (
        "At least one of the filters [id, reference] or of the date ranges [(createdAtFrom and createdAtTo), "
        "(plannedAtFrom and plannedAtTo), (startedAtFrom and startedAtTo), (statusModifiedAtFrom and "
        "statusModifiedAtTo)] must be provided"
    ) in texts


@pytest.mark.parametrize("name", RANGES)
def test_a_range_includes_its_start_and_not_its_end(world, name):
    hours = [datetime(2026, 5, 1, hour, tzinfo=UTC) for hour in range(4)]
    jobs = [stored(world, **{RANGES[name]: hour}) for hour in hours]
    query = f"{name}From=2026-05-01T01:00:00Z&{name}To=2026-05-01T03:00:00Z"
    assert found(world, query) == jobs[1:3]
    assert found(world, query.lower()) == jobs[1:3], "names match in any case"


def test_half_a_range_is_refused_even_beside_a_whole_one(world):
    query = f"{EVER}&plannedAtFrom=2026-05-01T01:00:00Z"
    assert errors(world.api.get(f"/v1/jobs?{query}")) == {
        "queryParams": ["plannedAtFrom and plannedAtTo must be given together"]
    }


def test_each_filter_narrows_and_a_repeated_key_is_an_or(world):
    organization = world.organization
    links = {
        "typeId": ("type_id", [make_job_type(organization).pk for _ in range(2)]),
        "contactId": ("contact_id", [make_contact(organization).pk for _ in range(2)]),
        "categoryId": ("category_id", [make_category(organization).pk for _ in range(2)]),
        "resourceId": ("resource_id", [make_resource(organization).pk for _ in range(2)]),
        "vehicleId": ("vehicle_id", [make_vehicle(organization).pk for _ in range(2)]),
        "orderNumber": ("order_number", ["PO-1", "PO-2"]),
        "reference": ("reference", ["R-1", "R-2"]),
        "status": ("status", ["sent", "on_the_way"]),
    }
    stored(world)
    for name, (column, values) in links.items():
        jobs = [stored(world, **{column: value}) for value in values]
        sent = ["SENT", "onTheWay"] if name == "status" else values
        assert found(world, f"{EVER}&{name}={sent[0]}") == jobs[:1], name
        assert found(world, f"{EVER}&{name}={sent[0]}&{name}={sent[1]}") == jobs, name


def test_filters_are_an_and(world):
    pk = stored(world, reference="R-1", order_number="PO-1")
    stored(world, reference="R-1", order_number="PO-2")
    assert found(world, "reference=R-1&orderNumber=PO-1") == [pk]


def test_another_customers_jobs_and_ids_find_nothing(world):
    theirs = World()
    pk = theirs.create(reference="R-1")
    assert found(world, f"id={pk}") == []
    assert found(world, "reference=R-1") == []
    assert found(world, EVER) == []
    assert found(world, f"{EVER}&typeId={theirs.type.pk}&contactId={theirs.contact.pk}") == []


def test_it_is_sorted_by_each_of_its_keys_then_by_id(world):
    keys = {
        "createdAt": "created_at",
        "plannedStartAt": "planned_start_at",
        "statusModifiedAt": "status_modified_at",
        "reference": "reference",
    }
    for name, column in keys.items():
        Job.objects.all().delete()
        low, high = ("A", "B") if name == "reference" else (datetime(2026, 5, day, tzinfo=UTC) for day in (1, 2))
        late, early, same = (stored(world, **{column: value}) for value in (high, low, low))
        assert found(world, f"{EVER}&sortBy={name}") == [early, same, late]
        assert found(world, f"{EVER}&sortBy={name.upper()}&direction=Descending") == [late, same, early]


@pytest.mark.parametrize(
    "query", ["status=open", "typeId=x", "id=1.5", "createdAtFrom=x&createdAtTo=y", "sortBy=id", "resourceId="]
)
def test_what_cannot_be_read_is_refused_on_the_query(world, query):
    assert list(errors(world.api.get(f"/v1/jobs?{EVER}&{query}"))) == ["queryParams"]


def walked(world: World, query: str) -> list[int]:
    """The ids of all pages, two a page."""
    seen, cursor = [], ""
    while cursor is not None:
        page = world.api.get(f"/v1/jobs?{query}&pageSize=2" + (f"&cursor={cursor}" if cursor else "")).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["nextCursor"]
    return seen


@pytest.mark.parametrize("direction", ["ascending", "descending"])
def test_a_cursor_walks_all_pages_in_order(world, direction):
    jobs = [world.create() for _ in range(5)]
    assert walked(world, f"{EVER}&direction={direction}") == (jobs if direction == "ascending" else jobs[::-1])


@pytest.mark.parametrize("direction", ["ascending", "descending"])
def test_a_cursor_walks_jobs_without_a_plan_too(world, direction):
    days = [2, None, 1, None, 2]
    jobs = [stored(world, planned_start_at=day and datetime(2026, 5, day, tzinfo=UTC)) for day in days]
    order = [jobs[number] for number in (2, 0, 4, 1, 3)]
    query = f"sortBy=plannedStartAt&direction={direction}"
    assert walked(world, f"{EVER}&{query}") == (order if direction == "ascending" else order[::-1])
    planned = [pk for pk in order if pk not in (jobs[1], jobs[3])]
    query += "&plannedAtFrom=2026-01-01T00:00:00Z&plannedAtTo=2027-01-01T00:00:00Z"
    assert walked(world, query) == (planned if direction == "ascending" else planned[::-1])
