"""The way of a community service through the browser: staff close, the student picks, staff see it."""

import re

import pytest
from django.utils import timezone

from core.mail import drain
from core.models import Role
from scheduling.models import Close, CommunityService
from scheduling.services.closes import Nested, create_close
from tests.back_office import PASSWORD
from tests.browser.steps import log_in
from tests.factories import make_member, make_organization

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def campus(db, settings, live_server):
    settings.SITE_URL = live_server.url
    return make_organization("Campus Paris")


@pytest.fixture
def student(campus):
    return make_member(campus, Role.STUDENT, "ada", first_name="Ada")


@pytest.fixture
def staff(campus):
    return make_member(campus, Role.BASIC_STAFF, "bruno", password=PASSWORD, first_name="Bruno")


def choose_person(page, field: str, login: str) -> None:
    page.locator(f".field-{field} .select2-selection").click()
    page.locator(".select2-search__field").fill(login)
    page.locator(".select2-results__option", has_text=login).click()


def create_close_with_a_service(page) -> None:
    page.goto("/admin/scheduling/close/add/")
    choose_person(page, "user", "ada")
    page.locator("select[name=kind]").select_option("other")
    page.locator("textarea[name=reason]").fill("Left the fire door open")
    page.locator(".add-row a").click()
    page.locator("[name$='-0-duration']").select_option("7200")
    page.locator("input[name$='-0-occupation']").fill("Label the network cables")
    page.locator("input[name=_save]").click()


def mailed_link(mailoutbox) -> str:
    drain()
    return re.search(r"http://\S+/student/services/\S+", mailoutbox[-1].body)[0]


def test_staff_close_a_student_who_picks_a_day_and_is_unclosed(
    page, phone_page, staff, student, mailoutbox, take_screenshot
):
    log_in(page, "bruno")
    create_close_with_a_service(page)
    close = Close.objects.get(user=student)
    assert close.state == Close.State.CLOSE
    link = mailed_link(mailoutbox)

    phone_page.goto(link)
    take_screenshot(phone_page, "choose")
    phone_page.get_by_role("radio").nth(2).check()
    phone_page.get_by_role("button", name="Confirm this day").click()
    phone_page.get_by_text("Your account is open again.").wait_for()
    take_screenshot(phone_page, "chosen")

    close.refresh_from_db()
    service = CommunityService.objects.get(close=close)
    assert (close.state, service.schedule_at > timezone.now()) == (Close.State.UNCLOSE, True)
    page.goto(f"/admin/scheduling/close/{close.pk}/history/")
    history = page.locator("#content").inner_text()
    take_screenshot(page, "history")
    assert "Unclosed" in history
    assert "ada" in history
    assert "bruno" in history


def test_the_student_can_do_it_with_the_keyboard_and_without_javascript(
    browser, live_server, staff, student, campus, mailoutbox
):
    values = {"user": student, "closer": staff, "kind": "other", "reason": "Noise"}
    close = create_close(campus, values, [Nested({"duration": 7200})])
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(mailed_link(mailoutbox))
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Your account is open again.").wait_for()
    context.close()
    close.refresh_from_db()
    assert close.state == Close.State.UNCLOSE
