"""Reminders: once each, at the time that the appointment has by then, never past its start [contract 40]."""

import pytest
import time_machine

from appointments.models import Customer
from appointments.services.changes import change_appointment
from core.models import OutboxMessage
from tests.appointment_factories import make_customer
from tests.appointments.practice import DAY, HOUR, NOW, TEN, Practice, cancel, move, restore, sent

pytestmark = pytest.mark.django_db
# A day and two hours before, in minutes.
TWICE = [24 * 60, 120]


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def practice(clock):
    return Practice(reminders=TWICE)


@pytest.fixture
def appointment(practice, mailoutbox):
    """Booked, and its confirmation is out."""
    appointment = practice.book()
    sent(mailoutbox)
    return appointment


def reminders(mailoutbox) -> list[str]:
    return [message.subject for message in sent(mailoutbox) if message.subject.startswith("Reminder")]


REMINDER = "Reminder: your appointment on Wednesday 25 November, 10:00"
LATER = "Reminder: your appointment on Thursday 26 November, 10:00"


def test_each_is_sent_once_at_its_time(appointment, mailoutbox, clock):
    told = []
    clock.move_to(TEN - DAY - HOUR)
    for _half_hour in range(60):
        told.append(len(reminders(mailoutbox)))
        clock.shift(HOUR / 2)
    # Half hours from 25 h before on: at 24 h and at 2 h, and never else.
    assert [number for number, count in enumerate(told) if count] == [2, 46]
    assert sum(told) == 2


def test_it_says_what_and_when_and_has_the_link_without_another_calendar_entry(appointment, mailoutbox, clock):
    clock.move_to(TEN - DAY)
    (message,) = sent(mailoutbox)
    assert message.subject == REMINDER
    assert "When: Wednesday 25 November 2026, 10:00 – 10:30 (Europe/Paris)\n" in message.body
    assert "/customer/appointments/" in message.body
    assert message.attachments == []


def test_not_a_moment_before_its_time(appointment, mailoutbox, clock):
    clock.move_to(TEN - DAY - HOUR / 3600)
    assert sent(mailoutbox) == []


def test_with_the_worker_down_at_the_minute_it_comes_late(appointment, mailoutbox, clock):
    clock.move_to(TEN - DAY + 5 * HOUR)
    assert reminders(mailoutbox) == [REMINDER]
    assert reminders(mailoutbox) == []


def test_with_the_worker_down_until_the_start_none_comes(appointment, mailoutbox, clock):
    clock.move_to(TEN)
    assert sent(mailoutbox) == []
    assert OutboxMessage.objects.filter(state="cancelled", kind="appointment_reminder").count() == 2


def test_with_the_worker_down_until_just_before_the_start_both_are_due_and_say_the_same_time(
    appointment, mailoutbox, clock
):
    clock.move_to(TEN - HOUR)
    assert reminders(mailoutbox) == [REMINDER, REMINDER]


def test_after_a_move_at_the_new_time_alone(appointment, mailoutbox, clock):
    move(appointment, TEN + DAY)
    sent(mailoutbox)
    clock.move_to(TEN - HOUR)
    assert reminders(mailoutbox) == []
    clock.move_to(TEN)
    assert reminders(mailoutbox) == [LATER]
    clock.move_to(TEN + DAY - 2 * HOUR)
    assert reminders(mailoutbox) == [LATER]
    clock.move_to(TEN + 2 * DAY)
    assert reminders(mailoutbox) == []


def test_a_move_after_the_first_reminder_brings_both_anew(appointment, mailoutbox, clock):
    clock.move_to(TEN - DAY)
    assert reminders(mailoutbox) == [REMINDER]
    move(appointment, TEN + 2 * DAY)
    sent(mailoutbox)
    clock.move_to(TEN + DAY)
    assert reminders(mailoutbox) == ["Reminder: your appointment on Friday 27 November, 10:00"]


def test_a_move_there_and_back_reminds_once(appointment, mailoutbox, clock):
    move(appointment, TEN + DAY)
    move(appointment, TEN)
    sent(mailoutbox)
    clock.move_to(TEN - DAY)
    assert reminders(mailoutbox) == [REMINDER]


def test_none_after_a_cancel_and_one_again_after_a_restore(appointment, practice, mailoutbox, clock):
    cancel(appointment)
    sent(mailoutbox)
    clock.move_to(TEN - DAY)
    assert reminders(mailoutbox) == []
    restore(appointment)
    sent(mailoutbox)
    clock.move_to(TEN - 2 * HOUR)
    assert reminders(mailoutbox) == [REMINDER]


def test_none_for_a_time_that_is_past_when_it_is_booked(practice, mailoutbox, clock):
    clock.move_to(TEN - 3 * HOUR)
    practice.book()
    sent(mailoutbox)
    clock.move_to(TEN - HOUR)
    assert reminders(mailoutbox) == [REMINDER]


def test_none_for_who_wants_none_at_the_booking_or_by_then(practice, appointment, mailoutbox, clock):
    practice.book(TEN + HOUR, make_customer(practice.group, wants_email_reminders=False))
    Customer.objects.update(wants_email_reminders=False)
    clock.move_to(TEN - HOUR)
    assert reminders(mailoutbox) == []


def test_none_where_the_organization_sends_no_mail_by_then(practice, appointment, mailoutbox, clock):
    practice.rule(sendmail=False)
    clock.move_to(TEN - DAY)
    assert sent(mailoutbox) == []


def test_none_for_who_has_come_already(appointment, mailoutbox, clock):
    clock.move_to(TEN - 3 * HOUR)
    reminders(mailoutbox)
    change_appointment(appointment.pk, {"state": "came"}, is_staff=True)
    clock.move_to(TEN - HOUR)
    assert reminders(mailoutbox) == []


def test_another_address_by_then_is_written_to(appointment, mailoutbox, clock):
    Customer.objects.update(email="new@example.org")
    clock.move_to(TEN - DAY)
    (message,) = sent(mailoutbox)
    assert message.to == ["new@example.org"]


def test_without_the_rule_nobody_is_reminded(practice, mailoutbox, clock):
    practice.rule(reminders=[])
    practice.book()
    assert OutboxMessage.objects.filter(kind="appointment_reminder").count() == 0


def test_one_that_is_confirmed_is_reminded_once_all_the_same(practice, mailoutbox, clock):
    practice.rule(confirm_required=True)
    waiting = practice.book(is_staff=False)
    change_appointment(waiting.pk, {"state": "in_progress"}, is_staff=True)
    clock.move_to(TEN - DAY)
    assert reminders(mailoutbox) == [REMINDER]
    clock.move_to(TEN - 2 * HOUR)
    assert reminders(mailoutbox) == [REMINDER]
