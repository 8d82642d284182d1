"""What the hot calls cost in statements, and that what is composed once answers each call by its own values."""

from contextlib import closing

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH, MAX_CACHED_STATEMENT_PARAMS

from appointments.models import Appointment, Customer
from scheduling.models import BusyInterval
from tests.appointment_factories import make_calendar, make_customer, make_group, make_service
from tests.appointments.wire import account, done, error, pro

pytestmark = pytest.mark.django_db
# A Tuesday far ahead.
DAY = "2031-07-01"
WRITES = ("INSERT", "UPDATE", "DELETE", "SAVEPOINT", "SELECT PG_ADVISORY")


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def service(group):
    return make_service(group)


@pytest.fixture
def calendar(group, service):
    return make_calendar(group, service)


def booking(service, clock: str, number: int, **fields) -> dict:
    fiche = {"lastname": f"Durand {number}", "email": f"durand{number}@example.org", "rappel_email": False}
    values = {"date": f"{DAY} {clock}:00", "intervention_ids": [service.pk], "fiche": fiche, **fields}
    return {"appointment": values}


def statements(work) -> list[str]:
    """Without the borders of the transaction that the test runs in."""
    with CaptureQueriesContext(connection) as asked:
        work()
    texts = [each["sql"].strip().upper() for each in asked.captured_queries]
    return [text for text in texts if not text.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]


def test_a_booking_costs_nine_statements(service, calendar, group):
    caller = account(group)
    done(caller.post("appointments", booking(service, "09:00", 1, calendar_id=calendar.pk)), 201)
    body = booking(service, "10:00", 2, calendar_id=calendar.pk)
    asked = statements(lambda: done(caller.post("appointments", body), 201))
    # One of them is the lock, which SQLite has no need of; there all that is written beside the appointment, and the
    # look for webhooks, are statements of their own.
    assert len(asked) == (9 if connection.vendor == "postgresql" else 15), "\n".join(asked)


@pytest.mark.postgres
def test_no_statement_of_a_booking_is_too_long_for_the_driver_to_keep(service, calendar, group):
    sent = []

    def note(execute, sql, parameters, many, context):
        sent.append((len(sql), len(parameters or ())))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        done(account(group).post("appointments", booking(service, "09:00", 1, calendar_id=calendar.pk)), 201)
    assert max(length for length, _values in sent) <= MAX_CACHED_STATEMENT_LENGTH
    assert max(values for _length, values in sent) <= MAX_CACHED_STATEMENT_PARAMS


def test_a_refusal_for_a_taken_slot_costs_five_statements_and_neither_writes_nor_locks(service, calendar, group):
    caller = account(group)
    done(caller.post("appointments", booking(service, "09:00", 1, calendar_id=calendar.pk)), 201)
    body = booking(service, "09:00", 2, calendar_id=calendar.pk)
    asked = statements(lambda: error(caller.post("appointments", body), 400, None, "NotAvailable"))
    assert len(asked) == 5, "\n".join(asked)
    assert [text for text in asked if text.startswith(WRITES)] == []


def test_what_is_listed_is_what_each_answers_alone_whatever_the_page(service, group):
    calendars = [make_calendar(group, service, city="Lyon"), make_calendar(group, service, zipcode="69001")]
    other = make_service(group, *calendars, name="Control")
    caller = pro(group)
    for number, clock in enumerate(["09:00", "10:00", "11:00"]):
        ids = [service.pk, other.pk] if number else [service.pk]
        body = booking(service, clock, number, calendar_id=calendars[number % 2].pk, intervention_ids=ids)
        done(caller.post("appointments", body), 201)
    listed = done(caller.get("appointments"))["records"]
    alone = [done(caller.get(f"appointments/{each['id']}"))["records"][0] for each in listed]
    assert listed == alone
    assert [each["intervention_ids"] for each in listed] == [[service.pk]] + [[service.pk, other.pk]] * 2
    turned = done(caller.get("appointments?sort=start&dir=desc&results=2&startIndex=1"))["records"]
    assert turned == alone[1::-1]


