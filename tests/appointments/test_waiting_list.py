"""Who waits is told of what frees: first come, at most three times, once a day [contract 40]."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from appointments.models import Customer, Waiting
from appointments.services import waiting_list
from appointments.services.holds import create_hold, release_hold
from appointments.services.waitings import create_waiting, end_waiting
from core.context import acting
from core.models import OutboxMessage
from scheduling.intervals import Interval
from tests.appointment_factories import make_calendar, make_customer, make_group, make_service
from tests.appointments.practice import DAY, HALF, HOUR, NOW, TEN, Practice, cancel, move, sent
from tests.factories import make_client

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
# The calendar has one place a day.
ONE_A_DAY = [{"day": day, "start": "10:00", "end": "10:30", "services": []} for day in range(1, 6)]


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def practice(clock):
    practice = Practice()
    practice.calendar.changed(opening_hours=ONE_A_DAY).save()
    return practice


@pytest.fixture
def taken(practice):
    """Anne has Wednesday's only place; she was told."""
    appointment = practice.book()
    OutboxMessage.objects.all().delete()
    return appointment


def wait(practice, name: str, start=NOW, end=NOW + WEEK, services=None, **more) -> Waiting:
    customer = make_customer(practice.group, name, "W", email=f"{name.lower()}@example.org")
    values = {"customer_id": customer.pk, "customer": {}, "calendar_ids": [], "is_staff": True, **more}
    pks = [service.pk for service in services or [practice.service]]
    return create_waiting(practice.group, services=pks, start=start, end=end, **values)


def notices(mailoutbox) -> list[str]:
    """To whom they go out now."""
    return [message.to[0] for message in sent(mailoutbox) if message.subject.startswith("A time is free")]


# -- being told ---------------------------------------------------------------------------------------------


def test_who_waits_longest_is_told_and_nobody_else(practice, taken, mailoutbox):
    first, second = wait(practice, "First"), wait(practice, "Second")
    cancel(taken)
    assert notices(mailoutbox) == ["first@example.org"]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.notices, first.told_at, second.notices) == (1, NOW, 0)


def test_the_notice_names_services_and_first_time_and_nobody_else(practice, taken, mailoutbox, settings):
    practice.book(TEN - DAY, make_customer(practice.group, "Petit", "Luc"))
    practice.book(TEN - 2 * DAY, make_customer(practice.group, "Grand", "Léa"))
    wait(practice, "Paul")
    cancel(taken)
    (message,) = [each for each in sent(mailoutbox) if each.to == ["paul@example.org"]]
    assert message.subject == "A time is free: Consultation, Wednesday 25 November"
    assert "First free time: Wednesday 25 November 2026, 10:00 (Europe/Paris)\n" in message.body
    assert f"{settings.SITE_URL}/customer/waitings/" in message.body
    for other in ("Anne", "Durand", "Luc", "Léa"):
        assert other not in message.body + message.alternatives[0].content


def test_a_move_frees_the_old_time(practice, taken, mailoutbox):
    wait(practice, "Paul", end=TEN + HOUR)
    move(taken, TEN + DAY)
    assert notices(mailoutbox) == ["paul@example.org"]


def test_a_hold_that_is_given_back_frees_its_time(practice, mailoutbox):
    hold = create_hold(practice.group, TEN, [practice.service.pk], is_staff=True)
    wait(practice, "Paul")
    release_hold(hold.pk)
    assert notices(mailoutbox) == ["paul@example.org"]


def test_at_most_once_a_day_of_the_place(practice, mailoutbox, clock):
    """Told at eight in Paris; the next local day begins at 23:00 UTC."""
    rows = [practice.book(TEN + number * DAY) for number in range(3)]
    waiting = wait(practice, "Paul")
    cancel(rows[0])
    cancel(rows[1])
    assert notices(mailoutbox) == ["paul@example.org"]
    clock.move_to(datetime(2026, 11, 23, 22, 59, tzinfo=UTC))
    practice.book(TEN + DAY)
    cancel(rows[2])
    assert notices(mailoutbox) == []
    clock.move_to(datetime(2026, 11, 23, 23, 0, tzinfo=UTC))
    cancel(practice.book(TEN + 2 * DAY))
    assert notices(mailoutbox) == ["paul@example.org"]
    waiting.refresh_from_db()
    assert waiting.notices == 2


