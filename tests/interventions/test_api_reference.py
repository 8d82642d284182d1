"""Sites, company contacts and routines over HTTP [annex 30; contract 30]."""

import pytest

from core.models import Role
from interventions.models import CompanyContact, Intervention, Routine, Site
from tests.factories import make_member, make_organization
from tests.intervention_factories import make_company_contact, make_routine, make_site
from tests.interventions.wire import data, error, fields, session_caller

pytestmark = pytest.mark.django_db
SITES, CONTACTS, ROUTINES = "/sites/v1/rs", "/company-contacts/v1/rs", "/routines/v1/rs/preventive"


@pytest.fixture
def town():
    return make_organization("Ville")


@pytest.fixture
def staff(town):
    return session_caller(town, Role.ADVANCED_STAFF)


# -- sites --------------------------------------------------------------------------------------------------


def test_a_site_is_made_read_changed_and_archived(town, staff):
    response = staff.post(SITES, {"name": "École Pasteur", "address": "3 rue du Port"})
    site = data(response, 201)
    assert list(site) == ["id", "name", "address", "timezone", "isArchived"]
    assert site == {**site, "address": "3 rue du Port", "timezone": None, "isArchived": False}
    assert response["Location"] == f"{SITES}/{site['id']}"
    assert response["ETag"].startswith('"1-')
    assert data(staff.get(response["Location"])) == site
    changed = data(staff.patch(response["Location"], {"timezone": "Europe/Rome", "address": None, "isArchived": True}))
    assert changed == {**site, "timezone": "Europe/Rome", "isArchived": True}
    assert Site.objects.get().organization == town


def test_sites_are_listed_by_name_searched_and_filtered(town, staff):
    port, gym = make_site(town, "Port", address="Quai 3"), make_site(town, "Gymnasium", is_archived=True)
    make_site(make_organization(), "Foreign")
    assert staff.get(SITES).json() == {
        "data": [data(staff.get(f"{SITES}/{one.pk}")) for one in (gym, port)],
        "meta": {"page": 1, "pageSize": 25, "total": 2},
    }
    asked = {
        "?q=quai": [port],
        "?q=quai%20gym": [],
        "?isArchived=false": [port],
        f"?ids[]={gym.pk}&ids[]={port.pk}&sort=-name": [port, gym],
        "?pageSize=1&page=2": [port],
        "?sort=-id": [gym, port],
    }
    for query, expected in asked.items():
        assert [one["id"] for one in staff.get(SITES + query).json()["data"]] == [one.pk for one in expected], query
    assert staff.get(f"{SITES}?pageSize=1&page=2").json()["meta"] == {"page": 2, "pageSize": 1, "total": 2}
    assert staff.get(f"{SITES}?page=9").json() == {"data": [], "meta": {"page": 9, "pageSize": 25, "total": 2}}


def test_what_a_site_cannot_be(staff):
    wrong = {"name": " ", "address": "x" * 2501, "timezone": 5, "isArchived": "false"}
    assert list(fields(staff.post(SITES, wrong))) == list(wrong)
    assert list(fields(staff.post(SITES, {}))) == ["name"]
    assert list(fields(staff.post(SITES, {"name": "x" * 251}))) == ["name"]
    assert list(fields(staff.post(SITES, {"name": "a\nb", "timezone": "Mars/Base"}), 422)) == ["name", "timezone"]


# -- company contacts ---------------------------------------------------------------------------------------


def test_a_company_contact_is_called_by_the_person_or_the_company(staff):
    whole = {"firstName": "Jean", "lastName": "Petit", "companyName": "Lifts & Co", "email": "jean@example.org"}
    contact = data(staff.post(CONTACTS, {**whole, "phone": "+33 4"}), 201)
    assert contact == {"id": contact["id"], "name": "Jean Petit", **whole, "phone": "+33 4", "isArchived": False}
    assert list(contact)[1:6] == ["name", "companyName", "firstName", "lastName", "email"]
    assert data(staff.post(CONTACTS, {"companyName": "Doors"}), 201)["name"] == "Doors"
    assert "name" in fields(staff.post(CONTACTS, {}), 422)
    assert list(fields(staff.post(CONTACTS, {"email": "no address", "phone": "1" * 41}))) == ["email", "phone"]


def test_a_company_contact_is_never_called_by_spaces(staff):
    contact = data(staff.post(CONTACTS, {"name": "  ", "companyName": "Doors"}), 201)
    assert contact["name"] == "Doors"
    assert "name" in fields(staff.patch(f"{CONTACTS}/{contact['id']}", {"name": " "}), 422)
    assert "name" in fields(staff.post(CONTACTS, {"name": " "}), 422)


def test_a_company_contact_changes_under_if_match(town, staff):
    contact = make_company_contact(town)
    path = f"{CONTACTS}/{contact.pk}"
    tag = staff.get(path)["ETag"]
    assert data(staff.patch(path, {"isArchived": True}, If_Match=tag))["isArchived"] is True
    error(staff.patch(path, {"phone": "1"}, If_Match=tag), 412)
    assert staff.get(f"{CONTACTS}?isArchived=true&q=lift").json()["meta"]["total"] == 1
    assert CompanyContact.objects.get().phone == ""


