"""The tokens by which a calendar is read as iCalendar; the feed itself is in test_feed*.py [contract 40]."""

import hashlib

import pytest

from appointments.models import CalendarFeed
from core.models import Role
from tests.appointment_factories import make_calendar, make_group
from tests.appointments.wire import account, done, error, group_person, pro

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def calendar(group):
    return make_calendar(group)


def test_a_token_is_shown_once_and_kept_as_a_hash(group, calendar, settings):
    settings.SITE_URL = "https://duty.example.org/"
    made = done(pro(group).post(f"calendars/{calendar.pk}/feeds"), 201)
    feed = CalendarFeed.objects.get()
    assert list(made) == ["id", "token", "url"]
    address = f"https://duty.example.org/api/v1/groups/{group.pk}/calendars/{calendar.pk}/feed.ics"
    assert made["url"] == f"{address}?token={made['token']}"
    assert feed.token_hash == hashlib.sha256(made["token"].encode()).hexdigest()
    assert "token_hash" not in CalendarFeed.history.values().get()
    assert feed.application is not None


def test_a_reader_has_one_a_calendar_and_a_new_one_ends_the_old(group, calendar):
    staff, person = pro(group), group_person(group, Role.BASIC_STAFF)
    path = f"calendars/{calendar.pk}/feeds"
    first, second = (done(staff.post(path), 201) for _ in range(2))
    own = done(person.post(path), 201)
    assert first["id"] == second["id"] != own["id"]
    assert first["token"] != second["token"]
    assert CalendarFeed.objects.count() == 2
    assert CalendarFeed.objects.get(pk=own["id"]).application is None


def test_delete_ends_the_callers_own_or_the_one_that_is_named(group, calendar):
    staff, person, other = pro(group), group_person(group), group_person(group)
    path = f"calendars/{calendar.pk}/feeds"
    mine, theirs = done(staff.post(path), 201)["id"], done(person.post(path), 201)["id"]
    error(other.delete(f"{path}/{theirs}"), 404, 3)
    assert done(staff.delete(path)) == {"id": mine, "calendar_id": calendar.pk, "deleted": True}
    error(staff.delete(path), 404, 3)
    assert done(staff.delete(f"{path}/{theirs}"))["deleted"] is True
    assert not CalendarFeed.objects.exists()


def test_account_and_other_groups_have_none(group, calendar):
    path, foreign = f"calendars/{calendar.pk}/feeds", make_calendar(make_group("Second"))
    error(account(group).post(path), 403, 1)
    error(account(group).delete(path), 403, 1)
    staff = pro(group)
    for pk in (foreign.pk, 999999, "x"):
        error(staff.post(f"calendars/{pk}/feeds"), 404, 3)
    staff.delete(f"calendars/{calendar.pk}")
    error(staff.post(path), 404, 3)
