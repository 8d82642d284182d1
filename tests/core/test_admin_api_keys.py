"""API keys in the back office: shown once, of no more rights than their maker's, revoked at once."""

import pytest

from core.api_keys import create_client_with_key, hash_of
from core.models import ApiKey, Application, Role
from tests.back_office import browser, errors_of, messages_of, organization, person, press, url
from tests.factories import make_client

pytestmark = pytest.mark.django_db
KEYS = "core_apikey"


@pytest.fixture
def paris():
    return organization()


def add(client, place, profile="pro", name="Booking site"):
    return client.post(url(KEYS, "add"), {"name": name, "organization": place.pk, "profile": profile}, follow=True)


def reads(client, key: str, place) -> int:
    return client.get(f"/api/v1/groups/{place.pk}?apikey={key}").status_code


@pytest.mark.parametrize(("profile", "roles"), [("pro", ["basic_staff"]), ("account", [])])
def test_a_key_is_shown_once_and_opens_its_organization_alone(paris, client, profile, roles):
    mara = browser(person("mara", Role.ADVANCED_STAFF, paris))
    answer = add(mara, paris, profile)
    text = answer.context["text"]
    key = ApiKey.objects.get()
    assert (key.prefix, key.key_hash) == (text[:12], hash_of(text))
    assert (key.application.name, key.application.roles) == ("Booking site", roles)
    assert "no-store" in answer["Cache-Control"]
    assert mara.get(url(KEYS, "text", key.pk)).context["text"] is None
    assert reads(client, text, paris) == 200
    assert reads(client, text, organization("Lyon")) == 403


def test_revoked_it_opens_nothing(paris, client):
    mara = browser(person("mara", Role.ADVANCED_STAFF, paris))
    text = add(mara, paris).context["text"]
    press(mara, KEYS, ApiKey.objects.get().pk, "revoke")
    assert not ApiKey.objects.get().is_active
    assert reads(client, text, paris) == 401
    assert ApiKey.objects.get().history.first().history_user.login == "mara"


def test_basic_staff_have_nothing_to_do_with_keys(paris):
    bo = browser(person("bo", Role.BASIC_STAFF, paris))
    assert bo.get(url(KEYS, "changelist")).status_code == 403
    assert add(bo, paris).status_code == 403
    assert not ApiKey.objects.exists()


def test_nobody_makes_a_key_for_another_organization(paris):
    mara = browser(person("mara", Role.ADVANCED_STAFF, paris))
    answer = add(mara, organization("Lyon"))
    assert list(errors_of(answer)) == ["organization"]
    assert not Application.objects.exists()


def test_keys_of_more_rights_or_more_places_are_out_of_sight(paris):
    key, _text = create_client_with_key("Records", "pro", paris)
    mara = browser(person("mara", Role.ADVANCED_STAFF, paris))
    shown = lambda: mara.get(url(KEYS, "changelist")).context["cl"].result_count  # noqa: E731
    assert shown() == 1
    key.application.changed(roles=[Role.ADMINISTRATOR]).save()
    assert shown() == 0
    press_refused = mara.post(url(KEYS, "do", key.pk, "revoke"), {"version": key.version})
    assert press_refused.status_code in {302, 403, 404}
    assert ApiKey.objects.get().is_active
    key.application.changed(roles=[Role.BASIC_STAFF]).save()
    key.application.organizations.add(organization("Lyon"))
    assert shown() == 0


def test_administrators_make_keys_on_the_clients_page(paris, client):
    ada = browser(person("ada", Role.ADMINISTRATOR, paris))
    program = make_client(paris, allowed_scopes=["appointments:read"])
    new_key = f"/admin/core/application/{program.pk}/key/new/"
    assert new_key in ada.get(url("core_application", "change", program.pk)).content.decode()
    assert "Make an API key" in ada.get(new_key).content.decode()
    text = ada.post(new_key, follow=True).context["text"]
    assert reads(client, text, paris) == 200
    assert text[:12] in ada.get(url("core_application", "change", program.pk)).content.decode()
    mara = browser(person("mara", Role.ADVANCED_STAFF, paris))
    assert mara.post(new_key).status_code in {403, 404}
    assert ApiKey.objects.count() == 1


def test_the_key_is_in_no_list_history_or_message(paris):
    mara = browser(person("mara", Role.ADVANCED_STAFF, paris))
    answer = add(mara, paris)
    text, key = answer.context["text"], ApiKey.objects.get()
    pages = [url(KEYS, "changelist"), url(KEYS, "change", key.pk), url(KEYS, "history", key.pk)]
    assert not any(text in mara.get(page).content.decode() for page in pages)
    assert text not in messages_of(answer)
    assert text not in str(dict(mara.session))
