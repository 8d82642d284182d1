"""The safety register's back office in a browser: a visit from its anomalies to the verdict; light, dark, narrow."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Role
from interventions.models import Intervention, InterventionStatus
from interventions.services.routine_runs import make_due
from tests.back_office import person, url
from tests.browser.axe import look_at, too_wide_or_hard
from tests.browser.steps import follow, log_in
from tests.intervention_factories import make_routine
from tests.interventions.desk import ANOMALY, INTERVENTION, ROUTINE, Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
S = InterventionStatus
TOMORROW = f"{timezone.now() + timedelta(days=1):%Y-%m-%d}"


@pytest.fixture
def desk():
    desk = Desk()
    person("ada", Role.ADMINISTRATOR, desk.town)
    return desk


@pytest.fixture
def addresses(desk):
    """One of each, and the pages to look at."""
    free = desk.anomaly("Handrail is loose", risk="high")
    planned, executed = desk.in_state(S.PLANNED), desk.in_state(S.EXECUTED)
    rejected, refused = desk.in_state(S.REJECTED), desk.in_state(S.REFUSED)
    routine = make_routine(desk.town, desk.site, assigned_company_contact=desk.provider)
    make_due()
    report = desk.client.post(url(INTERVENTION, "report", executed.pk))["Location"].removesuffix("file/") + "change/"
    return [
        "/admin/",
        url(INTERVENTION, "changelist"),
        url(INTERVENTION, "add") + f"?anomalies={free.pk}",
        url(INTERVENTION, "change", planned.pk),
        url(INTERVENTION, "change", executed.pk),
        url(INTERVENTION, "change", rejected.pk),
        url(INTERVENTION, "history", executed.pk),
        url(INTERVENTION, "do", executed.pk, "accept"),
        url(INTERVENTION, "do", refused.pk, "propose"),
        url(INTERVENTION, "do", planned.pk, "send_information"),
        url(ANOMALY, "changelist"),
        url(ANOMALY, "add"),
        url(ANOMALY, "change", free.pk),
        url(ROUTINE, "changelist"),
        url(ROUTINE, "add"),
        url(ROUTINE, "change", routine.pk),
        url(ROUTINE, "do", routine.pk, "make_visit"),
        url("interventions_site", "changelist"),
        url("interventions_companycontact", "change", desk.provider.pk),
        url("interventions_pdfreport", "changelist"),
        report,
    ]


def test_a_visit_is_made_of_ticked_anomalies_and_accepted_when_it_was_signed(page, desk, take_screenshot):
    for title in ("Fire door does not close", "Lift stops"):
        desk.anomaly(title)
    log_in(page, "ada")
    page.goto(url(ANOMALY, "changelist"))
    for box in page.locator(".action-select").all():
        box.check()
    page.get_by_label("Action:").select_option(label="Make an intervention of these")
    follow(page.get_by_role("button", name="Go"))
    page.get_by_label("Planned start: date").fill(TOMORROW)
    page.get_by_label("Planned start: time").fill("09:00")
    page.get_by_label("Planned end: date").fill(TOMORROW)
    page.get_by_label("Planned end: time").fill("10:00")
    take_screenshot(page, "form")
    follow(page.get_by_role("button", name="Save and continue editing"))
    visit = Intervention.objects.get()
    assert visit.links.count() == 2
    follow(page.get_by_role("link", name="Confirm the date"))
    follow(page.get_by_role("button", name="Confirm the date"))
    assert page.locator(".pin").is_visible()
    desk.begin(visit.pk)
    desk.execute(visit.pk)
    page.reload()
    assert page.get_by_alt_text("Signature of Jean Petit").evaluate("image => image.naturalWidth") > 0
    take_screenshot(page, "signed")
    follow(page.get_by_role("link", name="Accept the work"))
    page.get_by_label("Decision on").first.select_option("refused")
    follow(page.get_by_role("button", name="Accept the work"))
    take_screenshot(page, "verified")
    visit.refresh_from_db()
    assert visit.status == S.VERIFIED
    assert sorted(link.anomaly.status for link in visit.links.all()) == ["open", "resolved"]


def test_nothing_serious_is_found_on_a_wide_screen_light_and_dark(page, addresses):
    assert look_at(page, addresses) == []


@pytest.mark.parametrize("width", [390, 1024])
def test_no_page_is_wider_than_its_screen_or_hard_to_use_there(page, addresses, width):
    page.set_viewport_size({"width": width, "height": 844})
    log_in(page, "ada")
    found = []
    for address in addresses:
        page.goto(address)
        found += too_wide_or_hard(page)
    assert found == []


def test_the_policy_refuses_nothing_that_the_pages_need(page, addresses):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    log_in(page, "ada")
    for address in addresses:
        page.goto(address, wait_until="networkidle")
    assert complaints == []
