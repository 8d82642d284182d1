"""The PDF report of a visit, read as an inspector's program reads it [contract 30]."""

import json
from hashlib import sha256
from io import BytesIO

import pytest
from pypdf import PdfReader

from core.errors import StateConflict
from interventions.models import Intervention, InterventionStatus, PdfReport
from interventions.report import ALPHABET, pdf_of
from interventions.services.executing import Signed, execute
from interventions.services.planning import update_intervention
from tests.intervention_factories import HOUR, START, png
from tests.interventions.provider_calls import path_of, sign
from tests.interventions.register import Register

pytestmark = pytest.mark.django_db
S = InterventionStatus


@pytest.fixture
def register():
    return Register()


@pytest.fixture
def doors(register):
    return [register.anomaly("North door", number=1, risk="high"), register.anomaly("South door", number=2)]


def opened(report: PdfReport) -> PdfReader:
    return PdfReader(BytesIO(bytes(report.content)))


def text_of(report: PdfReport) -> str:
    """On one line, without what stands at the foot of each page."""
    lines = [line for page in opened(report).pages for line in page.extract_text().splitlines()]
    return " ".join(" ".join(line for line in lines if not line.startswith(f"{report} · ")).split())


# -- what it tells ------------------------------------------------------------------------------------------


def test_it_tells_what_who_when_what_came_of_it_and_every_step(register, doors):
    visit = register.in_state(S.VERIFIED, *doors, description="Ring twice", assigned_user=register.bruno)
    text = text_of(pdf_of(visit, "en"))
    for told in (
        "Ville Intervention report R-00001 Made on ",
        f"What Curative intervention (#{visit.pk}) State Verified Where École Pasteur, 3 rue du Port",
        "Planned for 1 December 2026, 10:00 – 1 December 2026, 11:00",
        "Provider Lift Doctor (Lifts & Co) Person in charge Bruno Description Ring twice Time zone Europe/Paris",
        "A-00001 North door Where École Pasteur Risk High Provider Done: Hinge replaced Decision Accepted: Well done",
        "A-00002 South door Where École Pasteur Risk None Provider Done: Hinge replaced Decision Accepted: Well done",
        "What was signed By Jean Petit, jean@example.org When ",
        "What was done Replaced the hinge Comment All well Signature",
        f"Verification Decision Verified By {register.mara.full_name} When ",
        "Comment Well done",
        "Proposed to the provider",
        "Planned · Lift Doctor (Lifts & Co)",
        "To verify · Jean Petit All well",
        "no qualified signature is claimed",
    ):
        assert told in text


def test_in_french_it_is_told_in_french(register, doors):
    report = pdf_of(register.in_state(S.VERIFIED, *doors), "fr")
    assert "1 décembre 2026, 10:00" in text_of(report)
    assert (report.language, opened(report).root_object["/Lang"]) == ("fr", "fr")


def test_a_drawn_signature_is_in_it_as_a_picture(register):
    report = pdf_of(register.in_state(S.EXECUTED), "en")
    (image,) = [image for page in opened(report).pages for image in page.images]
    assert image.image.size == (300, 100)


def test_a_typed_signature_is_told_to_be_typed(register):
    visit = register.in_state(S.IN_PROGRESS)
    sign(path_of(visit), visit)
    report = pdf_of(visit, "en")
    assert "Signature (typed) Jean Petit" in text_of(report)
    assert [image for page in opened(report).pages for image in page.images] == []


def test_before_it_is_verified_it_tells_of_no_verification(register):
    text = text_of(pdf_of(register.in_state(S.EXECUTED), "en"))
    assert "State To verify" in text
    assert "Verification" not in text


@pytest.mark.parametrize("text", ["Παλιά πόρτα", "Старая дверь", "Brûlé – œuvre « Ł »", "Vše v pořádku ✓"])
def test_any_european_script_is_shown(register, text):
    assert text in text_of(pdf_of(register.in_state(S.EXECUTED, register.anomaly(text)), "en"))


def test_of_a_letter_that_the_font_lacks_the_attached_file_has_it(register):
    report = pdf_of(register.in_state(S.EXECUTED, register.anomaly("防火门 stuck")), "en")
    assert "□□□ stuck" in text_of(report)
    assert "Letters that the font of this report lacks are shown as □" in text_of(report)
    assert "防火门 stuck" in opened(report).attachments["trail.json"][0].decode()


