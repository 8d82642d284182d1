"""Appointments in a browser: staff book and drag; by keyboard, without JavaScript, on a phone, in the dark."""

from datetime import datetime, time, timedelta

import pytest

from appointments.models import Appointment, Calendar
from core.models import Role
from core.zones import local_moment
from tests.appointment_factories import make_calendar, make_calendar_set, make_customer, make_event
from tests.appointments.practice import Practice
from tests.back_office import person, url
from tests.browser.axe import findings_in_both, is_too_wide, too_wide_or_hard
from tests.browser.steps import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "appointments_appointment"
EVERY_DAY = [{"day": day, "start": "09:00", "end": "17:00", "services": []} for day in range(1, 8)]


class Desk(Practice):
    """Open every day, so that it does not matter when the test runs."""

    def __init__(self):
        super().__init__(min_cancel_notice=60)
        self.ground = make_calendar_set(self.group)
        Calendar.objects.update(opening_hours=EVERY_DAY, calendarset=self.ground)
        self.calendar.refresh_from_db()
        self.other = make_calendar(
            self.group, self.service, name="Dr Leroy", opening_hours=EVERY_DAY, calendarset=self.ground
        )
        self.mara = person("mara", Role.ADVANCED_STAFF, self.group)
        self.day = self.group.local_date() + timedelta(days=1)

    def at(self, hour: int, minute: int = 0) -> datetime:
        """Tomorrow, on the practice's clock."""
        return local_moment(self.day, time(hour, minute), self.group.zone)

    def booked(self, hour: int, customer=None, calendar=None) -> Appointment:
        return self.book(self.at(hour), customer, calendar_id=(calendar or self.calendar).pk)


@pytest.fixture
def desk():
    return Desk()


def open_calendar(page, desk, view: str = "day") -> None:
    # High enough for the whole day: nothing is scrolled under the mouse.
    page.set_viewport_size({"width": 1280, "height": 1400})
    log_in(page)
    page.goto(f"{url(LIST, 'calendar')}?day={desk.day}&view={view}")


def card(page, appointment):
    return page.locator(f"[data-appointment='{appointment.pk}']")


def drag(page, appointment, calendar, hour: int) -> None:
    """To this hour of the calendar's column; the day shows 8 to 18."""
    slot = page.locator(f"td[data-calendar='{calendar.pk}'] .cards")
    box = slot.bounding_box()
    place = {"x": box["width"] / 2, "y": box["height"] * (hour - 8) / 10 + 5}
    card(page, appointment).drag_to(slot, target_position=place, source_position={"x": 8, "y": 5})


def book_on_page(page, desk) -> None:
    page.get_by_label("CONS").check()
    page.get_by_label("Day").fill(f"{desk.day}")
    page.get_by_role("button", name="Show free times").click()
    page.get_by_role("link", name="10:15").click()
    page.get_by_label("Search among the customers").fill("durand")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Anne Durand").click()
    page.get_by_role("button", name="Book", exact=True).click()
    page.get_by_text("Anne Durand is booked with").wait_for()


def test_staff_book_a_free_time_and_see_it_in_the_calendar(page, desk, take_screenshot):
    open_calendar(page, desk)
    page.get_by_role("link", name="Book", exact=True).click()
    book_on_page(page, desk)
    take_screenshot(page, "booked")
    appointment = Appointment.objects.get()
    assert (appointment.start, appointment.customer) == (desk.at(10, 15), desk.anne)
    page.goto(f"{url(LIST, 'calendar')}?day={desk.day}&view=day")
    assert "Anne Durand" in card(page, appointment).inner_text()


def test_the_same_without_javascript(browser, live_server, desk):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.set_default_timeout(10_000)
    page = context.new_page()
    log_in(page)
    page.goto(url(LIST, "book"))
    book_on_page(page, desk)
    page.get_by_role("link", name="Move").click()
    page.get_by_role("link", name="11:00").first.click()
    page.locator("#move-form").get_by_role("button", name="Move").click()
    page.get_by_text("11:00–11:30").first.wait_for()
    assert Appointment.objects.get().start == desk.at(11)
    context.close()


