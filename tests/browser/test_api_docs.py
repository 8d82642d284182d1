"""The page of the API's documentation: shown under the strict CSP, with nothing from outside."""

import pytest

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
    page.locator(".opblock").first.wait_for()
    assert page.evaluate(HEADINGS) == [
        "Community services",
        "Jobs",
        "Appointments",
        "Interventions",
        "Service tasks",
        "Credentials",
        "Health",
    ]
    page.locator(".opblock", has_text="Assign a community service").locator(".opblock-summary-control").click()
    page.get_by_text("Regarder Shrek").first.wait_for()
    take_screenshot(page, "operation")
    assert complaints == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
    assert page.locator("style").count() == 0
