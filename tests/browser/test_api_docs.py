"""The page of the API's documentation: shown under the strict CSP, with nothing from outside."""

import pytest

from core.models import Role
from scheduling.models import CommunityService
from tests.factories import CLIENT_SECRET, make_client, make_community_service, make_organization

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# The page draws what is in sight alone, so somebody has to scroll through it.
HEADINGS = """async () => {
    const seen = new Set();
    for (let top = 0; top < document.documentElement.scrollHeight + 1000; top += 300) {
        window.scrollTo(0, top);
        await new Promise((drawn) => setTimeout(drawn, 100));
        document.querySelectorAll(".opblock-tag").forEach((one) => seen.add(one.dataset.tag));
    }
    window.scrollTo(0, 0);
    return [...seen];
}"""


def test_it_shows_the_operations_of_each_resource_and_breaks_no_policy(page, live_server, take_screenshot):
    complaints, asked = [], []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/docs")
    page.locator(".opblock-tag").first.wait_for()
    assert page.evaluate(HEADINGS) == [
        "Community services",
        "Jobs",
        "Appointments",
        "Interventions",
        "Service tasks",
        "Webhooks and events",
        "Credentials",
        "Health",
    ]
    operation = page.locator(".opblock", has_text="Assign a community service")
    scroll_to(page, operation)
    operation.locator(".opblock-summary-control").click()
    page.get_by_text("Regarder Shrek").first.wait_for()
    take_screenshot(page, "operation")
    assert complaints == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
    assert page.locator("style").count() == 0


def scroll_to(page, element) -> None:
    """From the top down, until it is drawn."""
    page.evaluate("window.scrollTo(0, 0)")
    page.mouse.move(600, 400)
    for _ in range(200):
        if element.count():
            return
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(100)


def try_out(page, summary: str, body: str = "") -> str:
    """The status of the answer."""
    operation = page.locator(".opblock").filter(has=page.get_by_text(summary, exact=True))
    scroll_to(page, operation)
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    if body:
        operation.locator("textarea.body-param__text").fill(body)
    operation.get_by_role("button", name="Execute").click()
    return operation.locator(".live-responses-table .response-col_status").last.inner_text().split()[0]


def test_it_is_tried_with_a_clients_credentials(page, take_screenshot):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    place = make_organization()
    client = make_client(place, roles=[Role.BASIC_STAFF])
    make_community_service(organization=place)
    page.goto("/api/docs")
    page.get_by_role("button", name="Authorize").first.click()
    flow = page.locator(".auth-container").filter(has_text="clientCredentials")
    flow.locator("[data-name=clientId]").fill(client.client_id)
    flow.locator("[data-name=clientSecret]").fill(CLIENT_SECRET)
    flow.get_by_role("button", name="Apply given OAuth2 credentials").click()
    flow.get_by_role("button", name="Remove authorization").wait_for()
    take_screenshot(page, "authorized")
    flow.get_by_role("button", name="Close", exact=True).click()
    assert try_out(page, "List community services") == "200"
    assert try_out(page, "Assign a community service", '{"community_service": {"duration": 5400}}') == "201"
    assert CommunityService.objects.filter(duration=5400).exists()
    take_screenshot(page, "tried")
    assert complaints == []


def test_it_says_how_to_begin_and_how_messages_are_checked(page, take_screenshot):
    page.goto("/api/docs")
    page.get_by_role("heading", name="A token").wait_for()
    table = page.locator("table").filter(has_text="close.unclosed")
    scroll_to(page, table)
    table.scroll_into_view_if_needed()
    assert "An account was opened again" in table.inner_text()
    take_screenshot(page, "events")
