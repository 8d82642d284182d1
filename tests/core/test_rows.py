"""One declaration of a resource, two writers: Python, and PostgreSQL's own JSON. They never differ."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.zones import wire_moment
from scheduling.api.community import shapes
from scheduling.models import Close, CommunityService
from tests.factories import make_close, make_community_service, make_member, make_organization

pytestmark = pytest.mark.django_db
# Whatever PostgreSQL can keep: no NUL, no lone surrogate.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
# To the microsecond, in the years 1990 to 2200.
moments = st.integers(631_152_000_000_000, 7_258_118_400_000_000).map(
    lambda number: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number)
)


def same(writer, queryset) -> list:
    """The rows by both writers, held together with the order of their keys."""
    by_python = writer.dicts(queryset)
    assert json.dumps(json.loads(writer.json(queryset))) == json.dumps(by_python)
    return by_python


@pytest.fixture
def close():
    return make_close(make_organization(), reason="Giants")


def test_no_rows_are_an_empty_list():
    assert same(shapes.SERVICE, CommunityService.objects.all()) == []


def test_a_service_with_everything_and_one_with_nothing(close):
    make_community_service(close, schedule_at=datetime(2017, 11, 27, 6, tzinfo=UTC))
    make_community_service(organization=close.organization, occupation="")
    full, bare = same(shapes.SERVICE, CommunityService.objects.order_by("pk"))
    assert full["close"]["id"] == close.pk
    assert (bare["close"], bare["schedule_at"], bare["occupation"]) == (None, None, None)


def test_order_and_paging_are_the_querysets(close):
    made = [make_community_service(close).pk for _ in range(5)]
    rows = same(shapes.SERVICE, CommunityService.objects.order_by("-pk")[1:3])
    assert [row["id"] for row in rows] == [made[3], made[2]]


def test_filters_with_parameters_stay_parameters(close):
    make_community_service(close, occupation="'; DROP TABLE x; -- %s %(a)s")
    queryset = CommunityService.objects.filter(occupation__in=["'; DROP TABLE x; -- %s %(a)s", "100 %"])
    assert len(same(shapes.SERVICE, queryset)) == 1


def test_a_close_and_its_people(close):
    (row,) = same(shapes.CLOSE, Close.objects.all())
    assert row["user"]["url"].endswith(f"/v2/users/{close.user.login}")


def test_an_instance_is_written_as_its_row_is(close):
    service = make_community_service(close, schedule_at=datetime(2017, 11, 27, 6, 0, 0, 999999, tzinfo=UTC))
    service.refresh_from_db()
    (row,) = same(shapes.SERVICE, CommunityService.objects.all())
    assert json.dumps(shapes.SERVICE.of(service)) == json.dumps(row)


def test_the_services_of_closes_stand_in_their_own_close(close):
    second = make_close(close.organization)
    made = [make_community_service(one).pk for one in (close, second, close)]
    first_row, second_row = shapes.closes(Close.objects.order_by("pk"))
    assert [row["id"] for row in first_row["community_services"]] == [made[0], made[2]]
    assert [row["id"] for row in second_row["community_services"]] == [made[1]]


@given(reason=texts, occupation=texts)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_written_alike(close, reason, occupation):
    CommunityService.objects.all().delete()
    Close.objects.filter(pk=close.pk).update(reason=reason)
    make_community_service(close, occupation=occupation)
    (row,) = same(shapes.SERVICE, CommunityService.objects.all())
    assert row["occupation"] == (occupation or None)
    assert row["close"]["reason"] == reason


@given(moment=moments)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_moment_is_written_alike(close, moment):
    CommunityService.objects.all().delete()
    make_community_service(close, schedule_at=moment)
    (row,) = same(shapes.SERVICE, CommunityService.objects.all())
    assert row["schedule_at"] == wire_moment(moment)


@given(moment=moments)
def test_a_moment_on_the_wire_is_utc_cut_to_the_millisecond(moment):
    text = wire_moment(moment)
    assert text.endswith("Z")
    assert len(text) == len("2017-11-27T06:00:00.000Z")
    assert timedelta(0) <= moment - datetime.fromisoformat(text) < timedelta(milliseconds=1)


@pytest.mark.postgres
def test_postgresql_writes_the_json_itself(close, django_assert_num_queries):
    make_community_service(close)
    with django_assert_num_queries(1) as queries:
        shapes.SERVICE.json(CommunityService.objects.all())
    assert "json_agg" in queries[0]["sql"]
    assert connection.vendor == "postgresql"


def test_a_login_that_needs_quoting_is_written_alike(close):
    close.changed(user=make_member(close.organization, login="o.brien+test@x", email="o@example.org")).save()
    (row,) = same(shapes.CLOSE, Close.objects.all())
    assert row["user"]["login"] == "o.brien+test@x"
