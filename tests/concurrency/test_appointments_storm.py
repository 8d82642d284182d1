"""However many ask at once, and through whatever door, a place is given away once."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection

from appointments.models import Appointment, Customer
from core.models import OutboxMessage, Role
from scheduling.models import BusyInterval
from tests.appointment_factories import make_calendar, make_customer, make_group, make_service
from tests.appointments.wire import account, pro
from tests.back_office import browser, person
from tests.concurrency.storm import FORM, Ask, deadlocks, send_all, servers
from tests.scale import scaled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.soak]
ATTEMPTS = scaled(10_000)
ATTEMPTS_ON_SQLITE = scaled(500)
ROUNDS = scaled(100)
CSRF = "a" * 32
ALWAYS = [{"day": day, "start": "00:00", "end": "24:00", "services": []} for day in range(1, 8)]


def attempts() -> int:
    return ATTEMPTS if connection.vendor == "postgresql" else ATTEMPTS_ON_SQLITE


def tomorrow(hours: int = 0) -> datetime:
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    return noon + timedelta(days=1, hours=hours)


def on_wire(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


@pytest.fixture
def group():
    return make_group(time_zone="UTC")


@pytest.fixture
def service(group):
    return make_service(group, length=60)


def book(caller, service, number: int, start: datetime, **fields) -> Ask:
    """With a customer of its own."""
    fiche = {"lastname": f"Durand {number}", "email": f"durand{number}@example.org"}
    values = {"date": on_wire(start), "intervention_ids": [service.pk], "fiche": fiche, **fields}
    path = f"/api/v1/groups/{caller.group.pk}/appointments"
    return Ask("POST", path, {"appointment": values}, {"X-Api-Key": caller.key})


def outcomes(answers) -> Counter:
    """How often each status came, and with which number and name."""
    told = [(answer.status, answer.body.get("error") or {}) for answer in answers]
    return Counter((status, error.get("code"), error.get("name")) for status, error in told)


def test_of_all_who_ask_for_one_slot_exactly_one_gets_it_and_nothing_is_left_of_the_others(group, service):
    calendar, caller = make_calendar(group, service, opening_hours=ALWAYS), account(group)
    asks = [book(caller, service, number, tomorrow(), calendar_id=calendar.pk) for number in range(attempts())]
    before = deadlocks()
    with servers(4) as ports:
        answers = send_all(ports, asks)
    assert outcomes(answers) == {(201, None, None): 1, (400, None, "NotAvailable"): len(asks) - 1}
    assert deadlocks() == before
    left = (Appointment, Appointment.history, Customer, Customer.history, BusyInterval)
    assert [getattr(each, "objects", each).count() for each in left] == [1, 1, 1, 1, 1]
    assert OutboxMessage.objects.count() == 1


def test_ten_calendars_that_stand_for_each_other_are_booked_ten_times(group, service):
    calendars, caller = [make_calendar(group, service, opening_hours=ALWAYS) for _number in range(10)], account(group)
    asks = [book(caller, service, number, tomorrow()) for number in range(max(32, attempts() // 10))]
    before = deadlocks()
    with servers(4) as ports:
        answers = send_all(ports, asks)
    assert outcomes(answers) == {(201, None, None): 10, (400, None, "NotAvailable"): len(asks) - 10}
    assert set(Appointment.objects.values_list("calendar", flat=True)) == {each.pk for each in calendars}
    assert deadlocks() == before


def test_a_calendar_of_three_places_is_booked_three_times(group, service):
    calendar, caller = make_calendar(group, service, opening_hours=ALWAYS, capacity=3), account(group)
    asks = [book(caller, service, number, tomorrow(), calendar_id=calendar.pk) for number in range(64)]
    with servers(2) as ports:
        answers = send_all(ports, asks)
    assert outcomes(answers) == {(201, None, None): 3, (400, None, "NotAvailable"): 61}
    assert sorted(BusyInterval.objects.values_list("seat", flat=True)) == [0, 1, 2]


def test_one_customer_who_asks_from_many_tabs_gets_as_many_as_the_rule_allows(service, group):
    """Each asks for another calendar, so that nothing but the customer's own lock keeps them apart."""
    group.booking_settings.max_upcoming = 2
    group.booking_settings.save()
    caller = account(group)
    made = caller.post("fiches", {"fiche": {"lastname": "Tab", "email": "tab@example.org"}}).json()
    calendars = [make_calendar(group, service, opening_hours=ALWAYS) for _number in range(16)]
    asks = [
        book(caller, service, 0, tomorrow(number), calendar_id=calendar.pk, fiche={"id": made["id"]})
        for number, calendar in enumerate(calendars)
    ]
    with servers(4) as ports:
        answers = send_all(ports, asks, connections=16)
    assert outcomes(answers) == {(201, None, None): 2, (400, 6, "MaxRdvNumber"): 14}