def test_a_card_dragged_to_another_hour_and_calendar_is_moved(page, desk, take_screenshot):
    appointment = desk.booked(10)
    open_calendar(page, desk)
    drag(page, appointment, desk.other, 14)
    page.get_by_text("Anne Durand is booked with Dr Leroy").wait_for()
    take_screenshot(page, "moved")
    appointment.refresh_from_db()
    assert (appointment.calendar, appointment.start) == (desk.other, desk.at(14))
    assert "14:00–14:30" in card(page, appointment).inner_text()


def test_in_the_week_to_another_day(page, desk):
    appointment = desk.booked(10)
    open_calendar(page, desk, "week")
    days = page.locator("td.slot")
    column = days.nth((desk.day.weekday() + 1) % 7) if desk.day.weekday() < 6 else days.nth(6)
    card(page, appointment).drag_to(column.locator(".cards"), source_position={"x": 8, "y": 5})
    page.get_by_text("is booked with Dr Martin").wait_for()
    appointment.refresh_from_db()
    assert appointment.start != desk.at(10)


def test_what_is_taken_stays_and_the_page_says_why(page, desk, take_screenshot):
    appointment = desk.booked(10)
    desk.booked(14, make_customer(desk.group, "Roux", "Ida"))
    open_calendar(page, desk)
    drag(page, appointment, desk.calendar, 14)
    page.get_by_role("alert").get_by_text("This time slot is not available anymore").wait_for()
    take_screenshot(page, "refused")
    appointment.refresh_from_db()
    assert appointment.start == desk.at(10)


def test_a_rule_is_named_before_it_is_passed_over(page, desk, take_screenshot):
    appointment = desk.booked(10)
    open_calendar(page, desk)
    drag(page, appointment, desk.calendar, 17)
    page.get_by_role("alert").get_by_text("Dr Martin, ").wait_for()
    assert "17:00: Not within the opening hours. Not at a start" in page.get_by_role("alert").inner_text()
    take_screenshot(page, "asks")
    page.get_by_role("link", name="Move all the same").click()
    page.get_by_label("Why it is done all the same").fill("She works late")
    take_screenshot(page, "reason")
    page.locator("#move-form").get_by_role("button", name="Move").click()
    page.get_by_text("is booked with Dr Martin").wait_for()
    appointment.refresh_from_db()
    assert appointment.start == desk.at(17)


def week_of_short_ones(page, desk, customers: int) -> list[Appointment]:
    """A quarter of an hour each, beside each other, in the week that shows every calendar."""
    desk.service.length = 15
    desk.service.save()
    calendars = [desk.calendar, desk.other, make_calendar(desk.group, desk.service, opening_hours=EVERY_DAY)]
    people = [make_customer(desk.group, f"Customer{number}", "Ida") for number in range(customers)]
    return [desk.booked(10, *pair) for pair in zip(people, calendars, strict=False)]


def test_a_short_card_in_the_week_shows_all_of_it_under_the_pointer(page, desk, take_screenshot):
    appointment = week_of_short_ones(page, desk, 1)[0]
    open_calendar(page, desk, "week")
    assert is_cut(page, appointment)
    card(page, appointment).hover()
    assert not is_cut(page, appointment)
    assert card(page, appointment).get_by_text("Dr Martin").is_visible()
    take_screenshot(page, "grown")
    card(page, appointment).get_by_role("link", name="Move").click()
    page.wait_for_url("**/move/**")


def test_three_beside_each_other_keep_to_one_line_each(page, desk, take_screenshot):
    appointments = week_of_short_ones(page, desk, 3)
    open_calendar(page, desk, "week")
    take_screenshot(page, "beside")
    for each in appointments:
        name = card(page, each).locator(".what").bounding_box()
        assert name["height"] < 20


