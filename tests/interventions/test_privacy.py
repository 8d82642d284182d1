"""Providers are erased with what they signed; whom a visit or a routine is with is to be found anew."""

import pytest
from django.core.management.base import CommandError

from core.models import OutboxMessage, Role
from interventions.models import Intervention, InterventionStatus, PdfReport, Routine
from interventions.report import pdf_of
from interventions.services.provider import accept_date, refuse_date
from tests.back_office import browser, person, url
from tests.core.commands import answer, run
from tests.core.life import live
from tests.factories import make_organization
from tests.intervention_factories import make_anomaly, make_company_contact, make_intervention, make_routine, make_site

pytestmark = pytest.mark.django_db
TO_AGREE = Intervention.CreationStatus.TO_AGREE


@pytest.fixture
def place():
    return make_organization()


@pytest.fixture
def provider(place):
    return make_company_contact(place, "Lea Lift", email="lea@lifts.example")


def test_a_visit_to_make_is_with_nobody_any_more(place, provider):
    visit = make_intervention(place, make_anomaly(make_site(place)), assigned_company_contact=provider)
    with pytest.raises(CommandError, match=f"Intervention {visit.pk} is not executed"):
        run("erase_person", "lea@lifts.example")
    answer("erase_person", "lea@lifts.example", "--force")
    visit.refresh_from_db()
    assert (visit.assigned_company_contact, visit.status) == (None, "planned")
    provider.refresh_from_db()
    assert (str(provider), provider.email) == ("anonymised (Lifts & Co)", "")


def test_a_visit_that_is_given_back_by_force_names_him_nowhere(place, provider):
    person("ada", Role.ADVANCED_STAFF, place)
    visit = make_intervention(
        place,
        make_anomaly(make_site(place)),
        assigned_company_contact=provider,
        creation_status=TO_AGREE,
        status=InterventionStatus.PROPOSED,
    )
    refuse_date(visit.pk, "Not on Mondays, says Lea")
    OutboxMessage.objects.update(state="sent", text="Lea Lift cannot come")
    answer("erase_person", "lea@lifts.example", "--force")
    step = visit.steps.get(status="refused")
    assert (step.by, step.comment) == ("anonymised", "")
    assert [row.text for row in OutboxMessage.objects.filter(kind="intervention_refused")] == [""]


def test_what_he_answered_goes_also_where_another_makes_the_visit_now(place, provider):
    visit = make_intervention(
        place, assigned_company_contact=provider, creation_status=TO_AGREE, status=InterventionStatus.PROPOSED
    )
    refuse_date(visit.pk, "Not on Mondays, says Lea")
    other = make_company_contact(place, "Max Mast", email="max@lifts.example")
    Intervention.objects.update(assigned_company_contact=other, status=InterventionStatus.PROPOSED)
    accept_date(visit.pk, "Fine by Max")
    answer("erase_person", "lea@lifts.example")
    steps = visit.steps.exclude(by="").order_by("pk")
    assert [(step.by, step.comment) for step in steps] == [("anonymised", ""), ("Max Mast (Lifts & Co)", "Fine by Max")]


def test_a_date_to_agree_with_him_alone_is_cancelled(place, provider):
    visit = make_intervention(
        place, assigned_company_contact=provider, creation_status=TO_AGREE, status=InterventionStatus.PROPOSED
    )
    answer("erase_person", "lea@lifts.example", "--force")
    visit.refresh_from_db()
    assert visit.status == "cancelled"


def test_a_visit_in_progress_has_to_end_first_even_by_force(place, provider):
    visit = make_intervention(place, assigned_company_contact=provider, status=InterventionStatus.IN_PROGRESS)
    with pytest.raises(CommandError, match=f"Intervention {visit.pk} is not executed: is in progress"):
        run("erase_person", "lea@lifts.example", "--force")
    provider.refresh_from_db()
    assert provider.email == "lea@lifts.example"


def test_routines_make_visits_for_nobody(place, provider):
    make_routine(place, make_site(place), assigned_company_contact=provider)
    make_routine(place, make_site(place), assigned_company_contact=provider, creation_status=TO_AGREE)
    answer("erase_person", "lea@lifts.example", "--force")
    plain, agreed = Routine.objects.order_by("pk")
    assert (plain.assigned_company_contact, plain.archived_at) == (None, None)
    assert agreed.archived_at is not None


def test_an_erased_report_is_said_to_be_so_and_made_anew():
    life = live()
    answer("erase_person", "zqlogin", "--force")
    report = PdfReport.objects.get()
    client = browser(person("ada", Role.ADMINISTRATOR, life.organization))
    page = client.get(url("interventions_pdfreport", "file", report.pk), follow=True)
    assert "was erased" in page.content.decode()
    fresh = pdf_of(life.rows["visit"], "en")
    assert fresh.number == report.number + 1
    assert bytes(fresh.content).startswith(b"%PDF")
