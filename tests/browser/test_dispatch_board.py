"""The dispatch board in a browser: by mouse, by keyboard, without JavaScript, on a phone, on paper."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import OutboxMessage
from scheduling.models import Job, JobStatus
from tests.back_office import url
from tests.browser.axe import findings, findings_in_both, is_too_wide
from tests.browser.steps import follow, log_in
from tests.job_factories import make_resource, make_vehicle
from tests.scheduling.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOMORROW = f"{timezone.now() + timedelta(days=1):%Y-%m-%d}"


@pytest.fixture
def office():
    return Office()


def open_board(page, office: Office, view: str = "day") -> None:
    """Tomorrow's, as mara."""
    log_in(page)
    page.goto(f"{url('scheduling_job', 'dispatch')}?day={TOMORROW}&view={view}")


def slot_of(page, resource):
    return page.locator(f"td[data-resource='{resource.pk}']").first


def drag(page, job: Job, resource, hour: int) -> None:
    """To this hour of the resource's row; the board shows 8 to 18."""
    slot = slot_of(page, resource)
    box = slot.bounding_box()
    place = {"x": box["width"] * (hour - 8) / 10, "y": box["height"] / 2}
    page.locator(f"[data-job='{job.pk}']").first.drag_to(slot, target_position=place, source_position={"x": 5, "y": 5})


def test_a_job_dragged_to_a_person_is_scheduled_and_the_person_told(page, office, take_screenshot):
    job = office.job(reference="J-1")
    open_board(page, office)
    drag(page, job, office.ann, 10)
    page.get_by_text("J-1 is planned: Ann").wait_for()
    take_screenshot(page, "planned")
    job.refresh_from_db()
    assert (job.status, job.resource, job.planned_start_at) == (
        JobStatus.SCHEDULED,
        office.ann,
        office.at(f"{TOMORROW} 10:00"),
    )
    assert OutboxMessage.objects.get().address == "ann@example.org"
    assert "10:00–11:00" in slot_of(page, office.ann).inner_text()


def test_a_second_job_on_the_same_hour_is_shown_as_a_conflict(page, office, take_screenshot):
    first, second = office.planned(f"{TOMORROW} 10:00", reference="J-1"), office.job(reference="J-2")
    open_board(page, office)
    drag(page, second, office.ann, 10)
    page.locator("#board-warned").get_by_text("It overlaps with: J-1 Bakery of Paris").wait_for()
    take_screenshot(page, "conflict")
    assert "Conflict: J-2 Bakery of Paris" in page.locator(f"[data-job='{first.pk}']").inner_text()
    page.locator(f"[data-job='{second.pk}']").get_by_role("link", name="Conflict: J-1 Bakery of Paris").click()
    page.wait_for_url(f"**/job/{first.pk}/plan/**")


def test_a_drop_that_leaves_something_missing_is_told_as_a_warning(page, office, take_screenshot):
    make_vehicle(office.place)
    job = office.job(reference="J-1")
    open_board(page, office)
    drag(page, job, office.ann, 10)
    page.locator("#board-warned").get_by_text("J-1 is not planned yet. Missing: vehicle.").wait_for()
    take_screenshot(page, "missing")
    assert page.locator("#board-said").inner_text() == ""


def test_where_overlaps_are_forbidden_the_card_goes_back_and_the_board_says_why(page, office, take_screenshot):
    office.forbid_overlaps()
    office.planned(f"{TOMORROW} 10:00", reference="J-1")
    second = office.job(reference="J-2")
    open_board(page, office)
    drag(page, second, office.ann, 10)
    page.get_by_role("alert").get_by_text("Planned start: overlaps with: J-1 Bakery of Paris").wait_for()
    take_screenshot(page, "refused")
    assert page.locator(f".waiting [data-job='{second.pk}']").count() == 1
    second.refresh_from_db()
    assert second.status == JobStatus.NEW


def test_a_card_taken_back_to_the_waiting_jobs_is_unscheduled(page, office):
    job = office.planned(f"{TOMORROW} 10:00", reference="J-1")
    open_board(page, office)
    page.locator(f"[data-job='{job.pk}']").drag_to(page.locator(".waiting"))
    page.get_by_text("J-1 waits to be planned.").wait_for()
    job.refresh_from_db()
    assert (job.status, job.resource, job.planned_start_at) == (JobStatus.UNSCHEDULED, None, None)


def test_in_the_week_a_job_dropped_on_a_day_takes_its_first_free_hour(page, office, take_screenshot):
    office.absence(f"{TOMORROW} 00:00", f"{TOMORROW} 09:00")
    job = office.job(reference="J-1")
    open_board(page, office, "week")
    day = page.locator(f"td[data-resource='{office.ann.pk}'][data-day='{TOMORROW}']")
    page.locator(f"[data-job='{job.pk}']").drag_to(day)
    page.get_by_text("J-1 is planned: Ann").wait_for()
    take_screenshot(page, "week")
    assert "09:00–10:00" in day.inner_text()


