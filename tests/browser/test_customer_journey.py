"""The way of a customer through the browser: by the e-mailed link to another time, and out; by a notice to a time."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar as Entries

from appointments.models import Appointment
from appointments.services.feeds import issue_feed
from appointments.services.waitings import create_waiting
from core.context import acting
from core.mail import drain
from core.models import Organization, Role
from tests.appointment_factories import make_customer
from tests.appointments.practice import Practice, cancel
from tests.browser.axe import findings, is_too_wide
from tests.factories import make_client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EVERY_DAY = [{"day": day, "start": "09:00", "end": "12:00", "services": []} for day in range(1, 8)]


@pytest.fixture
def practice(db, settings, live_server):
    settings.SITE_URL = live_server.url
    practice = Practice(phone="01 23 45 67 89")
    practice.calendar.changed(opening_hours=EVERY_DAY).save()
    return practice


@pytest.fixture
def appointment(practice):
    return practice.book(start_in(2))


def start_in(days: int):
    """Ten in Paris on that day, give or take the hour that the clock is changed by."""
    return (timezone.now() + timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)


def mailed_link(mailoutbox, kind: str = "appointments") -> str:
    drain()
    return re.search(rf"http://\S+/customer/{kind}/\S+", mailoutbox[-1].body)[0]


def test_the_customer_moves_and_cancels_by_the_e_mailed_link_and_the_feed_says_so(
    phone_page, practice, appointment, mailoutbox, take_screenshot, client
):
    phone_page.goto(mailed_link(mailoutbox))
    take_screenshot(phone_page, "appointment")
    phone_page.get_by_role("link", name="Choose another time").click()
    phone_page.get_by_role("radio").nth(3).check()
    take_screenshot(phone_page, "times")
    phone_page.get_by_role("button", name="Move it to this time").click()
    phone_page.get_by_text("It is moved. This is its time now:").wait_for()
    take_screenshot(phone_page, "moved")
    appointment.refresh_from_db()
    assert appointment.moves == 1

    phone_page.goto(mailed_link(mailoutbox))
    phone_page.get_by_text("Cancel this appointment").click()
    phone_page.get_by_role("button", name="Yes, cancel it").click()
    phone_page.get_by_text("This appointment is cancelled.").wait_for()
    take_screenshot(phone_page, "cancelled")
    appointment.refresh_from_db()
    assert appointment.is_deleted

    (event,) = Entries.from_ical(client.get(feed_of(practice)).content).events
    assert (event["status"], event["sequence"]) == ("CANCELLED", 2)


def feed_of(practice) -> str:
    reader = make_client(practice.group, roles=[Role.BASIC_STAFF], allowed_scopes=["appointments:read"])
    with acting(door="api", application_id=reader.pk):
        _feed, token = issue_feed(practice.calendar)
    return f"/api/v1/groups/{practice.group.pk}/calendars/{practice.calendar.pk}/feed.ics?token={token}"


def test_it_can_be_done_with_the_keyboard_and_without_javascript(browser, appointment, mailoutbox):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(mailed_link(mailoutbox))
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("This appointment is cancelled.").wait_for()
    context.close()
    appointment.refresh_from_db()
    assert appointment.is_deleted


def test_who_waits_books_by_the_link_of_the_notice(phone_page, practice, appointment, mailoutbox, take_screenshot):
    waiting = wait(practice)
    cancel(appointment)
    phone_page.goto(notice(mailoutbox))
    take_screenshot(phone_page, "free")
    phone_page.get_by_role("radio").first.check()
    phone_page.get_by_role("button", name="Book this time").click()
    phone_page.get_by_text("It is booked.").wait_for()
    take_screenshot(phone_page, "booked")
    assert Appointment.objects.alive().get().customer == waiting.customer
    phone_page.get_by_role("link", name="Cancel it or choose another time").click()
    phone_page.get_by_role("heading", name="Your appointment").wait_for()


def wait(practice):
    paul = make_customer(practice.group, "Petit", "Paul", email="paul@example.org")
    return create_waiting(
        practice.group,
        customer_id=paul.pk,
        customer={},
        services=[practice.service.pk],
        start=start_in(1),
        end=start_in(4),
        is_staff=True,
    )


def notice(mailoutbox) -> str:
    drain()
    (message,) = [each for each in mailoutbox if each.to == ["paul@example.org"]]
    return re.search(r"http://\S+/customer/waitings/\S+", message.body)[0]


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "fr")])
def test_nothing_serious_is_found_and_nothing_is_wider_than_a_phone(
    phone_page, practice, appointment, mailoutbox, scheme, language, take_screenshot
):
    Organization.objects.update(language=language)
    own = mailed_link(mailoutbox)
    wait(practice)
    gone = practice.book(start_in(3))
    cancel(gone)
    free = notice(mailoutbox)
    phone_page.emulate_media(color_scheme=scheme)
    for number, address in enumerate((own, f"{own}/times", f"{own}/times?anywhere", free)):
        phone_page.goto(address)
        assert findings(phone_page) == [], address
        assert not is_too_wide(phone_page), address
        take_screenshot(phone_page, f"{scheme}-{number}")
