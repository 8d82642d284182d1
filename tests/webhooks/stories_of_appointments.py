"""Appointments: by the API, the desk, the customer's pages, and a day that is closed."""

from datetime import timedelta

import time_machine
from django.test import Client

from appointments.emails import APPOINTMENT_LINK
from appointments.services.waitings import create_waiting
from appointments.waiting_emails import WAITING_LINK
from core.links import sign_link
from tests.appointment_factories import make_customer
from tests.appointments.booking_world import ELEVEN, TEN, BookingWorld, one
from tests.appointments.front_desk import DAY, FrontDesk
from tests.appointments.practice import HOUR, Practice
from tests.appointments.practice import TEN as WEDNESDAY
from tests.appointments.test_customer_page import page, starts_in, version_in
from tests.webhooks.stories import story

CLOSE = "/admin/appointments/calendar/close/"


def customer_path(appointment) -> str:
    token = sign_link(APPOINTMENT_LINK, appointment.pk, appointment.customer_id, timedelta(days=9))
    return f"/customer/appointments/{token}"


@story("appointment.booked")
def a_customer_books_by_the_api():
    world = BookingWorld()
    yield
    world.booked()


@story()
def a_booking_that_is_refused_tells_nobody():
    world = BookingWorld()
    world.booked()
    yield
    assert world.book(fiche={"lastname": "Petit"}).status_code == 400


@story("appointment.booked", "appointment.moved", "appointment.cancelled", "appointment.restored")
def an_appointment_lives_by_the_api():
    world = BookingWorld()
    yield
    pk = world.booked()["id"]
    one(world.move(pk, date=ELEVEN))
    one(world.account.delete(f"appointments/{pk}"))
    one(world.move(pk, by=world.pro, deleted=False))


@story("appointment.booked", "appointment.confirmed", "appointment.updated")
def staff_confirm_one_and_say_who_came():
    world = BookingWorld(confirm_required=True)
    yield
    pk = world.booked(TEN)["id"]
    one(world.move(pk, by=world.pro, state=0))
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        one(world.move(pk, by=world.pro, state=2))


@story("appointment.moved")
def staff_drag_one_to_another_hour():
    desk = FrontDesk()
    appointment = desk.book()
    yield
    assert desk.drop(appointment, 11 * 60).status_code < 400


@story("appointment.moved", "appointment.cancelled")
def the_customer_moves_and_cancels_on_his_page():
    practice = Practice()
    path = customer_path(practice.book())
    yield
    start = starts_in(page(f"{path}/times"))[0]
    assert Client().post(f"{path}/times", {"start": start}).status_code == 302
    assert Client().post(path, {"version": version_in(page(path))}).status_code == 302


@story("appointment.booked")
def who_waited_books_by_his_link():
    practice = Practice()
    values = {"customer_id": practice.anne.pk, "customer": {}, "services": [practice.service.pk], "is_staff": True}
    waiting = create_waiting(practice.group, start=WEDNESDAY - HOUR, end=WEDNESDAY + HOUR, **values)
    path = f"/customer/waitings/{sign_link(WAITING_LINK, waiting.pk, waiting.customer_id, timedelta(days=9))}"
    yield
    assert Client().post(path, {"start": starts_in(page(path))[0]}).status_code == 302


@story(*["appointment.updated"] * 4, "appointment.moved", "appointment.cancelled")
def a_day_is_closed_and_each_that_it_hits_is_treated():
    """All four are marked for staff; then one is moved, one cancelled, one told, one kept."""
    desk = FrontDesk()
    people = [make_customer(desk.group, name) for name in ("A", "B", "C", "D")]
    kept, moved, told, cancelled = (desk.book(WEDNESDAY + number * HOUR, one) for number, one in enumerate(people))
    sent = {f"hit-{row.pk}": how for row, how in ((kept, "keep"), (moved, "move"), (told, "notify"))}
    asked = {"calendar": desk.calendar.pk, "how": "block", "text": "Strike"}
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    yield
    path = f"{CLOSE}?{query}&start={DAY}T08:00&end={DAY}T18:00"
    assert desk.client.post(path, {**sent, f"hit-{cancelled.pk}": "cancel"}).status_code == 302


@story()
def the_preview_of_a_closing_tells_nobody():
    desk = FrontDesk()
    desk.book()
    yield
    path = f"{CLOSE}?calendar={desk.calendar.pk}&how=block&text=Strike&start={DAY}T08:00&end={DAY}T18:00"
    assert desk.client.get(path).status_code == 200
