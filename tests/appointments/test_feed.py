"""A calendar read by calendar programs: what they see, what they must not, and when a token stops [contract 40]."""

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar as Entries

from appointments.models import CalendarFeed, Customer
from appointments.services.changes import change_appointment
from core.models import Membership, Role
from tests.appointment_factories import make_calendar, make_customer, make_group, make_service
from tests.appointments.practice import DAY, HALF, HOUR, NOW, TEN, Practice, cancel, move, restore
from tests.appointments.wire import error, group_person, make_key, pro

pytestmark = pytest.mark.django_db
HEADERS = ("ETag", "Last-Modified", "Cache-Control")


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def practice(clock):
    return Practice()


@pytest.fixture
def url(practice) -> str:
    """As the calendar's feed is given out by the API."""
    made = pro(practice.group).post(f"calendars/{practice.calendar.pk}/feeds").json()
    return made["url"].partition("127.0.0.1:8000")[2]


def read(url: str, **headers):
    return Client().get(url, headers=headers)


def events(url: str) -> list:
    response = read(url)
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    calendar = Entries.from_ical(response.content)
    assert "METHOD" not in calendar
    return list(calendar.events)


def told(url: str) -> list[tuple]:
    return [(str(event["summary"]), str(event["status"]), event["sequence"]) for event in events(url)]


def test_an_appointment_is_an_event_in_utc(practice, url):
    appointment = practice.book()
    (event,) = events(url)
    assert event["uid"] == f"{appointment.key}@dutyboard"
    assert (event["dtstart"].to_ical(), event["dtend"].to_ical()) == (b"20261125T090000Z", b"20261125T093000Z")
    assert (event["status"], event["sequence"]) == ("CONFIRMED", 0)
    assert event.decoded("dtstamp") == NOW


def test_service_first_name_and_initial_are_all_that_is_told(practice, url):
    xray = make_service(practice.group, practice.calendar, name="X-ray")
    anne = make_customer(
        practice.group, "Durand-Léger", "Anne", email="anne.d@example.org", firstphone="0612345678", comments="Deaf",
        secondphone="0687654321", birthdate="1980-02-03",
    )  # fmt: skip
    practice.book(TEN, anne, practice.service, xray, comments="Please ring twice")
    text = read(url).content.decode()
    assert [str(event["summary"]) for event in Entries.from_ical(text).events] == ["CONS, X-ray – Anne D."]
    for secret in ("Durand", "Léger", "anne.d", "0612345678", "0687654321", "Deaf", "ring twice", "1980", "Lilas, 75"):
        assert secret not in text


def test_names_that_are_missing_leave_no_gap(practice, url):
    practice.book(TEN, make_customer(practice.group, "", "Anne"))
    practice.book(TEN + HOUR, make_customer(practice.group, "Petit", ""))
    practice.book(TEN + 2 * HOUR, make_customer(practice.group, "", "", email="a@example.org"))
    assert [each for each, _status, _sequence in told(url)] == ["CONS – Anne", "CONS – P.", "CONS"]


def test_a_move_and_a_cancellation_grow_the_sequence_and_keep_the_uid(practice, url):
    appointment = practice.book()
    uids = [events(url)[0]["uid"]]
    move(appointment, TEN + DAY)
    uids.append(events(url)[0]["uid"])
    assert told(url) == [("CONS – Anne D.", "CONFIRMED", 1)]
    cancel(appointment)
    assert told(url) == [("CONS – Anne D.", "CANCELLED", 2)]
    restore(appointment)
    assert told(url) == [("CONS – Anne D.", "CONFIRMED", 3)]
    uids.append(events(url)[0]["uid"])
    assert len(set(uids)) == 1


def test_one_that_waits_for_confirmation_is_tentative(practice, url):
    practice.rule(confirm_required=True)
    appointment = practice.book(is_staff=False)
    assert told(url)[0][1:] == ("TENTATIVE", 0)
    change_appointment(appointment.pk, {"state": "in_progress"}, is_staff=True)
    assert told(url)[0][1:] == ("CONFIRMED", 1), "programs take a new status with a greater sequence alone"


def test_what_is_cancelled_or_over_stays_for_thirty_days_and_what_is_ahead_is_all_there(practice, url, clock):
    practice.rule(booking_horizon=None)
    practice.book(TEN + 50 * 7 * DAY)
    cancel(practice.book(TEN + HOUR + 50 * 7 * DAY))
    over = practice.book()
    assert len(events(url)) == 3
    clock.move_to(NOW + 30 * DAY - HALF)
    assert len(events(url)) == 3
    clock.move_to(NOW + 30 * DAY)
    assert [status for _summary, status, _sequence in told(url)] == ["CONFIRMED", "CONFIRMED"]
    clock.move_to(over.end + 30 * DAY)
    assert len(events(url)) == 1


def test_other_calendars_and_what_no_customer_booked_are_not_in_it(practice, url):
    other = make_calendar(practice.group, practice.service, name="Dr Blanc")
    practice.book(TEN, calendar_id=other.pk)
    practice.calendar.events.create(organization=practice.group, start=TEN, end=TEN + HOUR, text="Dentist")
    assert events(url) == []


