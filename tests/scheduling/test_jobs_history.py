"""The states that a job went through, at both of their addresses [contract 20]."""

import pytest

from tests.scheduling.jobs_calls import errors, problem
from tests.scheduling.jobs_world import World, done

pytestmark = pytest.mark.django_db

ADDRESSES = ("statusHistory", "status/history")


@pytest.fixture
def world(monday):
    return World()


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_begins_with_new_and_has_one_row_a_change(world, address):
    pk = world.create()
    done(world.schedule(pk))
    done(world.put(pk, "send", comment="By radio"))
    page = world.api.get(f"/v1/jobs/{pk}/{address}").json()
    assert list(page) == ["items", "pageNumber", "pageSize", "pageItemCount", "nextCursor"]
    assert [list(item) for item in page["items"]] == [["id", "status", "createdAt", "comment"]] * 3
    assert [(item["status"], item["comment"]) for item in page["items"]] == [
        *(("new", None), ("scheduled", None)),
        ("sent", "By radio"),
    ]
    assert page["items"][2]["createdAt"] == world.get(pk)["statusModifiedAt"]


def test_a_row_is_dated_by_when_it_happened_and_stands_where_it_came_in(world):
    job = world.job_in("sent")
    done(world.put(job.pk, "accept", statusModifiedAt="2026-11-01T09:00:00Z"))
    items = world.api.get(f"/v1/jobs/{job.pk}/statusHistory").json()["items"]
    assert (items[-1]["status"], items[-1]["createdAt"]) == ("accepted", "2026-11-01T09:00:00.000Z")
    assert items[-1]["createdAt"] == world.get(job.pk)["statusModifiedAt"]


def test_a_cancels_reason_is_its_rows_comment(world):
    pk = world.create()
    done(world.put(pk, "cancel", reason="The bakery is closed"))
    items = world.api.get(f"/v1/jobs/{pk}/statusHistory?direction=descending").json()["items"]
    assert (items[0]["status"], items[0]["comment"]) == ("cancelled", "The bakery is closed")


def test_it_comes_in_pages(world):
    pk = world.create()
    done(world.schedule(pk))
    done(world.put(pk, "send"))
    first = world.api.get(f"/v1/jobs/{pk}/statusHistory?pageSize=2&includeTotal=true").json()
    assert (first["pageItemCount"], first["totalItemCount"]) == (2, 3)
    rest = world.api.get(f"/v1/jobs/{pk}/statusHistory?pageSize=2&cursor={first['nextCursor']}").json()
    assert ([item["status"] for item in rest["items"]], rest["nextCursor"]) == (["sent"], None)
    assert list(errors(world.api.get(f"/v1/jobs/{pk}/statusHistory?sortBy=status"))) == ["queryParams"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_history_of_another_customers_job_is_not_there(world, address):
    problem(world.api.get(f"/v1/jobs/{World().create()}/{address}"), 404)