def test_at_most_three_times(practice, taken, mailoutbox):
    waiting = wait(practice, "Paul")
    Waiting.objects.update(notices=3, told_at=NOW - DAY)
    cancel(taken)
    assert notices(mailoutbox) == []
    waiting.refresh_from_db()
    assert (waiting.notices, waiting.is_deleted) == (3, False)


def test_who_was_told_today_lets_the_next_one_be_told(practice, taken, mailoutbox):
    wait(practice, "First")
    wait(practice, "Second")
    other = practice.book(TEN + DAY)
    cancel(taken)
    cancel(other)
    assert notices(mailoutbox) == ["first@example.org", "second@example.org"]


@pytest.mark.parametrize("reason", ["window", "services", "calendars", "ended", "no address", "deleted", "past"])
def test_whom_it_does_not_concern_is_not_told(practice, taken, mailoutbox, clock, reason):
    other = make_calendar(practice.group, name="Dr Blanc", opening_hours=ONE_A_DAY)
    xray = make_service(practice.group, other, name="X-ray")
    practice.service.calendars.add(other)
    different = {
        "window": {"start": TEN + HOUR},
        "services": {"services": [xray]},
        "calendars": {"calendar_ids": [other.pk]},
    }
    waiting = wait(practice, "Paul", **different.get(reason, {}))
    if reason == "ended":
        end_waiting(waiting.pk)
    if reason == "past":
        Waiting.objects.update(start=NOW - DAY, end=NOW)
    Customer.objects.filter(pk=waiting.customer_id).update(
        email="" if reason == "no address" else waiting.customer.email, is_deleted=reason == "deleted"
    )
    cancel(taken)
    assert notices(mailoutbox) == []


def test_who_cannot_book_it_is_passed_by(practice, taken, mailoutbox):
    """The first wants an hour, and half an hour frees."""
    long = make_service(practice.group, practice.calendar, name="Operation", length=60)
    wait(practice, "First", services=[long])
    wait(practice, "Second")
    cancel(taken)
    assert notices(mailoutbox) == ["second@example.org"]


@pytest.mark.parametrize("closing", ["notice", "closed calendar", "deleted", "closed service", "blocked", "no mail"])
def test_nobody_is_told_of_what_customers_cannot_book(practice, taken, mailoutbox, closing):
    wait(practice, "Paul")
    if closing == "notice":
        practice.rule(min_notice=72 * 60)
    if closing == "no mail":
        practice.rule(sendmail=False)
    if closing == "closed service":
        practice.service.changed(is_open=False).save()
    if closing == "blocked":
        practice.calendar.events.create(organization=practice.group, start=TEN, end=TEN + HALF)
    practice.calendar.changed(is_open=closing != "closed calendar", is_deleted=closing == "deleted").save()
    cancel(taken)
    assert notices(mailoutbox) == []
    assert Waiting.objects.get().notices == 0


def test_other_organizations_hear_nothing(practice, taken, mailoutbox):
    elsewhere = Practice()
    wait(elsewhere, "Paul")
    cancel(taken)
    assert notices(mailoutbox) == []


def test_a_notice_is_not_sent_once_nothing_is_free_or_the_customer_waits_no_longer(practice, mailoutbox):
    for number in (-2, -1, 1, 2):
        practice.book(TEN + number * DAY, make_customer(practice.group))
    one = practice.book()
    wait(practice, "Paul", end=TEN + 2 * DAY + HOUR)
    cancel(one)
    practice.book(TEN, make_customer(practice.group))
    assert notices(mailoutbox) == []
    assert OutboxMessage.objects.get(kind="waiting_notice").state == "cancelled"


def test_where_nobody_waits_a_cancel_costs_one_statement_more(practice, django_assert_num_queries):
    with django_assert_num_queries(1):
        waiting_list.tell_of_freed(practice.calendar, Interval(TEN, TEN + HALF))


