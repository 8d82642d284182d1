"""The page of the API's documentation: shown under the strict CSP, with nothing from outside."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_shows_the_operations_of_each_resource_and_breaks_no_policy(page, live_server, take_screenshot):
    complaints, asked = [], []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/docs")
    sections = page.locator(".opblock-tag-section")
    sections.first.wait_for()
    # What is far below is drawn once somebody comes there.
    for section in sections.all():
        section.scroll_into_view_if_needed()
        section.locator(".opblock").first.wait_for()
    assert sections.count() == 6
    page.locator(".opblock", has_text="Assign a community service").locator(".opblock-summary-control").click()
    page.get_by_text("Regarder Shrek").first.wait_for()
    take_screenshot(page, "operation")
    assert complaints == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
    assert page.locator("style").count() == 0