def test_a_page_asked_for_plainly_is_that_of_a_condition_which_all_meet(service, calendar, group):
    caller, narrowed = pro(group), "conditions[0][field]=id&conditions[0][op]=%3E&conditions[0][value]=0"
    bodies = [booking(service, clock, 1, calendar_id=calendar.pk) for clock in ("12:00", "09:00", "10:00", "11:00")]
    for number, body in enumerate(bodies):
        body["appointment"]["fiche"]["email"] = f"durand{number}@example.org"
        done(caller.post("appointments", body), 201)
    gone, past = Appointment.objects.order_by("-start")[:2]
    done(caller.delete(f"appointments/{gone.pk}"))
    Appointment.objects.filter(pk=past.pk).update(start="2020-01-01T09:00Z", end="2020-01-01T10:00Z")
    for page in ("results=1", "results=1&startIndex=1", "results=all", "startIndex=9"):
        plain = done(caller.get(f"appointments?{page}"))
        assert plain == done(caller.get(f"appointments?{page}&{narrowed}"))
        assert plain["totalRecords"] == 2
    assert [each["start"][11:16] for each in done(caller.get("appointments"))["records"]] == ["09:00", "10:00"]
    assert done(pro(make_group("Surgery")).get("appointments"))["totalRecords"] == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_page_is_seen_as_it_was_at_one_moment(service, calendar, group):
    caller = pro(group)
    done(caller.post("appointments", booking(service, "09:00", 1, calendar_id=calendar.pk)), 201)
    other = connection.copy()

    def cancel_behind_the_look_for_ids(execute, sql, parameters, many, context):
        if "= ANY(" in sql:
            with other.cursor() as cursor:
                cursor.execute("UPDATE appointments_appointment SET is_deleted = true")
        return execute(sql, parameters, many, context)

    with closing(other), connection.execute_wrapper(cancel_behind_the_look_for_ids):
        [listed] = done(caller.get("appointments"))["records"]
    assert listed["deleted"] is False
    assert done(caller.get("appointments"))["records"] == []


def test_two_groups_with_as_many_services_and_calendars_do_not_see_each_other():
    for name in ("Practice", "Surgery"):
        group = make_group(name)
        service = make_service(group)
        calendars = [make_calendar(group, service), make_calendar(group, service)]
        caller = account(group)
        records = [
            done(caller.post("appointments", booking(service, "09:00", number)), 201)["records"][0]
            for number in range(2)
        ]
        assert {each["calendar_id"] for each in records} == {each.pk for each in calendars}
        error(caller.post("appointments", booking(service, "09:00", 2)), 400, None, "NotAvailable")


def test_a_closed_service_or_calendar_is_none_for_customers_and_one_for_staff(group):
    service, hidden = make_service(group), make_service(group, is_open=False)
    calendar = make_calendar(group, service, hidden, is_open=False)
    for number, (body, path) in enumerate(
        [
            (booking(hidden, "09:00", 1), "intervention_ids"),
            (booking(service, "10:00", 2, calendar_id=calendar.pk), "calendar_id"),
        ]
    ):
        assert path in error(account(group).post("appointments", body), 400, 2)["fields"]
        done(pro(group).post("appointments", body), 201)
        assert Appointment.objects.count() == number + 1


def test_an_address_is_another_customers_however_it_is_spelled(service, calendar, group):
    make_customer(group, email="Anne@Example.org")
    caller = account(group)
    body = booking(service, "09:00", 1, fiche={"lastname": "Durand", "email": "aNNE@example.ORG"})
    error(caller.post("appointments", body), 400, 11, "EmailAlreadyExists")
    assert (Customer.objects.count(), BusyInterval.objects.count()) == (1, 0)