def test_however_many_wait_it_costs_the_same(practice, taken, django_assert_max_num_queries):
    long = make_service(practice.group, practice.calendar, name="Operation", length=60)
    for number in range(30):
        wait(practice, f"Paul{number}", services=[long])
    with django_assert_max_num_queries(6):
        waiting_list.tell_of_freed(practice.calendar, Interval(TEN, TEN + HALF))


# -- waiting no longer --------------------------------------------------------------------------------------


def test_who_books_in_the_window_waits_no_longer(practice):
    waiting = wait(practice, "Paul", start=TEN, end=TEN + HOUR)
    later = wait(practice, "Petra", start=TEN, end=TEN + HOUR)
    practice.book(TEN + DAY, waiting.customer)
    waiting.refresh_from_db()
    assert not waiting.is_deleted, "outside the window"
    practice.book(TEN, waiting.customer)
    waiting.refresh_from_db()
    later.refresh_from_db()
    assert (waiting.is_deleted, later.is_deleted) == (True, False)


def test_who_books_something_else_or_with_somebody_else_goes_on_waiting(practice):
    other = make_calendar(practice.group, practice.service, name="Dr Blanc")
    xray = make_service(practice.group, other, name="X-ray")
    waiting = wait(practice, "Paul", calendar_ids=[practice.calendar.pk])
    practice.book(TEN, waiting.customer, calendar_id=other.pk)
    practice.book(TEN + HOUR, waiting.customer, xray)
    waiting.refresh_from_db()
    assert not waiting.is_deleted


def test_who_has_ended_it_cannot_end_it_again(practice):
    waiting = wait(practice, "Paul")
    end_waiting(waiting.pk)
    with pytest.raises(Waiting.DoesNotExist):
        end_waiting(waiting.pk)


# -- who may wait -------------------------------------------------------------------------------------------


def refused(practice, **more) -> dict[str, list[str]]:
    values = {
        "customer_id": practice.anne.pk,
        "customer": {},
        "services": [practice.service.pk],
        "start": NOW,
        "end": NOW + WEEK,
        "calendar_ids": [],
        "is_staff": True,
    }
    with pytest.raises(ValidationError) as caught:
        create_waiting(practice.group, **values | more)
    assert not Waiting.objects.exists()
    return {name: [error.code for error in errors] for name, errors in caught.value.error_dict.items()}


def test_what_cannot_be_waited_for_is_refused(practice):
    elsewhere = make_group("Elsewhere")
    foreign = make_service(elsewhere, calendar := make_calendar(elsewhere))
    assert refused(practice, services=[]) == {"services": ["services"]}
    assert refused(practice, services=[foreign.pk]) == {"services": ["must_exist"]}
    assert refused(practice, calendar_ids=[calendar.pk]) == {"calendars": ["must_exist"]}
    assert refused(practice, calendar_ids=[practice.calendar.pk, make_calendar(practice.group).pk]) == {
        "calendars": ["must_exist"]
    }
    assert refused(practice, end=NOW) == {"end": ["order"]}
    assert refused(practice, start=NOW - WEEK, end=NOW - DAY) == {"end": ["past"]}
    assert refused(practice, customer_id=999) == {"customer": ["must_exist"]}
    assert refused(practice, customer={"email": "no address"}) == {"customer.email": ["email_unreachable"]}


def test_customers_wait_for_what_is_open_to_them_with_their_own_file(practice):
    assert refused(practice, is_staff=False, customer_id=make_foreign(practice)) == {"customer": ["must_exist"]}
    practice.rule(max_multirdvs=1)
    assert refused(practice, services=[practice.service.pk] * 2) == {"services": ["too_many"]}
    practice.service.changed(is_open=False).save()
    assert refused(practice, is_staff=False) == {"services": ["must_exist"]}


def make_foreign(practice) -> int:
    """A customer that another credential made."""
    return make_customer(practice.group, made_by=make_client(practice.group)).pk


def test_a_new_customer_is_made_with_the_wish(practice):
    client = make_client(practice.group)
    with acting(door="api", application_id=client.pk):
        waiting = wait(
            practice, "Paul", customer_id=None, customer={"lastname": "New", "email": "n@example.org"}, is_staff=False
        )
    assert (waiting.customer.lastname, waiting.customer.made_by, waiting.made_by) == ("New", client, client)
