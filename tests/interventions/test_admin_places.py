"""Sites and providers in the back office: read by all staff, written by advanced staff, archived, never deleted."""

import pytest

from interventions.models import CompanyContact, Site
from tests.back_office import errors_of, sent_form, url
from tests.intervention_factories import make_company_contact
from tests.interventions.desk import Desk

pytestmark = pytest.mark.django_db
SITE, CONTACT = "interventions_site", "interventions_companycontact"


@pytest.fixture
def desk():
    return Desk()


def test_a_site_is_made_and_changed_with_its_history(desk):
    values = sent_form(desk.client, url(SITE, "add")) | {"name": "Library", "timezone": "Europe/Paris"}
    desk.client.post(url(SITE, "add"), values)
    site = Site.objects.get(name="Library")
    desk.save(site, address="12 rue des Lilas")
    site.refresh_from_db()
    assert (site.organization, site.address, site.history.count()) == (desk.town, "12 rue des Lilas", 2)


def test_a_zone_that_does_not_exist_is_refused(desk):
    answer = desk.save(desk.site, timezone="Europe/Nowhere")
    assert errors_of(answer) == {"timezone": ["must be an IANA time zone, such as Europe/Paris"]}


def test_a_provider_without_a_name_is_called_by_first_and_last_name(desk):
    values = sent_form(desk.client, url(CONTACT, "add")) | {"first_name": "Awa", "last_name": "Diallo"}
    desk.client.post(url(CONTACT, "add"), values)
    assert CompanyContact.objects.latest("pk").name == "Awa Diallo"


@pytest.mark.parametrize("model", [SITE, CONTACT])
def test_basic_staff_only_read(desk, model):
    row = desk.site if model == SITE else desk.provider
    bruno = desk.as_bruno()
    assert bruno.get(url(model, "change", row.pk)).context["has_change_permission"] is False
    assert bruno.post(url(model, "do", row.pk, "archive")).status_code == 403
    assert bruno.get(url(model, "add")).status_code == 403


def test_what_is_archived_is_not_offered_for_new_things(desk):
    assert desk.do(desk.provider, "archive") == "Archive: 1 done"
    asked = {"app_label": "interventions", "model_name": "intervention", "term": ""}
    asked["field_name"] = "assigned_company_contact"
    assert desk.client.get("/admin/autocomplete/", asked).json()["results"] == []
    assert desk.shown(CONTACT, quick="archived") == [desk.provider]


def test_the_lists_count_what_is_open_and_lead_there(desk):
    visit = desk.curative()
    desk.anomaly("Another")
    (site,) = desk.shown(SITE)
    assert site.unresolved_count == 2
    found = desk.shown("interventions_anomaly", site=site.pk, quick="unresolved")
    assert len(found) == site.unresolved_count
    (provider,) = desk.shown(CONTACT)
    assert provider.open_count == 1
    filters = {"assigned_company_contact": provider.pk, "quick": "open"}
    assert desk.shown("interventions_intervention", **filters) == [visit]


def test_providers_who_cannot_be_written_to_are_found(desk):
    mute = make_company_contact(desk.town, "Silent Doors", email="")
    assert desk.shown(CONTACT, quick="no_email") == [mute]
