"""Chromium driven by playwright, with a fresh profile for each test and screenshots under var/screenshots/."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.servers import find_chromium

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
    # A page that asks an outside host gets nothing, as on a closed network.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@pytest.fixture(scope="module")
def browser():
    """Chromium itself. Per module, as playwright keeps an event loop in the thread until it is closed."""
    # Django would refuse its ORM beside that loop.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser, live_server, request):
    """A page of a new, empty profile; relative addresses go to the test's server. A failed test leaves a picture."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(30_000)
    page = context.new_page()
    yield page
    if getattr(request.node, "failed", False):
        save_screenshot(page, request.node.name, "failed")
    context.close()


@pytest.fixture
def phone_page(browser, live_server):
    """The same on a phone's narrow screen with touch."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def take_screenshot(request):
    """take_screenshot(page, "dashboard") writes var/screenshots/<test>-dashboard.png and returns its path."""
    return lambda page, name: save_screenshot(page, request.node.name, name)


def save_screenshot(page, test: str, name: str) -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{re.sub(r'[^a-z0-9_]+', '-', test.removeprefix('test_'))}-{name}.png"
    page.screenshot(path=path, full_page=True)
    return path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.failed = report.failed
    return report
