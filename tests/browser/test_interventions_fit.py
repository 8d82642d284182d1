"""What people write in the safety register is shown whole, on laptops and phones."""

from datetime import UTC, datetime

import pytest

from core.models import Role
from interventions.models import InterventionStatus
from tests.back_office import person, url
from tests.browser.steps import follow, log_in
from tests.intervention_factories import make_company_contact, make_intervention, make_site
from tests.interventions.desk import ANOMALY, INTERVENTION, Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
S = InterventionStatus
PHONE, TABLET, LAPTOP = ({"width": width, "height": 800} for width in (390, 1024, 1280))
SEVERAL_DAYS = {
    "scheduled_start": datetime(2024, 12, 1, 12, 34, tzinfo=UTC),
    "scheduled_end": datetime(2024, 12, 5, 14, 56, tzinfo=UTC),
}
# How far what is within stands out of what holds it.
TOO_WIDE = "element => element.scrollWidth - element.clientWidth"
OUTSIDE = """panels => panels.filter(panel => [...panel.querySelectorAll("table")].some(
    table => table.getBoundingClientRect().right > panel.getBoundingClientRect().right)).length"""


@pytest.fixture
def desk(page):
    desk = Desk()
    person("ada", Role.ADMINISTRATOR, desk.town)
    log_in(page, "ada")
    return desk


@pytest.fixture
def visit_of_days(desk):
    provider = make_company_contact(desk.town, name="Jean-Baptiste Petit", company_name="Ascenseurs du Nord")
    visit = make_intervention(desk.town, status=S.PROPOSED, assigned_company_contact=provider, **SEVERAL_DAYS)
    visit.sites.set([make_site(desk.town, name="Médiathèque Marguerite Duras")])
    return visit


@pytest.mark.parametrize("screen", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_a_word_without_end_makes_no_list_wider(page, desk, screen):
    desk.anomaly("https://example.org/" + "w" * 200)
    page.set_viewport_size(screen)
    page.goto(url(ANOMALY, "changelist"))
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
    assert page.locator("#changelist-form .results").evaluate(TOO_WIDE) <= 0


def test_a_visit_of_several_days_leaves_room_for_the_other_columns(page, desk, visit_of_days):
    page.set_viewport_size(LAPTOP)
    page.goto(url(INTERVENTION, "changelist"))
    assert page.locator("#changelist-form .results").evaluate(TOO_WIDE) <= 0


def test_the_tables_of_the_dashboard_stay_in_their_panels(page, desk, visit_of_days):
    page.set_viewport_size(LAPTOP)
    page.goto("/admin/")
    assert page.get_by_text("Médiathèque Marguerite Duras").count()
    assert page.locator(".panel").evaluate_all(OUTSIDE) == 0


def test_a_date_is_read_whole_on_a_small_screen(page, desk):
    address = url(INTERVENTION, "change", desk.in_state(S.PLANNED).pk)
    widths = []
    for screen in (LAPTOP, TABLET):
        page.set_viewport_size(screen)
        page.goto(address)
        widths.append(page.locator("#id_scheduled_start_0").bounding_box()["width"])
    assert widths[1] >= widths[0]


def test_why_a_row_is_left_out_is_read_on_a_phone(page, desk):
    desk.in_state(S.DRAFT)
    desk.in_state(S.VERIFIED)
    page.set_viewport_size(PHONE)
    page.goto(url(INTERVENTION, "changelist"))
    for box in page.locator(".action-select").all():
        box.check()
    page.locator("select[name=action]").select_option(label="Cancel the intervention")
    follow(page.locator(".actions button"))
    assert page.get_by_text("will be skipped").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
