"""The whole life of an intervention through HTTP alone."""

import re
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from core.mail import drain
from tests.interventions.visits import (
    CURATIVE,
    EXECUTED,
    IN_PROGRESS,
    MB,
    NEXT_DATES,
    PLANNED,
    PROPOSED,
    RS,
    VERIFIED,
    Visits,
    emptied,
    paths,
    statement,
)
from tests.interventions.wire import data, error

pytestmark = pytest.mark.django_db
LINK = re.compile(r"https?://[^/\s]+(/provider/\S+)")


@pytest.fixture
def visits():
    return Visits()


def report(visits, title: str) -> int:
    body = {"title": title, "siteId": visits.site.pk, "risk": 3, "resolutionDelay": "P7D"}
    return data(visits.staff.post("/anomalies/v2/rs/observations", body), 201)["id"]


def anomalies(visits, *pks: int) -> list[dict]:
    return [data(visits.staff.get(f"/anomalies/v2/rs/{pk}")) for pk in pks]


def mailed(mailoutbox, pin: int) -> str:
    """The text of the one message, which does not tell the PIN."""
    drain()
    (message,) = mailoutbox
    assert str(pin) not in str(message.message())
    return message.body


def accept_by(text: str) -> None:
    (path,) = set(LINK.findall(text))
    answer = Client().post(path, {"act": "accept", "comment": "See you then"})
    assert answer.status_code in {200, 302}


def test_from_the_report_of_anomalies_to_the_pdf_and_the_next_visit(visits, mailoutbox):
    door, lamp = report(visits, "The fire door does not close"), report(visits, "The lamp flickers")
    body = visits.body(anomalyIds=[door, lamp], creationStatus=2, assignedCompanyContactId=visits.provider.pk)
    made = data(visits.staff.post(CURATIVE, body), 201)
    pk = made["id"]
    assert made["status"] == PROPOSED
    assert [one["status"] for one in anomalies(visits, door, lamp)] == [1, 1]
    accept_by(mailed(mailoutbox, made["codePin"]))
    assert visits.get(pk)["status"] == PLANNED
    check_execution(visits, pk, door, lamp)
    check_verdict(visits, pk, door, lamp)
    check_report(visits.staff.get(f"{RS}/{pk}/report"))
    following = data(visits.staff.post(f"{RS}/{pk}/follow-up", {**NEXT_DATES, "creationStatus": 1}), 201)
    whole = visits.get(following["id"])
    assert (whole["followsId"], [one["id"] for one in whole["anomalies"]]) == (pk, [lamp])


def check_execution(visits, pk: int, door: int, lamp: int) -> None:
    """The door is done, the lamp is not."""
    provider = visits.enter_pin(pk)
    seen = data(provider.get(f"{RS}/{pk}"))
    assert (seen["status"], seen["codePin"], seen["actualStart"] is None) == (IN_PROGRESS, None, False)
    assert [one["title"] for one in seen["anomalies"]] == ["The fire door does not close", "The lamp flickers"]
    outcomes = [
        {"id": door, "providerAction": 1, "comment": "New spring"},
        {"id": lamp, "providerAction": 2, "comment": "No bulb at hand"},
    ]
    said = {"email": "jean@example.org", "providerActionComment": "Repaired", "comment": "Mind the step"}
    found = data(provider.patch(f"{MB}/execute", statement(*outcomes, **said)))
    names = ("status", "providerName", "providerEmail", "providerActionComment", "providerGeneralComment")
    assert [found[name] for name in names] == [EXECUTED, "Jean Petit", *said.values()]
    assert [one["status"] for one in anomalies(visits, door, lamp)] == [2, 1]


def check_verdict(visits, pk: int, door: int, lamp: int) -> None:
    found = data(visits.verify(pk, decision=1, decisionComment="Well done"))
    assert (found["status"], found["verifiedByUserId"], found["codePin"]) == (VERIFIED, visits.mara.pk, None)
    mended, dark = anomalies(visits, door, lamp)
    assert (mended["status"], mended["resolvedByUserId"], mended["resolvedAt"]) == (
        *(3, visits.mara.pk, found["verifiedAt"]),
    )
    assert (dark["status"], dark["resolvedAt"]) == (0, None)


def check_report(response) -> None:
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)
    said = ("Jean Petit", "The fire door does not close", "New spring", "Well done", response["X-Report-Code"])
    assert [part for part in said if part not in text] == []


def test_a_rejected_visit_is_made_again_under_another_pin(visits):
    pk = visits.in_state("executed").pk
    first = visits.get(pk)
    assert data(visits.verify(pk, decision=2, decisionComment="It squeaks"))["status"] == 6
    again = data(visits.staff.patch(f"{CURATIVE}/{pk}", NEXT_DATES))
    assert (again["status"], again["actualStart"], again["providerName"]) == (PLANNED, None, None)
    whole = visits.get(pk)
    assert whole["codePin"] not in (None, first["codePin"])
    (anomaly,) = whole["anomalies"]
    assert (anomaly["providerAction"], anomaly["clientDecision"]) == (0, 0)
    done = statement({"id": anomaly["id"], "providerAction": 1}, firstName="Ann")
    assert data(visits.enter_pin(pk).patch(f"{MB}/execute", done))["providerName"] == "Ann Petit"
    assert data(visits.verify(pk, decision=1))["status"] == VERIFIED


def test_a_provider_who_refused_the_date_is_asked_for_another(visits):
    pk = visits.in_state("refused").pk
    shown = visits.get(pk)
    assert (shown["status"], shown["decisionComment"]) == (7, "Not that week")
    assert paths(visits.staff.patch(f"{CURATIVE}/{pk}", {"creationStatus": 2}), 422) == ["scheduledStart"]
    again = data(visits.staff.patch(f"{CURATIVE}/{pk}", {"creationStatus": 2, **NEXT_DATES}))
    assert (again["status"], again["decisionComment"]) == (PROPOSED, None), "the refusal was of the former date"


def test_a_cancelled_one_frees_its_anomalies_and_keeps_the_reason(visits):
    pk = visits.in_state("planned").pk
    (held,) = visits.get(pk)["anomalies"]
    emptied(visits.cancel(pk, cancellationReason="The school is closed"))
    found = visits.get(pk)
    assert (found["status"], found["cancellationReason"], found["codePin"]) == (8, "The school is closed", None)
    assert anomalies(visits, held["id"])[0]["status"] == 0
    visits.create(anomalyIds=[held["id"]])


def test_a_session_on_site_ends_with_its_visit(visits):
    visit = visits.in_state("executed")
    provider = visits.provider_of(visit)
    assert data(provider.get(f"{RS}/{visit.pk}"))["status"] == EXECUTED
    data(visits.verify(visit.pk, decision=1))
    error(provider.get(f"{RS}/{visit.pk}"), 401, "session_invalid")