def test_it_costs_as_much_for_many_as_for_one(practice, url, django_assert_num_queries):
    counts = []
    for number in (1, 8):
        for more in range(number):
            practice.book(TEN + number * DAY + more * HALF, make_customer(practice.group))
        with django_assert_num_queries(4):
            read(url)
        counts.append(number)
    assert counts == [1, 8]


# -- asking again -------------------------------------------------------------------------------------------


def test_what_did_not_change_is_not_sent_again(practice, url, clock):
    appointment = practice.book()
    first = read(url)
    assert first["Cache-Control"] == "private, no-cache"
    assert first["Last-Modified"] == "Mon, 23 Nov 2026 07:00:00 GMT"
    clock.shift(HOUR)
    again = read(url, If_None_Match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    Customer.objects.get(pk=practice.anne.pk).changed(firstname="Anna").save()
    renamed = read(url, If_None_Match=first["ETag"])
    assert (renamed.status_code, renamed["Last-Modified"]) == (200, "Mon, 23 Nov 2026 08:00:00 GMT")
    cancel(appointment)
    assert read(url, If_None_Match=renamed["ETag"]).status_code == 200


def test_a_program_may_ask_for_the_head_alone_and_accept_what_it_likes(practice, url):
    practice.book()
    assert Client().head(url)["ETag"] == read(url, Accept="text/calendar")["ETag"]


# -- who may ------------------------------------------------------------------------------------------------


def without_token(url: str) -> str:
    return url.partition("?")[0]


def test_a_token_that_is_wrong_or_of_another_calendar_is_one_and_the_same_401(practice, url):
    group, own = practice.group.pk, practice.calendar.pk
    token = url.partition("token=")[2]
    other = make_calendar(practice.group)
    elsewhere = make_calendar(make_group())
    paths = [
        without_token(url),
        f"{without_token(url)}?token=",
        f"{url}x",
        f"{without_token(url)}?token=%ff",
        f"/api/v1/groups/{group}/calendars/{other.pk}/feed.ics?token={token}",
        f"/api/v1/groups/{group}/calendars/999/feed.ics?token={token}",
        f"/api/v1/groups/{elsewhere.organization_id}/calendars/{own}/feed.ics?token={token}",
        f"/api/v1/groups/{group}/calendars/x/feed.ics?token={token}",
    ]
    answers = [read(path) for path in paths]
    for response in answers:
        error(response, 401, 5, "LoginFailed")
    assert len({response.content for response in answers}) == 1


def test_a_key_is_no_token(practice, url):
    assert read(without_token(url), X_Api_Key=make_key(practice.group, Role.BASIC_STAFF)).status_code == 401


def test_a_revoked_or_renewed_token_stops(practice):
    staff = pro(practice.group)
    address = f"calendars/{practice.calendar.pk}/feeds"
    first, second = (staff.post(address).json()["url"].partition("127.0.0.1:8000")[2] for _ in range(2))
    assert [read(first).status_code, read(second).status_code] == [401, 200]
    staff.delete(address)
    assert read(second).status_code == 401


@pytest.mark.parametrize("change", ["inactive", "no role", "no scope", "not granted"])
def test_a_client_whose_leave_is_withdrawn_reads_no_more(practice, url, change):
    client = CalendarFeed.objects.get().application
    if change == "not granted":
        client.organizations.clear()
    client.is_active = change != "inactive"
    client.roles = [] if change == "no role" else client.roles
    client.allowed_scopes = [] if change == "no scope" else client.allowed_scopes
    client.save()
    error(read(url), 401, 5)


@pytest.mark.parametrize("change", ["inactive", "a student by now", "no member"])
def test_a_person_who_is_staff_no_longer_reads_no_more(practice, change):
    staff = group_person(practice.group)
    url = staff.post(f"calendars/{practice.calendar.pk}/feeds").json()["url"].partition("127.0.0.1:8000")[2]
    assert read(url).status_code == 200
    membership = Membership.objects.get(organization=practice.group)
    if change == "inactive":
        membership.user.is_active = False
        membership.user.save()
    if change == "a student by now":
        Membership.objects.update(role=Role.STUDENT)
    if change == "no member":
        membership.delete()
    error(read(url), 401, 5)


def test_a_deleted_calendar_or_an_organization_that_is_put_to_rest_is_read_no_more(practice, url):
    practice.calendar.changed(is_deleted=True).save()
    error(read(url), 401, 5)
    practice.calendar.changed(is_deleted=False).save()
    assert read(url).status_code == 200
    practice.group.is_active = False
    practice.group.save()
    error(read(url), 401, 5)


def test_the_token_is_in_no_log_line_and_not_in_the_database(practice, url, log):
    token = url.partition("token=")[2]
    read(url)
    read(f"{url}x")
    assert f"GET {without_token(url)} 200" in log.getvalue()
    assert token not in log.getvalue()
    assert token not in str(CalendarFeed.objects.values_list())


def test_it_can_only_be_read(url):
    response = Client().post(url)
    error(response, 405, 2)
    assert response["Allow"] == "GET, HEAD"
    assert read(url.replace(".ics", ".ics.json")).status_code == 404


def test_rates_are_limited_as_everywhere(url, settings):
    settings.RATE_LIMIT_PER_HOUR = 2
    assert [read(url).status_code for _ in range(3)] == [200, 200, 429]
