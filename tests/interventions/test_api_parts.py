"""E-mails that staff send by hand, the report, and follow-ups, at the API's door [contract 30]."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from core.models import OutboxMessage
from interventions.models import InterventionStatus
from tests.interventions.visits import MB, NEXT_DATES, RS, Visits, emptied, paths, statement
from tests.interventions.wire import data, error

pytestmark = pytest.mark.django_db
S = InterventionStatus
MAIL = {"email": "ada@example.org"}


@pytest.fixture
def visits():
    cache.clear()
    return Visits()


@pytest.fixture
def visit(visits):
    return visits.in_state(S.PLANNED)


def send(visits, visit, kind: str = "informations", body: dict | None = None, **options):
    return visits.basic.post(f"{RS}/{visit.pk}/emails/{kind}", MAIL if body is None else body, **options)


def test_details_and_the_signing_link_go_to_the_address_that_is_named(visits, visit):
    OutboxMessage.objects.all().delete()
    emptied(send(visits, visit))
    emptied(send(visits, visit, "signature"))
    told = OutboxMessage.objects.order_by("pk").values_list("kind", "address")
    assert list(told) == [
        ("intervention_information", "ada@example.org"),
        ("intervention_signature", "ada@example.org"),
    ]


def test_the_address_must_be_one(visits, visit):
    for wrong in (None, "", "x", "a@", 1, [], "a@b.org,c@d.org", "x" * 240 + "@example.org", "a@b.org\nBcc: c@d.org"):
        assert paths(send(visits, visit, body={"email": wrong}), 400) == ["email"], wrong
    assert OutboxMessage.objects.filter(kind="intervention_information").count() == 0


def test_twenty_an_hour_are_the_most_of_one_credential(visits, visit):
    start = timezone.now().replace(minute=5)
    with time_machine.travel(start, tick=False) as clock:
        visits.basic, visits.staff = visits.caller(visits.bruno), visits.caller(visits.mara)
        for _ in range(19):
            emptied(send(visits, visit))
        paths(send(visits, visit, body={"email": "x"}), 400)
        emptied(send(visits, visit, "signature"))
        response = send(visits, visit)
        assert error(response, 429)["errors"] == []
        assert 0 < int(response["Retry-After"]) <= 3600
        emptied(visits.staff.post(f"{RS}/{visit.pk}/emails/informations", MAIL))
        clock.move_to(start + timedelta(hours=1))
        emptied(send(visits, visit))
    assert OutboxMessage.objects.filter(address="ada@example.org").count() == 22


def test_a_repeated_key_sends_once(visits, visit):
    for _ in range(2):
        emptied(send(visits, visit, **{"Idempotency-Key": "one"}))
    assert OutboxMessage.objects.filter(kind="intervention_information").count() == 1


def test_the_report_is_the_same_until_what_it_tells_changes(visits):
    pk = visits.in_state(S.EXECUTED).pk
    first, again = (visits.basic.get(f"{RS}/{pk}/report") for _ in range(2))
    assert first.content == again.content
    assert first.content.startswith(b"%PDF-")
    assert first["Content-Disposition"] == 'attachment; filename="R-00001.pdf"'
    assert first["Cache-Control"] == "private, no-store"
    data(visits.verify(pk, decision=1, decisionComment="Well done"))
    second = visits.basic.get(f"{RS}/{pk}/report")
    assert second["Content-Disposition"] == 'attachment; filename="R-00002.pdf"'
    assert second["X-Report-Code"] != first["X-Report-Code"]


def test_what_a_browser_or_a_viewer_accepts_is_had_and_refusals_are_json(visits):
    pk = visits.in_state(S.EXECUTED).pk
    assert visits.staff.get(f"{RS}/{pk}/report", Accept="application/pdf").status_code == 200
    image = visits.get(pk)["imgSignature"]
    assert visits.staff.get(image, Accept="image/png,image/*;q=0.8").status_code == 200
    error(visits.staff.get(f"{RS}/1000000/report", Accept="application/pdf"), 404)


def test_a_follow_up_keeps_the_assignees_and_takes_what_was_left_open(visits):
    visit = visits.in_state(S.IN_PROGRESS, visits.anomaly("Door"), visits.anomaly("Lamp"))
    door, lamp = visits.get(visit.pk)["anomalies"]
    outcomes = [{"id": door["id"], "providerAction": 1}, {"id": lamp["id"], "providerAction": 2}]
    data(visits.provider_of(visit).patch(f"{MB}/execute", statement(*outcomes, comment="The lamp is out of stock")))
    body = {**NEXT_DATES, "creationStatus": 2}
    error(visits.staff.post(f"{RS}/{visit.pk}/follow-up", body), 409)
    data(visits.verify(visit.pk, decision=1))
    made = data(visits.staff.post(f"{RS}/{visit.pk}/follow-up", body), 201)
    shown = visits.get(made["id"])
    assert (shown["followsId"], shown["assignedCompanyContactId"], shown["status"]) == (visit.pk, visits.provider.pk, 1)
    assert [one["title"] for one in shown["anomalies"]] == ["Lamp"]
    assert paths(visits.staff.post(f"{RS}/{visit.pk}/follow-up", body), 422) == ["anomalyIds"]
    assert paths(visits.staff.post(f"{RS}/{visit.pk}/follow-up", {}), 400) == [
        *("scheduledStart", "scheduledEnd", "creationStatus"),
    ]
