"""axe finds nothing serious in the back office, light and dark, wide and narrow; and nothing breaks the policy."""

import pytest

from core.models import OutboxMessage, Role
from scheduling.services.contests import contest_close
from tests.back_office import close_of, organization, person, url
from tests.browser.axe import is_too_wide, look_at
from tests.browser.steps import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def addresses():
    """A small office, and the pages to look at."""
    paris = organization()
    ada = person("ada", Role.ADMINISTRATOR, paris, first_name="Ada")
    lea = person("lea", Role.STUDENT, paris)
    close = close_of(lea, ada, paris, {"duration": 7200, "occupation": "Library"})
    service = close.community_services.get()
    contest = contest_close(close, "I was ill.")
    service_model = "scheduling_communityservice"
    return [
        "/admin/",
        url("scheduling_close", "changelist"),
        url("scheduling_close", "add"),
        url("scheduling_close", "change", close.pk),
        url("scheduling_close", "delete", close.pk),
        url(service_model, "changelist"),
        url(service_model, "change", service.pk),
        url(service_model, "history", service.pk),
        url(service_model, "do", service.pk, "make_up"),
        url(service_model, "do", service.pk, "make_up") + "?version=0",
        url(service_model, "deleted"),
        url("scheduling_contest", "change", contest.pk),
        url("core_user", "changelist"),
        url("core_user", "change", lea.pk),
        url("core_membership", "changelist"),
        url("core_membership", "change", lea.memberships.get().pk),
        url("core_application", "add"),
        url("core_outboxmessage", "changelist"),
        url("core_outboxmessage", "change", OutboxMessage.objects.get().pk),
        "/admin/password_change/",
    ]


def test_nothing_serious_on_a_wide_screen_light_and_dark(page, addresses):
    assert look_at(page, addresses) == []


def test_nothing_serious_on_a_phone(phone_page, addresses):
    assert look_at(phone_page, addresses) == []


def test_the_policy_refuses_nothing_that_the_pages_need(page, addresses):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: complaints.append(request.url) if "127.0.0.1" not in request.url else None)
    log_in(page, "ada")
    for address in addresses:
        page.goto(address, wait_until="networkidle")
    assert [text for text in complaints if not text.startswith(("data:", "http://localhost"))] == []


def test_the_menu_of_a_phone_opens_and_leads_on(phone_page, addresses):
    log_in(phone_page, "ada")
    link = phone_page.get_by_role("link", name="Closes")
    assert not link.is_visible()
    phone_page.get_by_role("button", name="Menu").click()
    link.click()
    phone_page.wait_for_url("**/scheduling/close/")


@pytest.mark.parametrize("width", [390, 768, 1024, 1440])
def test_no_page_is_wider_than_its_screen(page, addresses, width):
    page.set_viewport_size({"width": width, "height": 844})
    log_in(page, "ada")
    too_wide = []
    for address in addresses:
        page.goto(address)
        if is_too_wide(page):
            too_wide.append(address)
    assert too_wide == []


def test_the_bar_of_actions_waits_for_a_tick(page, addresses):
    log_in(page, "ada")
    page.goto(url("scheduling_communityservice", "changelist"))
    assert not page.get_by_label("Action:").is_visible()
    page.locator(".action-select").first.check()
    page.get_by_label("Action:").select_option("validate")
    page.get_by_role("button", name="Go").click()
    page.get_by_role("button", name="Validate").click()
    assert "Validate: 1 done" in page.locator(".messagelist").inner_text()
