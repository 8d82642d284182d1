"""The dispatch board in a browser: by mouse, by keyboard, without JavaScript, on a phone, on paper."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import OutboxMessage
from scheduling.models import Job, JobStatus
from tests.back_office import PASSWORD, url
from tests.browser.test_admin_accessible import findings
from tests.job_factories import make_resource, make_vehicle
from tests.scheduling.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOMORROW = f"{timezone.now() + timedelta(days=1):%Y-%m-%d}"


@pytest.fixture
def office():
    return Office()


def open_board(page, office: Office, view: str = "day") -> None:
    """Tomorrow's, as mara."""
    page.goto("/admin/")
    page.get_by_label("Login").fill("mara")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
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
    page.get_by_text(f"It overlaps with job #{first.pk}.").wait_for()
    take_screenshot(page, "conflict")
    assert f"Conflict: Job #{second.pk}" in page.locator(f"[data-job='{first.pk}']").inner_text()
    assert f"Conflict: Job #{first.pk}" in page.locator(f"[data-job='{second.pk}']").inner_text()


def test_where_overlaps_are_forbidden_the_card_goes_back_and_the_board_says_why(page, office, take_screenshot):
    office.forbid_overlaps()
    first, second = office.planned(f"{TOMORROW} 10:00"), office.job(reference="J-2")
    open_board(page, office)
    drag(page, second, office.ann, 10)
    page.get_by_role("alert").get_by_text(f"Planned start: overlaps with job #{first.pk}").wait_for()
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
    page.locator(f"[data-job='{job.pk}']").focus()
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
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_is_found_on_the_board_and_its_form(page, office, view, scheme, take_screenshot):
    full_week(office)
    page.emulate_media(color_scheme=scheme)
    open_board(page, office, view)
    take_screenshot(page, f"{view}-{scheme}")
    found = findings(page)
    page.locator(".waiting .job").first.click()
    found += findings(page)
    take_screenshot(page, f"form-{scheme}")
    assert found == []


def test_it_is_usable_on_a_phone(phone_page, office, take_screenshot):
    full_week(office)
    open_board(phone_page, office)
    take_screenshot(phone_page, "day")
    assert findings(phone_page) == []
    assert not phone_page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    phone_page.locator(".waiting .job").first.click()
    take_screenshot(phone_page, "form")
    assert not phone_page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")


@pytest.mark.parametrize("view", ["day", "week"])
def test_it_prints_without_what_paper_cannot_use(page, office, view, take_screenshot):
    full_week(office)
    open_board(page, office, view)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1040, "height": 720})
    take_screenshot(page, view)
    for name in ("#sidebar", "#topbar", ".board-tools", ".waiting"):
        assert not page.locator(name).is_visible(), name
    assert page.get_by_text("Conflict: Job").first.is_visible()


def test_the_policy_refuses_nothing_that_the_board_needs(page, office):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    job = office.job(reference="J-1")
    open_board(page, office)
    drag(page, job, office.ann, 10)
    page.get_by_text("J-1 is planned: Ann").wait_for()
    assert complaints == []
