"""What every journey does. A step ends when the next page stands: a bare click returns while it is still empty."""

from playwright.sync_api import Locator, Page

from tests.back_office import PASSWORD


def follow(element: Locator) -> None:
    """Clicks on what leads to another page."""
    with element.page.expect_navigation():
        element.click()


def log_in(page: Page, login: str = "mara") -> None:
    """Into the back office."""
    page.goto("/admin/")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Log in"))
