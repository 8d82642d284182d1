"""The page that tells whether a printed report is one of ours; it names no person [contract 30]."""

import pytest
from django.test import Client

from interventions.models import InterventionStatus, PdfReport
from interventions.report import pdf_of
from tests.interventions.register import Register

pytestmark = pytest.mark.django_db
S = InterventionStatus


@pytest.fixture
def register():
    return Register()


@pytest.fixture
def report(register) -> PdfReport:
    return pdf_of(register.in_state(S.EXECUTED), "en")


def check(code: str, **headers):
    return Client().get(f"/verify/{code}", headers=headers)


def test_the_code_of_a_report_tells_its_number_its_organization_its_day_and_its_digests(report):
    response = check(report.code)
    text = response.content.decode()
    assert response.status_code == 200
    for told in ("Report R-00001", "Ville", "Europe/Paris", report.file_digest, report.digest):
        assert told in text
    assert "no-store" in response["Cache-Control"]


def test_it_names_no_person_and_no_place(register, report):
    text = check(report.code).content.decode()
    for name in ("Jean", "Petit", "Lift Doctor", "Pasteur", "Fire door", register.mara.full_name):
        assert name not in text


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", ""), lambda code: code.replace("-", " ")])
def test_a_code_may_be_typed_as_one_likes(report, change):
    assert check(change(report.code)).status_code == 200


@pytest.mark.parametrize("code", ["AAAA-AAAA-AAAA-AAAA", "x", "%F0%9F%94%91", "A" * 500])
def test_any_other_code_is_not_found(report, code):
    assert check(code).status_code == 404


def test_a_cut_code_is_not_found(report):
    assert check(report.code[:-1]).status_code == 404


def test_a_report_that_was_made_anew_is_told_to_be_an_older_one(register, report):
    assert "A later report of the same intervention exists" not in check(report.code).content.decode()
    register.verify(report.intervention_id)
    newer = pdf_of(report.intervention, "en")
    assert "A later report of the same intervention exists" in check(report.code).content.decode()
    assert "A later report of the same intervention exists" not in check(newer.code).content.decode()


def test_the_same_report_in_another_language_makes_none_older(report):
    pdf_of(report.intervention, "fr")
    assert "A later report of the same intervention exists" not in check(report.code).content.decode()


def test_it_is_read_in_the_browsers_language(report):
    assert 'lang="fr"' in check(report.code, Accept_Language="fr").content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_only_read(report, method):
    assert getattr(Client(), method)(f"/verify/{report.code}").status_code == 405


def test_who_tries_many_codes_is_paused_and_a_right_one_is_told_all_the_same(report):
    answers = [check(f"AAAA-AAAA-AAAA-{number:04}").status_code for number in range(32)]
    assert answers == [404] * 30 + [429] * 2
    assert check(report.code).status_code == 200
    other = Client(REMOTE_ADDR="10.1.2.3")
    assert other.get("/verify/AAAA-AAAA-AAAA-AAAA").status_code == 404