def test_texts_as_long_as_may_be_are_all_there_over_many_pages(register):
    long = " ".join(f"word{number:04}" for number in range(270))
    assert len(long) <= 2500
    anomalies = [register.anomaly(f"Door {number}") for number in range(30)]
    visit = register.in_state(S.IN_PROGRESS, *anomalies, description=long)
    said = {f"comment_{anomaly.pk}": long for anomaly in anomalies}
    assert sign(path_of(visit), visit, **said, comment="x" * 2500).status_code == 302
    report = pdf_of(visit, "en")
    text = text_of(report)
    assert text.count("word0269") == 31
    assert "R-00001" in opened(report).pages[-1].extract_text()
    assert len(opened(report).pages) > 10


# -- the proof ----------------------------------------------------------------------------------------------


def test_the_digest_is_that_of_the_attached_trail(register):
    visit = register.in_state(S.VERIFIED)
    report = pdf_of(visit, "en")
    ((trail,),) = opened(report).attachments.values()
    assert sha256(trail).hexdigest() == report.digest
    assert report.digest in text_of(report).replace(" ", "")
    told = json.loads(trail)
    assert [step["status"] for step in told["steps"]] == ["proposed", "planned", "in_progress", "executed", "verified"]
    assert told["executions"][0]["signature_sha256"] == sha256(bytes(visit.execution.signature)).hexdigest()
    assert told["intervention"]["scheduled_start"] == "2026-12-01T09:00:00Z"


def test_the_file_is_known_by_its_own_digest_and_by_its_code(register, settings):
    report = pdf_of(register.in_state(S.EXECUTED), "en")
    assert sha256(bytes(report.content)).hexdigest() == report.file_digest
    groups = report.code.split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert set("".join(groups)) <= set(ALPHABET)
    assert f"Address {settings.SITE_URL}/verify/{report.code}" in text_of(report)


def test_neither_the_pin_nor_who_made_it_is_in_the_trail(register):
    visit = register.in_state(S.EXECUTED)
    ((trail,),) = opened(pdf_of(visit, "en")).attachments.values()
    assert b"pin" not in trail.lower()


# -- made once ----------------------------------------------------------------------------------------------


def test_it_is_made_once(register):
    visit = register.in_state(S.VERIFIED)
    first, again = pdf_of(visit, "en"), pdf_of(visit, "en")
    assert (first.pk, bytes(first.content)) == (again.pk, bytes(again.content))
    assert PdfReport.objects.count() == 1


def test_once_something_that_it_tells_has_changed_it_is_made_anew_under_another_number(register):
    visit = register.in_state(S.EXECUTED)
    first = pdf_of(visit, "en")
    register.verify(visit.pk)
    second = pdf_of(visit, "en")
    assert [str(first), str(second)] == ["R-00001", "R-00002"]
    assert first.code != second.code
    assert PdfReport.objects.get(pk=first.pk).file_digest == first.file_digest


def test_each_language_and_each_visit_has_its_own_number_without_a_gap(register):
    one, other = register.in_state(S.EXECUTED), register.in_state(S.EXECUTED)
    made = [pdf_of(one, "en"), pdf_of(one, "fr"), pdf_of(other, "en"), pdf_of(one, "en")]
    assert [report.number for report in made] == [1, 2, 3, 1]


def test_numbers_are_each_organizations_own(register):
    pdf_of(register.in_state(S.EXECUTED), "en")
    assert str(pdf_of(Register("Lyon").in_state(S.EXECUTED), "en")) == "R-00001"


@pytest.mark.parametrize("status", [S.DRAFT, S.PROPOSED, S.PLANNED, S.IN_PROGRESS, S.REFUSED, S.CANCELLED])
def test_of_what_was_not_executed_there_is_none(register, status):
    with pytest.raises(StateConflict) as refused:
        pdf_of(register.in_state(status), "en")
    assert refused.value.allowed == ["executed", "verified", "rejected"]


def test_what_was_rejected_and_made_again_tells_of_both(register):
    visit = register.in_state(S.REJECTED)
    update_intervention(visit.pk, {"scheduled_start": START + HOUR, "scheduled_end": START + 2 * HOUR})
    register.begin(visit.pk)
    register.execute(visit.pk)
    ((trail,),) = opened(pdf_of(Intervention.objects.get(pk=visit.pk), "en")).attachments.values()
    assert len(json.loads(trail)["executions"]) == 2


def test_a_high_picture_is_put_into_its_box(register):
    visit = register.in_state(S.IN_PROGRESS)
    execute(visit.pk, Signed("Jean", "Petit"), image=png(100, 2000))
    assert len(opened(pdf_of(visit, "en")).pages) <= 2