def is_cut(page, appointment) -> bool:
    return card(page, appointment).evaluate("one => one.scrollHeight > one.clientHeight + 1")


def test_the_whole_of_a_usual_day_stands_on_a_laptop(page, desk):
    open_calendar(page, desk, "week")
    page.set_viewport_size({"width": 1360, "height": 900})
    assert page.locator(".board-scroll").evaluate("one => one.scrollHeight <= one.clientHeight")


def test_by_keyboard_from_the_card_to_another_time(page, desk):
    appointment = desk.booked(10)
    open_calendar(page, desk)
    card(page, appointment).get_by_role("link", name="Move Anne Durand").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="12:00").first.focus()
    page.keyboard.press("Enter")
    page.locator("#move-form").get_by_role("button", name="Move").focus()
    page.keyboard.press("Enter")
    page.get_by_text("is booked with Dr Martin").wait_for()
    appointment.refresh_from_db()
    assert appointment.start == desk.at(12)


def full_day(desk) -> list[str]:
    """A day with something of everything, and the pages to look at."""
    first = desk.booked(9)
    desk.booked(10, make_customer(desk.group, "Roux", "Ida"))
    pending = desk.booked(11, make_customer(desk.group, "Garnier", "Louis"), desk.other)
    Appointment.objects.filter(pk=pending.pk).update(state="pending", attention="Its time was closed")
    make_event(desk.calendar, desk.at(14), desk.at(16), text="Team meeting")
    make_event(desk.other, desk.at(9), desk.at(9), "note", text="Locum")
    day, service = desk.day, desk.service.pk
    closing = f"calendar={desk.calendar.pk}&how=block&start={day}T08:00&end={day}T18:00"
    return [
        f"{url(LIST, 'calendar')}?day={day}&view=day",
        f"{url(LIST, 'calendar')}?day={day}&view=week",
        f"{url(LIST, 'book')}?services={service}&day={day}&start={day}T20:00&q=r",
        f"{url(LIST, 'move', first.pk)}?start={day}T20:00",
        f"{url(LIST, 'explain')}?services={service}&start={day}T09:00",
        url(LIST, "changelist"),
        url(LIST, "change", pending.pk),
        url(LIST, "do", first.pk, "cancel"),
        url("appointments_calendar", "change", desk.calendar.pk),
        f"{url('appointments_calendar', 'close')}?{closing}",
        url("appointments_customer", "changelist"),
        url("appointments_customer", "change", desk.anne.pk),
        url("appointments_service", "change", service),
        url("appointments_bookingsettings", "change", desk.group.pk),
        url("appointments_calendarevent", "add"),
        url("appointments_waiting", "changelist"),
        url("appointments_calendarfeed", "add"),
        url("core_apikey", "add"),
    ]


def name_of(address: str) -> str:
    return address.split("?")[0].strip("/").replace("admin/", "").replace("/", "-") + (
        "-week" if "=week" in address else ""
    )


def test_nothing_serious_is_found_on_the_pages_light_and_dark(page, desk, take_screenshot):
    addresses, found = full_day(desk), []
    log_in(page)
    for address in addresses:
        page.goto(address)
        found += findings_in_both(page)
        take_screenshot(page, f"dark-{name_of(address)}")
        assert not is_too_wide(page), address
    assert found == []


def test_nor_on_a_phone(phone_page, desk, take_screenshot):
    addresses, found = full_day(desk), []
    log_in(phone_page)
    for address in addresses:
        phone_page.goto(address)
        found += too_wide_or_hard(phone_page)
        take_screenshot(phone_page, f"phone-{name_of(address)}")
    assert found == []


def test_the_policy_refuses_nothing_that_the_pages_need(page, desk):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    addresses = full_day(desk)
    log_in(page)
    for address in addresses:
        page.goto(address, wait_until="networkidle")
    assert complaints == []
