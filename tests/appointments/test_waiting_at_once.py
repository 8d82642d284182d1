"""Several free and book at the same moment: each waits for nobody, and no customer is told twice [contract 40]."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from appointments.models import Waiting
from appointments.services.waitings import create_waiting
from core.models import OutboxMessage
from tests.appointment_factories import make_customer
from tests.appointments.practice import DAY, Practice, cancel

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def wait(practice: Practice, name: str) -> Waiting:
    customer = make_customer(practice.group, name)
    return create_waiting(
        practice.group,
        customer_id=customer.pk,
        customer={},
        services=[practice.service.pk],
        start=timezone.now(),
        end=timezone.now() + 30 * DAY,
        is_staff=True,
    )


def test_who_is_being_told_or_books_at_this_moment_is_passed_by():
    """Another transaction holds the first one's row for as long as the cancel takes: it does not wait for it."""
    practice = Practice()
    start = (timezone.now() + 7 * DAY).replace(hour=12, minute=0, second=0, microsecond=0)
    appointment = practice.book(start)
    practice.calendar.changed(opening_hours=all_week()).save()
    first, second = wait(practice, "First"), wait(practice, "Second")
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Waiting.objects.locked(first.pk)
            held.set()
            done.wait(30)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    held.wait(30)
    try:
        cancel(appointment)
    finally:
        done.set()
        other.join()
    assert list(OutboxMessage.objects.filter(kind="waiting_notice").values_list("entity_id", flat=True)) == [second.pk]


def all_week() -> list[dict]:
    return [{"day": day, "start": "00:00", "end": "24:00", "services": []} for day in range(1, 8)]