# -- routines -----------------------------------------------------------------------------------------------

ROUTINE = {
    "name": "Lift check",
    "rrule": "FREQ=MONTHLY;INTERVAL=1",
    "startAt": "2026-12-01T09:00:00.000Z",
    "siteRuleIds": [4, 5],
    "contractId": 9,
}
KEYS = [
    *("id", "name", "description", "type", "autoCreateEnabled", "autoAttachEnabled", "siteRuleIds", "ruleIds"),
    *("userIds", "assignedCompanyContactId", "assignedUserId", "contractId", "rrule", "startAt", "duration", "base"),
    *("earlyDays", "lateDays", "creationStatus", "isArchived", "organizationId", "archivedAt", "updatedAt"),
    *("createdAt", "siteIds"),
]


def test_a_routine_is_made_read_and_changed(town, staff):
    site, contact, bruno = make_site(town), make_company_contact(town), make_member(town, Role.BASIC_STAFF)
    body = {**ROUTINE, "siteIds": [site.pk, site.pk], "assignedCompanyContactId": contact.pk}
    response = staff.post(ROUTINES, {**body, "assignedUserId": bruno.pk, "creationStatus": 2})
    routine = data(response, 201)
    assert list(routine) == KEYS
    expected = {**ROUTINE, "siteIds": [site.pk], "type": 1, "base": "dueDate", "creationStatus": 2, "ruleIds": []}
    assert routine == {**routine, **expected, "assignedUserId": bruno.pk, "organizationId": town.pk}
    path = f"/routines/v1/rs/{routine['id']}"
    assert response["Location"] == path
    assert data(staff.get(path)) == routine
    changes = {"rrule": "FREQ=WEEKLY", "base": "completion", "contractId": 10, "userIds": [1], "siteIds": []}
    changed = data(staff.patch(path, {**changes, "description": None}))
    assert {name: changed[name] for name in changes} == changes
    assert changed["siteRuleIds"] == [4, 5]
    archived = data(staff.patch(path, {"isArchived": True}))
    assert (archived["isArchived"], archived["archivedAt"] is not None) == (True, True)
    assert data(staff.patch(path, {"isArchived": True}))["archivedAt"] == archived["archivedAt"]
    assert data(staff.patch(path, {"isArchived": False}))["archivedAt"] is None


def test_a_routine_that_makes_its_visits_by_itself_has_made_none_yet(town, staff):
    site = make_site(town)
    body = {**ROUTINE, "autoCreateEnabled": True, "siteIds": [site.pk]}
    assert data(staff.post(ROUTINES, body), 201)["autoCreateEnabled"] is True
    assert Routine.objects.get().auto_create_enabled
    assert Intervention.objects.count() == 0


def test_routines_are_listed_by_what_they_visit_and_who_makes_them(town, staff):
    port, gym = make_site(town), make_site(town)
    contact = make_company_contact(town)
    lifts = make_routine(town, port, gym, name="Lifts", assigned_company_contact=contact)
    doors = make_routine(town, gym, name="Doors", auto_create_enabled=False)
    make_routine(make_organization(), name="Foreign")
    asked = {
        "": [doors, lifts],
        f"?siteIds[]={port.pk}": [lifts],
        f"?siteIds={gym.pk}&sort=-name": [lifts, doors],
        f"?assignedCompanyContactId={contact.pk}": [lifts],
        "?autoCreateEnabled=false": [doors],
        "?isArchived=true": [],
        "?q=lift": [lifts],
    }
    for query, expected in asked.items():
        assert [one["id"] for one in data(staff.get(ROUTINES + query))] == [one.pk for one in expected], query
    narrowed = data(staff.get(ROUTINES, x_sites=f"['{port.pk}']"))
    assert [(one["id"], one["siteIds"]) for one in narrowed] == [(lifts.pk, [port.pk, gym.pk])]


def test_what_a_routine_cannot_be(town, staff):
    foreign = make_organization()
    wrong = {"name": "", "rrule": 1, "startAt": "2026-12-01", "duration": 4, "base": 1, "lateDays": 367, "siteIds": 1}
    assert list(fields(staff.post(ROUTINES, {**ROUTINE, **wrong}))) == list(wrong)
    unknown = {
        "siteIds": [make_site(foreign).pk],
        "assignedUserId": make_member(foreign, Role.BASIC_STAFF).pk,
        "assignedCompanyContactId": make_company_contact(foreign).pk,
        "rrule": "FREQ=NEVER",
    }
    assert set(fields(staff.post(ROUTINES, {**ROUTINE, **unknown}), 422)) == {
        *("siteIds[0]", "assignedUserId", "assignedCompanyContactId", "rrule")
    }
    assert "assignedCompanyContactId" in fields(staff.post(ROUTINES, {**ROUTINE, "creationStatus": 2}), 422)
    assert Routine.objects.count() == 0