def test_doors_that_ask_for_one_slot_at_once_let_one_through(group, service):
    """A booking, a move, a cancelled one that is restored, and staff at the back office, in each round."""
    calendar, caller = make_calendar(group, service, opening_hours=ALWAYS), pro(group)
    staff = browser(person("mara", Role.BASIC_STAFF, group)).cookies["sessionid"].value
    before = deadlocks()
    with servers(4) as ports:
        for number in range(ROUNDS):
            start = tomorrow(2 * number)
            asks = [
                book(caller, service, number, start, calendar_id=calendar.pk),
                *rivals(caller, calendar, start, number),
                at_the_desk(staff, calendar, start),
            ]
            answers = send_all(ports, asks, connections=len(asks))
            assert sum(map(has_won, answers)) == 1, answers
            assert all(has_won(answer) or is_refused(answer) for answer in answers), answers
            assert living_at(calendar, start) == 1
    assert deadlocks() == before


def at_the_desk(session: str, calendar, start: datetime) -> Ask:
    """The page of booking, sent by a browser."""
    customer, service = make_customer(calendar.organization), calendar.services.get()
    query = {"services": service.pk, "calendar": calendar.pk, "customer": customer.pk}
    address = f"/admin/appointments/appointment/book/?{urlencode({**query, 'start': f'{start:%Y-%m-%dT%H:%M}'})}"
    headers = {"Content-Type": FORM, "Cookie": f"sessionid={session}; csrftoken={CSRF}"}
    return Ask("POST", address, {"comments": "", "csrfmiddlewaretoken": CSRF}, headers)


def has_won(answer) -> bool:
    """The page leads on to the appointment; the API answers with it."""
    return answer.status == 302 or "records" in answer.body


def is_refused(answer) -> bool:
    """The page is shown again; the API gives the reason."""
    is_shown_again = (answer.status, answer.body) == (200, {})
    return is_shown_again or answer.body.get("error", {}).get("name") == "NotAvailable"


def rivals(caller, calendar, start: datetime, number: int) -> list[Ask]:
    """One that stands elsewhere and moves here, and one that stood here and comes back."""
    elsewhere = appointment_at(calendar, start - timedelta(days=400), f"mover{number}")
    cancelled = appointment_at(calendar, start, f"comer{number}", is_deleted=True)
    path, headers = f"/api/v1/groups/{caller.group.pk}/appointments", {"X-Api-Key": caller.key}
    return [
        Ask("PUT", f"{path}/{elsewhere.pk}", {"appointment": {"date": on_wire(start)}}, headers),
        Ask("PUT", f"{path}/{cancelled.pk}", {"appointment": {"deleted": False}}, headers),
    ]


def appointment_at(calendar, start: datetime, key: str, **fields) -> Appointment:
    group, service = calendar.organization, calendar.services.get()
    times = {"start": start, "end": start + timedelta(hours=1)}
    customer = make_customer(group)
    row = Appointment.objects.create(
        organization=group, calendar=calendar, customer=customer, key=key, **times, **fields
    )
    row.lines.create(position=0, service=service, length=60)
    return row


def living_at(calendar, start: datetime) -> int:
    return Appointment.objects.alive().filter(calendar=calendar, start=start).count()
