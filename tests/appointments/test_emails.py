"""What a customer is told of an appointment, and what stands in the customer's calendar then [contracts 00 and 40]."""

import re

import pytest
import time_machine

from appointments.emails import queue_affected
from appointments.models import Customer
from appointments.services.changes import change_appointment
from core.mail import preview
from core.models import Organization, OutboxMessage
from tests.appointment_factories import make_calendar, make_customer, make_service
from tests.appointments.practice import (
    DAY,
    HALF,
    HOUR,
    NOW,
    TEN,
    Practice,
    cancel,
    entry_of,
    move,
    queue,
    restore,
    sent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def practice(clock):
    return Practice()


def test_a_booking_is_told_with_what_when_with_whom_and_where(practice, mailoutbox, settings):
    practice.rule(phone="01 23 45 67 89")
    appointment = practice.book()
    (message,) = sent(mailoutbox)
    link = re.search(r"http\S+", message.body)[0]
    assert link.startswith(f"{settings.SITE_URL}/customer/appointments/")
    assert message.to == ["anne@example.org"]
    assert message.from_email.startswith("Practice Lilas <")
    assert message.subject == "Your appointment on Wednesday 25 November, 10:00"
    assert message.body == (
        "Hello Anne Durand,\n\nYour appointment is booked.\n\n"
        "What: Consultation\n"
        "When: Wednesday 25 November 2026, 10:00 – 10:30 (Europe/Paris)\n"
        "With: Dr Martin\n"
        "Where: 12 rue des Lilas, 75020 Paris\n"
        "Phone: 01 23 45 67 89\n\n"
        f"To cancel it or to choose another time:\n{link}\n\n"
        "Practice Lilas\n"
    )
    html = message.alternatives[0].content
    assert all(word in html for word in ("Consultation", "25 November 2026", "Dr Martin", "rue des Lilas", link))
    assert appointment.key not in message.body


def test_the_entry_is_a_request_in_utc_under_a_lasting_uid(practice, mailoutbox):
    appointment = practice.book()
    method, event = entry_of(sent(mailoutbox)[0])
    assert (method, event["status"], event["sequence"]) == ("REQUEST", "CONFIRMED", 0)
    assert event["uid"] == f"{appointment.key}@dutyboard"
    assert event["dtstart"].to_ical() == b"20261125T090000Z"
    assert event.decoded("dtend") == TEN + HALF
    assert event["summary"] == "Consultation (Practice Lilas)"
    assert event["location"] == "12 rue des Lilas, 75020 Paris"
    assert (event["organizer"], event["organizer"].params["CN"]) == ("mailto:dutyboard@localhost", "Practice Lilas")
    assert (event["attendee"], event["attendee"].params["CN"]) == ("mailto:anne@example.org", "Anne Durand")


def test_several_services_and_the_organizations_address_where_the_calendar_has_none(practice, mailoutbox):
    practice.rule(address="1 place Nord", zipcode="69001", city="Lyon")
    room = make_calendar(practice.group, practice.service, name="Room 3", publicname="Reception")
    xray = make_service(practice.group, room, name="X-ray")
    practice.book(TEN, None, practice.service, xray, calendar_id=room.pk)
    (message,) = sent(mailoutbox)
    assert "What: Consultation, X-ray\nWhen: Wednesday 25 November 2026, 10:00 – 11:00" in message.body
    assert "With: Reception\nWhere: 1 place Nord, 69001 Lyon\n" in message.body


def test_one_that_waits_for_confirmation_says_so_and_its_confirmation_is_told(practice, mailoutbox):
    practice.rule(confirm_required=True)
    appointment = practice.book(is_staff=False)
    (message,) = sent(mailoutbox)
    assert message.subject == "To be confirmed: your appointment on Wednesday 25 November, 10:00"
    assert "It is not confirmed yet: we will write to you again." in message.body
    assert entry_of(message)[1]["status"] == "TENTATIVE"
    change_appointment(appointment.pk, {"state": "in_progress"}, is_staff=True)
    (message,) = sent(mailoutbox)
    assert message.subject == "Your appointment on Wednesday 25 November, 10:00"
    assert entry_of(message)[1]["status"] == "CONFIRMED"


def test_one_that_is_confirmed_before_the_first_message_goes_is_told_once(practice, mailoutbox):
    practice.rule(confirm_required=True)
    appointment = practice.book(is_staff=False)
    change_appointment(appointment.pk, {"state": "in_progress"}, is_staff=True)
    assert [message.subject for message in sent(mailoutbox)] == ["Your appointment on Wednesday 25 November, 10:00"]


def test_a_move_sends_the_new_time_under_the_same_uid_with_a_greater_sequence(practice, mailoutbox):
    appointment = practice.book()
    _, first = entry_of(sent(mailoutbox)[0])
    move(appointment, TEN + DAY)
    (message,) = sent(mailoutbox)
    method, second = entry_of(message)
    assert message.subject == "Changed: your appointment is now on Thursday 26 November, 10:00"
    assert "When: Thursday 26 November 2026, 10:00 – 10:30 (Europe/Paris)\n" in message.body
    assert (method, second["uid"]) == ("REQUEST", first["uid"])
    assert second["sequence"] > first["sequence"]
    assert second.decoded("dtstart") == TEN + DAY


def test_a_cancellation_takes_the_entry_out_of_the_calendar_and_has_no_link(practice, mailoutbox):
    appointment = practice.book()
    _, first = entry_of(sent(mailoutbox)[0])
    cancel(appointment)
    (message,) = sent(mailoutbox)
    method, event = entry_of(message)
    assert message.subject == "Cancelled: your appointment on Wednesday 25 November, 10:00"
    assert "It does not take place." in message.body
    assert "http" not in message.body
    assert (method, event["status"], event["uid"]) == ("CANCEL", "CANCELLED", first["uid"])
    assert event["sequence"] > first["sequence"]


def test_what_was_cancelled_and_is_restored_is_back_in_the_calendar(practice, mailoutbox):
    appointment = practice.book()
    cancel(appointment)
    _, cancelled = entry_of(sent(mailoutbox)[0])
    restore(appointment)
    (message,) = sent(mailoutbox)
    method, event = entry_of(message)
    assert (method, event["status"], event["uid"]) == ("REQUEST", "CONFIRMED", cancelled["uid"])
    assert event["sequence"] > cancelled["sequence"]


def test_an_appointment_whose_time_is_closed_says_so_and_offers_another(practice, mailoutbox):
    appointment = practice.book()
    sent(mailoutbox)
    queue(queue_affected, appointment)
    (message,) = sent(mailoutbox)
    assert message.subject == "Your appointment on Wednesday 25 November, 10:00 cannot take place as planned"
    assert "Choose another time by the link below, or wait until we contact you." in message.body
    assert "/customer/appointments/" in message.body
    assert message.attachments == []


# -- at the moment of sending -------------------------------------------------------------------------------


def test_of_several_changes_the_last_alone_is_told(practice, mailoutbox):
    appointment = practice.book()
    for number in (1, 2, 3):
        move(appointment, TEN + number * HOUR)
    (message,) = sent(mailoutbox)
    assert entry_of(message)[1].decoded("dtstart") == TEN + 3 * HOUR
    assert OutboxMessage.objects.filter(state="cancelled").count() == 3


def test_what_is_moved_or_cancelled_by_then_is_not_told_to_be_closed(practice, mailoutbox):
    one, other = practice.book(), practice.book(TEN + HOUR)
    sent(mailoutbox)
    queue(queue_affected, one)
    queue(queue_affected, other)
    move(one, TEN + DAY)
    cancel(other)
    assert [message.subject.split(":")[0] for message in sent(mailoutbox)] == ["Changed", "Cancelled"]


def test_nothing_is_sent_once_it_has_begun(practice, mailoutbox, clock):
    appointment, other = practice.book(), practice.book(TEN + HALF)
    cancel(other)
    queue(queue_affected, appointment)
    clock.move_to(TEN + HOUR)
    assert sent(mailoutbox) == []


def test_the_address_is_the_customers_of_that_moment(practice, mailoutbox):
    practice.book()
    Customer.objects.update(email="new@example.org")
    (message,) = sent(mailoutbox)
    assert message.to == ["new@example.org"]
    assert entry_of(message)[1]["attendee"] == "mailto:new@example.org"
    assert OutboxMessage.objects.get().address == "new@example.org"


def test_a_customer_without_address_and_an_organization_that_sends_no_mail(practice):
    practice.book(TEN, make_customer(practice.group, "Petit", "Luc", email=""))
    practice.rule(sendmail=False)
    practice.book(TEN + HOUR)
    assert not OutboxMessage.objects.exists()


def test_the_link_is_left_out_where_the_notice_is_over(practice, mailoutbox):
    practice.rule(min_cancel_notice=72 * 60, phone="01 23 45 67 89")
    practice.book()
    (message,) = sent(mailoutbox)
    assert "http" not in message.body
    assert "Phone: 01 23 45 67 89\n" in message.body


def test_the_link_is_neither_kept_nor_shown_to_staff(practice, mailoutbox):
    practice.book()
    row = OutboxMessage.objects.get()
    assert "[personal link]" in preview(row).text
    sent(mailoutbox)
    row.refresh_from_db()
    assert "[personal link]" in row.text
    assert "/customer/" not in row.text


# -- language, zone, names ----------------------------------------------------------------------------------


def test_in_the_organizations_language_and_zone(practice, mailoutbox):
    Organization.objects.update(language="fr", time_zone="America/Guadeloupe")
    practice.rule()
    practice.book()
    (message,) = sent(mailoutbox)
    assert OutboxMessage.objects.get().language == "fr"
    assert "mercredi 25 novembre 2026, 05:00 – 05:30 (America/Guadeloupe)" in message.body


def test_names_of_any_kind_are_text_and_make_an_entry_that_can_be_read(practice, mailoutbox):
    Organization.objects.update(name='Lilas "Nord"; A & B')
    practice.rule()
    practice.book(TEN, make_customer(practice.group, '<b>"Durand"', "Ann;e", email="odd@example.org"))
    (message,) = sent(mailoutbox)
    assert 'Hello Ann;e <b>"Durand",' in message.body
    assert "<b>&quot;" not in message.body
    assert "&lt;b&gt;&quot;Durand&quot;" in message.alternatives[0].content
    assert entry_of(message)[1]["attendee"].params["CN"] == "Ann;e <b>'Durand'"
