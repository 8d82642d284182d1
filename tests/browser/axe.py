"""What axe finds serious in a page, and whether the page is wider than its screen."""

from collections.abc import Iterable
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

from tests.browser.steps import log_in

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
GRAVE = {"serious", "critical"}
# The rules that look at colours.
COLOURS = ["color-contrast", "link-in-text-block"]


def findings(page: Page, **options) -> list[str]:
    """options: those of axe.run."""
    page.evaluate(AXE + ";0")
    found = page.evaluate("options => axe.run(options)", {"resultTypes": ["violations"], **options})["violations"]
    grave = (violation for violation in found if violation["impact"] in GRAVE)
    return [f"{page.url} {violation['id']}: {violation['nodes'][0]['html'][:200]}" for violation in grave]


def findings_in_both(page: Page) -> list[str]:
    """In light; and in dark, where the colours alone are others."""
    # Without motion, as colours would still be on their way from one to the other.
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = findings(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    return [*found, *findings(page, runOnly=COLOURS)]


def look_at(page: Page, addresses: Iterable[str]) -> list[str]:
    page.goto("/admin/login/")
    found = findings_in_both(page)
    log_in(page, "ada")
    for address in addresses:
        page.goto(address)
        found += findings_in_both(page)
    return found


def is_too_wide(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")


def too_wide_or_hard(page: Page) -> list[str]:
    found = findings(page)
    return [*found, f"{page.url} is wider than its screen"] if is_too_wide(page) else found
