"""The numbered PDF reports in the back office: made on the intervention's page, listed, opened by its staff."""

import io

import pytest
from pypdf import PdfReader

from core.models import Role
from interventions.models import InterventionStatus, PdfReport
from tests.back_office import browser, messages_of, organization, person, url
from tests.interventions.desk import INTERVENTION, Desk

pytestmark = pytest.mark.django_db
S = InterventionStatus
REPORT = "interventions_pdfreport"


@pytest.fixture
def desk():
    return Desk()


def make(desk: Desk, visit):
    return desk.client.post(url(INTERVENTION, "report", visit.pk))


def test_it_is_made_once_and_opened(desk):
    visit = desk.in_state(S.EXECUTED)
    answer = make(desk, visit)
    assert make(desk, visit)["Location"] == answer["Location"]
    report = PdfReport.objects.get()
    file = desk.client.get(answer["Location"])
    assert (file["Content-Type"], file["Content-Disposition"]) == (
        *("application/pdf",),
        f'inline; filename="{report}.pdf"',
    )
    assert "no-store" in file["Cache-Control"]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(file.content)).pages)
    assert "Jean Petit" in text
    assert answer["Location"] in desk.page(visit)


def test_it_is_in_the_language_of_whoever_asks(desk):
    desk.mara.language = "fr"
    desk.mara.save()
    make(desk, desk.in_state(S.EXECUTED))
    assert PdfReport.objects.get().language == "fr"


@pytest.mark.parametrize("status", [S.DRAFT, S.PLANNED, S.CANCELLED])
def test_there_is_none_of_what_was_not_executed(desk, status):
    visit = desk.in_state(status)
    assert url(INTERVENTION, "report", visit.pk) not in desk.page(visit)
    told = messages_of(desk.client.post(url(INTERVENTION, "report", visit.pk), follow=True))
    assert "there is a report of interventions that were executed" in told
    assert not PdfReport.objects.exists()


def test_looking_makes_none(desk):
    visit = desk.in_state(S.EXECUTED)
    assert desk.client.get(url(INTERVENTION, "report", visit.pk)).status_code == 405
    assert not PdfReport.objects.exists()


def test_the_list_shows_them_and_nobody_changes_them(desk):
    make(desk, desk.in_state(S.EXECUTED))
    report = PdfReport.objects.get()
    assert desk.shown(REPORT) == [report]
    assert desk.shown(REPORT, q=report.code) == [report]
    page = desk.client.get(url(REPORT, "change", report.pk))
    assert page.context["has_change_permission"] is False
    assert report.digest in page.content.decode()
    assert desk.client.get(url(REPORT, "add")).status_code == 403
    assert desk.client.post(url(REPORT, "delete", report.pk)).status_code == 403


def test_another_towns_staff_cannot_open_them(desk):
    address = make(desk, desk.in_state(S.EXECUTED))["Location"]
    stranger = browser(person("leo", Role.ADMINISTRATOR, organization("Lyon")))
    assert stranger.get(address).status_code == 404
    assert list(stranger.get(url(REPORT, "changelist")).context["cl"].result_list) == []
