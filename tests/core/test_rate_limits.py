"""Rate limits per credential [contracts 00 and 10]."""

import pytest
import time_machine
from django.core.cache import cache

from core.models import Role
from tests import api
from tests.factories import make_client, make_member, make_organization, make_token

pytestmark = pytest.mark.django_db
URL = "/v2/community_services"


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def clock():
    """Fifteen minutes past an hour."""
    with time_machine.travel("2026-03-01T12:15:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def organization(clock):
    return make_organization()


@pytest.fixture
def staff(organization):
    return api.program(organization)


def statuses(caller, count: int) -> list[int]:
    return [caller.get(URL).status_code for _ in range(count)]


def test_without_limits_there_are_no_headers(staff, settings):
    assert (settings.RATE_LIMIT_PER_SECOND, settings.RATE_LIMIT_PER_HOUR) == (0, 0)
    assert not [name for name in staff.get(URL).headers if "ratelimit" in name.lower()]


def test_each_answer_says_what_is_left(staff, settings):
    settings.RATE_LIMIT_PER_SECOND, settings.RATE_LIMIT_PER_HOUR = 2, 100
    response = staff.get(URL)
    names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
    assert [response[name] for name in names] == ["2", "1", "1"], "of the tighter window"
    names = ("X-Hourly-RateLimit-Limit", "X-Hourly-RateLimit-Remaining")
    assert [response[name] for name in names] == ["100", "99"]
    names = ("X-Secondly-RateLimit-Limit", "X-Secondly-RateLimit-Remaining")
    assert [response[name] for name in names] == ["2", "1"]


def test_over_the_limit_of_a_second_the_answer_is_429_in_json(staff, settings, clock):
    settings.RATE_LIMIT_PER_SECOND = 2
    assert statuses(staff, 2) == [200, 200]
    response = staff.get(URL)
    assert response.status_code == 429
    assert response.json() == {"error": "Too Many Requests", "message": "Too many requests: the limit is 2 a second"}
    assert (response["Retry-After"], response["RateLimit-Remaining"]) == ("1", "0")
    assert (response["X-Secondly-RateLimit-Limit"], response["X-Secondly-RateLimit-Remaining"]) == ("2", "0")
    clock.shift(1)
    assert statuses(staff, 1) == [200]


def test_over_the_limit_of_an_hour_the_wait_is_until_the_hour_ends(staff, settings, clock):
    settings.RATE_LIMIT_PER_HOUR = 3
    assert statuses(staff, 4) == [200, 200, 200, 429]
    response = staff.get(URL)
    assert response["Retry-After"] == str(45 * 60)
    assert response.json()["message"] == "Too many requests: the limit is 3 an hour"
    clock.shift(45 * 60)
    assert statuses(staff, 1) == [200]


def limits_told(response) -> list[str | None]:
    names = ("Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
    return [response.headers.get(name) for name in names]


def left(response) -> list[str]:
    return [response[f"X-{window}-RateLimit-Remaining"] for window in ("Secondly", "Hourly")]


def test_what_the_limit_of_a_second_refuses_does_not_count_in_the_hour(staff, settings, clock):
    settings.RATE_LIMIT_PER_SECOND, settings.RATE_LIMIT_PER_HOUR = 2, 5
    assert statuses(staff, 10) == [200] * 2 + [429] * 8
    response = staff.get(URL)
    assert left(response) == ["0", "3"], "the hour is told as it stands"
    clock.shift(1)
    assert statuses(staff, 2) == [200, 200]
    clock.shift(1)
    assert statuses(staff, 2) == [200, 429]


def test_a_refusal_speaks_of_the_window_that_refused(staff, settings, clock):
    settings.RATE_LIMIT_PER_SECOND, settings.RATE_LIMIT_PER_HOUR = 2, 2
    assert statuses(staff, 2) == [200, 200]
    of_the_second = staff.get(URL)
    assert limits_told(of_the_second) == ["1", "2", "0", "1"]
    assert "a second" in of_the_second.json()["message"]
    clock.shift(1)
    of_the_hour = staff.get(URL)
    assert limits_told(of_the_hour) == [str(45 * 60 - 1), "2", "0", str(45 * 60 - 1)]
    assert "an hour" in of_the_hour.json()["message"]
    assert left(of_the_hour) == ["1", "0"]


def test_a_success_speaks_of_the_window_with_the_least_left(staff, settings, clock):
    settings.RATE_LIMIT_PER_SECOND, settings.RATE_LIMIT_PER_HOUR = 3, 4
    assert limits_told(staff.get(URL)) == [None, "3", "2", "1"]
    assert limits_told(staff.get(URL)) == [None, "3", "1", "1"]
    clock.shift(1)
    assert limits_told(staff.get(URL)) == [None, "4", "1", str(45 * 60 - 1)]
    clock.shift(1)
    assert limits_told(staff.get(URL)) == [None, "4", "0", str(45 * 60 - 2)]


def test_where_both_have_as_little_left_the_longer_wait_is_told(staff, settings):
    settings.RATE_LIMIT_PER_SECOND, settings.RATE_LIMIT_PER_HOUR = 1, 1
    assert limits_told(staff.get(URL)) == [None, "1", "0", str(45 * 60)]


def test_each_credential_has_its_own_count(organization, settings):
    settings.RATE_LIMIT_PER_SECOND = 1
    application = make_client(organization)
    people = [make_member(organization, Role.BASIC_STAFF) for _ in range(2)]
    callers = [api.program(organization), api.Caller(make_token(application))]
    callers += [api.person(user, application) for user in people]
    assert [statuses(caller, 2) for caller in callers] == [[200, 429]] * 4


def test_two_tokens_of_one_client_share_their_count(organization, settings):
    settings.RATE_LIMIT_PER_SECOND = 1
    application = make_client(organization)
    first, second = (api.Caller(make_token(application)) for _ in range(2))
    assert statuses(first, 1) + statuses(second, 1) == [200, 429]


def test_a_refused_role_is_told_before_the_limit_and_the_limit_before_the_body(organization, settings):
    settings.RATE_LIMIT_PER_SECOND = 1
    nobody = api.program(organization, roles=[])
    assert [nobody.get("/v2/closes").status_code for _ in range(3)] == [403, 403, 403]
    staff = api.program(organization)
    assert [staff.post(URL, []).status_code for _ in range(2)] == [400, 429]


def test_a_cache_that_does_not_answer_stops_nobody(staff, settings):
    settings.RATE_LIMIT_PER_SECOND = 1
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
            "OPTIONS": {"socket_connect_timeout": 0.5},
        }
    }
    assert statuses(staff, 3) == [200, 200, 200]
