"""What administrators decide of data and clients is read and set on a phone, too."""

import pytest

from core.models import Role
from tests.back_office import person, url
from tests.browser.steps import log_in
from tests.factories import make_organization

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# How far each box stands from the edge of its own label.
SHIFTS = (
    "boxes => boxes.map(box => Math.round(box.getBoundingClientRect().x - box.parentElement.getBoundingClientRect().x))"
)
WIDTHS = "boxes => boxes.map(box => Math.round(box.getBoundingClientRect().width))"


@pytest.fixture
def paris(page):
    organization = make_organization("Paris")
    person("ada", Role.ADMINISTRATOR, organization)
    page.set_viewport_size({"width": 360, "height": 800})
    log_in(page, "ada")
    return organization


def test_the_table_of_retention_makes_the_page_no_wider_than_the_phone(page, paris):
    page.goto(url("core_organization", "retention", paris.pk))
    assert page.get_by_role("heading", name="Retention").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_boxes_of_scopes_and_roles_stand_in_one_line_before_their_words(page, paris):
    page.goto(url("core_application", "add"))
    boxes = page.locator("input.scopes")
    assert set(boxes.evaluate_all(SHIFTS)) == {0}
    assert len(set(boxes.evaluate_all(WIDTHS))) == 1