def test_the_same_by_keyboard_and_without_javascript(browser, live_server, office):
    job = office.job(reference="J-1")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    open_board(page, office)
    page.locator(f"[data-job='{job.pk}'] a").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Resource").select_option(label="Ann")
    page.get_by_label("Start").fill(f"{TOMORROW}T10:00")
    page.keyboard.press("Enter")
    page.get_by_text("J-1 is planned: Ann").wait_for()
    assert "10:00–11:00" in slot_of(page, office.ann).inner_text()
    context.close()


def full_week(office: Office) -> None:
    """A conflict, an absence, a vehicle, a job without one, and two that wait."""
    van = make_vehicle(office.place, "AB-123-CD")
    ben = make_resource(office.place, "Ben Carpenter")
    office.planned(f"{TOMORROW} 09:00", vehicle=van, reference="J-1", planned_duration=90)
    office.planned(f"{TOMORROW} 10:00", reference="J-2")
    office.planned(f"{TOMORROW} 13:30", ben, van, reference="J-3", planned_duration=120)
    office.absence(f"{TOMORROW} 12:00", f"{TOMORROW} 23:00", note="Dentist")
    office.job(reference="J-4")
    office.job(reference="J-5", description="Second floor")


@pytest.mark.parametrize("view", ["day", "week"])
def test_nothing_serious_is_found_on_the_board_and_its_form_light_and_dark(page, office, view, take_screenshot):
    full_week(office)
    open_board(page, office, view)
    found = findings_in_both(page)
    take_screenshot(page, f"{view}-dark")
    follow(page.locator(".waiting .job a").first)
    found += findings_in_both(page)
    take_screenshot(page, "form-dark")
    assert found == []


def test_it_is_usable_on_a_phone(phone_page, office, take_screenshot):
    full_week(office)
    open_board(phone_page, office)
    take_screenshot(phone_page, "day")
    assert findings(phone_page) == []
    assert not is_too_wide(phone_page)
    follow(phone_page.locator(".waiting .job a").first)
    take_screenshot(phone_page, "form")
    assert not is_too_wide(phone_page)


@pytest.mark.parametrize("view", ["day", "week"])
def test_it_prints_without_what_paper_cannot_use(page, office, view, take_screenshot):
    full_week(office)
    open_board(page, office, view)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1040, "height": 720})
    take_screenshot(page, view)
    for name in ("#sidebar", "#topbar", ".board-tools", ".waiting"):
        assert not page.locator(name).is_visible(), name
    assert page.get_by_text("Conflict: J-").first.is_visible()


def is_cut(page, line) -> bool:
    return line.evaluate("line => line.scrollWidth > line.clientWidth || line.scrollHeight > line.clientHeight + 1")


@pytest.mark.parametrize("hour", [8, 17])
def test_a_card_of_an_hour_keeps_to_its_lines_and_shows_them_whole_when_asked(page, office, hour, take_screenshot):
    """At either end of the board: it grows to the side that has room."""
    office.planned(f"{TOMORROW} {hour:02}:00", reference="REPAIR-2026-000123")
    office.planned(f"{TOMORROW} {hour:02}:15", reference="REPAIR-2026-000124", planned_duration=45)
    page.set_viewport_size({"width": 1600, "height": 900})
    open_board(page, office)
    card = page.locator(".lane .job").first
    lines = card.locator("b, .what, .ref, .more, em, .state")
    assert lines.count() == 6
    # None is lost below the edge, and the hours are never cut.
    assert all(line.is_visible() for line in lines.all())
    assert card.evaluate("card => card.scrollHeight <= card.clientHeight + 1")
    assert not is_cut(page, lines.first)
    assert is_cut(page, card.locator(".ref"))
    height = slot_of(page, office.ann).bounding_box()["height"]
    for ask in (card.locator("a").first.focus, card.hover):
        page.mouse.move(0, 0)
        ask()
        assert not any(is_cut(page, line) for line in lines.all())
        assert slot_of(page, office.ann).bounding_box()["height"] == height
        box, room = card.bounding_box(), page.locator(".board-scroll").bounding_box()
        assert room["x"] <= box["x"]
        assert box["x"] + box["width"] <= room["x"] + room["width"] + 1
        page.evaluate("document.activeElement.blur()")
    card.hover()
    take_screenshot(page, f"card-{hour}")


@pytest.mark.parametrize("view", ["day", "week"])
def test_rows_without_work_are_left_out_on_paper_alone(page, office, view, take_screenshot):
    make_resource(office.place, "Idle Ivan")
    make_vehicle(office.place, "AB-123-CD")
    office.planned(f"{TOMORROW} 10:00")
    open_board(page, office, view)
    follow(page.get_by_role("link", name="Print only rows with work"))
    names = ("Ann", "Idle Ivan", "AB-123-CD", "Vehicles")
    shown = {media: _seen(page, media, names) for media in ("screen", "print")}
    take_screenshot(page, view)
    assert shown == {"screen": list(names), "print": ["Ann"]}


def _seen(page, media: str, names: tuple[str, ...]) -> list[str]:
    page.emulate_media(media=media)
    return [name for name in names if page.locator("table.board").get_by_text(name, exact=True).first.is_visible()]


def test_the_policy_refuses_nothing_that_the_board_needs(page, office):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    job = office.job(reference="J-1")
    open_board(page, office)
    drag(page, job, office.ann, 10)
    page.get_by_text("J-1 is planned: Ann").wait_for()
    assert complaints == []
