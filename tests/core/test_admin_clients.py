import json

import pytest

from core.models import Application, Role
from tests.back_office import browser, errors_of, organization, person, sent_form, url

pytestmark = pytest.mark.django_db
MODEL = "core_application"


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def administrator(paris):
    return person("ada", Role.ADMINISTRATOR, paris)


def client_form(*organizations, **values) -> dict:
    data = {
        "name": "Intranet",
        "is_active": "on",
        "organizations": [place.pk for place in organizations],
        "allowed_scopes": ["public", "tig"],
        "roles": ["basic_staff"],
        "authorization_grant_type": "client-credentials",
        "client_type": "confidential",
        "redirect_uris": "",
    }
    return data | values


def secret_on(page) -> str | None:
    return page.context["secret"]


def token_status(client, client_id: str, secret: str) -> int:
    grant = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return client.post("/oauth/token", grant, content_type="application/json").status_code


def test_the_secret_is_shown_once_and_works(administrator, paris, client):
    staff = browser(administrator)
    page = staff.post(url(MODEL, "add"), client_form(paris), follow=True)
    made = Application.objects.get()
    secret = secret_on(page)
    assert len(secret) == 128
    assert secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert secret not in made.client_secret
    assert token_status(client, made.client_id, secret) == 200
    again = staff.get(url(MODEL, "secret", made.pk))
    assert secret_on(again) is None
    for address in (url(MODEL, "secret", made.pk), url(MODEL, "change", made.pk), url(MODEL, "history", made.pk)):
        text = staff.get(address).content.decode()
        assert secret not in text
        assert made.client_secret not in text


def test_until_it_is_shown_the_secret_is_kept_encrypted(administrator, paris):
    staff = browser(administrator)
    staff.post(url(MODEL, "add"), client_form(paris))
    kept = repr(dict(staff.session.items()))
    assert "client-secret-" in kept
    assert secret_on(staff.get(url(MODEL, "secret", Application.objects.get().pk))) not in kept


def test_a_new_secret_ends_the_old_one(administrator, paris, client):
    staff = browser(administrator)
    old = secret_on(staff.post(url(MODEL, "add"), client_form(paris), follow=True))
    made = Application.objects.get()
    assert staff.get(url(MODEL, "renew", made.pk)).status_code == 200
    assert token_status(client, made.client_id, old) == 200
    new = secret_on(staff.post(url(MODEL, "renew", made.pk), {"keep": "0"}, follow=True))
    assert new != old
    assert token_status(client, made.client_id, old) == 401
    assert token_status(client, made.client_id, new) == 200


def test_editing_keeps_the_secret(administrator, paris, client):
    staff = browser(administrator)
    secret = secret_on(staff.post(url(MODEL, "add"), client_form(paris), follow=True))
    made = Application.objects.get()
    staff.post(url(MODEL, "change", made.pk), client_form(paris, name="Intranet 2", version=made.version))
    made.refresh_from_db()
    assert made.name == "Intranet 2"
    assert token_status(client, made.client_id, secret) == 200


@pytest.mark.parametrize("roles", [["advanced_staff"], []])
def test_a_form_that_a_colleagues_save_overtook_comes_back_with_his_ticks(administrator, paris, roles):
    staff = browser(administrator)
    staff.post(url(MODEL, "add"), client_form(paris))
    made = Application.objects.get()
    stale = sent_form(staff, url(MODEL, "change", made.pk)) | {"name": "Intranet 2"}
    made.changed(allowed_scopes=["public", "jobs:read"], roles=roles).save()
    answer = staff.post(url(MODEL, "change", made.pk), stale)
    form = answer.context["adminform"].form
    assert form.collision
    shown = {box["value"] for name in ("allowed_scopes", "roles") for box in ticked(form[name])}
    assert shown == {"public", "jobs:read", *roles}
    resent = {name: form.data.getlist(name) for name in form.data if name not in ("allowed_scopes", "roles")}
    staff.post(url(MODEL, "change", made.pk), {**resent, "allowed_scopes": ["tig"], "roles": roles})
    made.refresh_from_db()
    assert (made.name, made.allowed_scopes, made.roles) == ("Intranet 2", ["tig"], roles)


def ticked(bound) -> list[dict]:
    return [box.data for box in bound.subwidgets if box.data["selected"]]


def test_scopes_and_roles_are_known_words(administrator, paris):
    data = client_form(paris, allowed_scopes=["tig", "everything"], roles=["king"])
    response = browser(administrator).post(url(MODEL, "add"), data)
    assert set(errors_of(response)) == {"allowed_scopes", "roles"}
    assert Application.objects.count() == 0


def test_another_organization_cannot_be_granted(administrator, paris):
    response = browser(administrator).post(url(MODEL, "add"), client_form(paris, organization("Lyon")))
    assert set(errors_of(response)) == {"organizations"}


def test_clients_are_for_administrators_of_all_their_organizations(administrator, paris):
    lyon = organization("Lyon")
    both = person("luc", Role.ADMINISTRATOR, paris, lyon)
    browser(both).post(url(MODEL, "add"), client_form(paris, lyon))
    shared = Application.objects.get()
    staff = browser(administrator)
    assert staff.get(url(MODEL, "changelist")).context["cl"].result_count == 0
    assert staff.get(url(MODEL, "change", shared.pk)).status_code == 302
    assert staff.post(url(MODEL, "renew", shared.pk)).status_code == 404
    advanced = person("mara", Role.ADVANCED_STAFF, paris)
    assert browser(advanced).get(url(MODEL, "changelist")).status_code == 403


def test_history_names_the_organizations(administrator, paris):
    staff = browser(administrator)
    staff.post(url(MODEL, "add"), client_form(paris))
    made = Application.objects.get()
    assert staff.get(url(MODEL, "history", made.pk)).status_code == 200
    form = sent_form(staff, url(MODEL, "change", made.pk))
    assert json.loads(form["allowed_scopes"]) == ["public", "tig"]


def test_a_history_shows_which_organizations_came_and_went(administrator, paris):
    lyon = organization("Lyon")
    administrator.memberships.create(organization=lyon, role=Role.ADMINISTRATOR)
    staff = browser(administrator)
    staff.post(url(MODEL, "add"), client_form(paris))
    made = Application.objects.get()
    staff.post(url(MODEL, "change", made.pk), client_form(paris, lyon, version=made.version))
    newest = staff.get(url(MODEL, "history", made.pk)).context["entries"][0]
    assert ("Organizations", "Paris", "Paris, Lyon") in [(one.label, one.before, one.after) for one in newest.changes]


def test_a_long_history_asks_a_fixed_number_of_queries(administrator, paris, django_assert_max_num_queries):
    staff = browser(administrator)
    staff.post(url(MODEL, "add"), client_form(paris))
    made = Application.objects.get()
    for number in range(20):
        made.name = f"Intranet {number}"
        made.save()
    with django_assert_max_num_queries(16):
        assert len(staff.get(url(MODEL, "history", made.pk)).context["entries"]) > 20
