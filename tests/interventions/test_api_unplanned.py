"""A provider walks in: person, sites and signature in one call of a staff session [annex 30; contract 30]."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from interventions.models import Intervention
from tests.intervention_factories import make_site, png
from tests.interventions.visits import EXECUTED, IN_PROGRESS, MB, VERIFIED, Visits, data_url, paths, statement
from tests.interventions.wire import data

pytestmark = pytest.mark.django_db
UNPLANNED = f"{MB}/preventive/unplanned"
NOW = "2026-11-20T09:30:00Z"


@pytest.fixture
def visits():
    with time_machine.travel(NOW, tick=False):
        yield Visits()


@pytest.fixture
def body(visits):
    return {
        "siteIds": [visits.site.pk],
        "ruleIds": [7, 8],
        "companyId": 3,
        "signature": {"dataUrl": data_url(png())},
        "provider": {"firstName": "Jean", "lastName": "Petit", "actionComment": "Yearly control", "comment": "Fine"},
        "actualStart": "2026-11-20T08:00:00Z",
    }


def test_it_is_executed_at_once(visits, body):
    response = visits.basic.post(UNPLANNED, body)
    made = data(response, 201)
    assert list(response.json()) == ["data"]
    names = ("status", "type", "codePin", "autoCreated", "scheduledStart", "actualStart", "actualEnd", "providerName")
    assert [made[name] for name in names] == [
        *(EXECUTED, 2, None, False, "2026-11-20T08:00:00.000Z", "2026-11-20T08:00:00.000Z"),
        *("2026-11-20T09:30:00.000Z", "Jean Petit"),
    ]
    shown = visits.get(made["id"])
    assert (shown["subType"], shown["siteIds"], shown["ruleIds"], shown["companyId"]) == (
        *(3, [visits.site.pk], [7, 8], 3),
    )
    assert shown["summary"]["actionComment"] == "Yearly control"
    assert data(visits.verify(made["id"], decision=1))["status"] == VERIFIED


def test_an_announced_image_executes_it_when_it_arrives(visits, body):
    image = png()
    body["signature"] = {"name": "s.png", "mimeType": "image/png", "size": len(image)}
    response = visits.staff.post(UNPLANNED, body)
    made = data(response, 201)
    assert made["status"] == IN_PROGRESS
    path = response.json()["presignedUrl"].removeprefix(settings.SITE_URL)
    assert Client().generic("PUT", path, image, "image/png").status_code == 204
    assert visits.get(made["id"])["providerActionComment"] == "Yearly control"


def test_where_the_image_never_arrives_the_pin_lets_the_provider_sign_after_all(visits, body):
    body["signature"] = {"name": "s.png", "mimeType": "image/png", "size": 100}
    pk = data(visits.staff.post(UNPLANNED, body), 201)["id"]
    found = data(visits.enter_pin(pk).patch(f"{MB}/execute", statement()))
    assert found["status"] == EXECUTED


def test_who_signs_is_named_under_provider(visits, body):
    body["provider"] = {"firstName": "Jean\nPaul", "lastName": "Petit", "email": ""}
    assert paths(visits.staff.post(UNPLANNED, body), 422) == ["provider.firstName"]
    body["provider"] = {"firstName": "x" * 251, "email": "x"}
    assert paths(visits.staff.post(UNPLANNED, body), 400) == [
        *("provider.lastName", "provider.firstName", "provider.email"),
    ]
    assert not Intervention.objects.exists()


def test_sites_are_at_least_one_and_the_organizations_own(visits, body):
    elsewhere = make_site(Visits("Elsewhere").town)
    assert paths(visits.staff.post(UNPLANNED, {**body, "siteIds": []}), 400) == ["siteIds"]
    response = visits.staff.post(UNPLANNED, {**body, "siteIds": [visits.site.pk, elsewhere.pk, 10**9]})
    assert paths(response, 422) == ["siteIds[1]", "siteIds[2]"]
    make_site(visits.town, is_archived=True)
    archived = make_site(visits.town, is_archived=True)
    assert paths(visits.staff.post(UNPLANNED, {**body, "siteIds": [archived.pk]}), 422) == ["siteIds"]


def test_it_has_begun_before_now(visits, body):
    ahead = (timezone.now() + timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert paths(visits.staff.post(UNPLANNED, {**body, "actualStart": ahead}), 422) == ["actualStart"]
    for end_of_time in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"):
        assert set(paths(visits.staff.post(UNPLANNED, {**body, "actualStart": end_of_time}), 422)) == {"actualStart"}
    del body["actualStart"]
    assert data(visits.staff.post(UNPLANNED, body), 201)["actualStart"] == "2026-11-20T09:30:00.000Z"
