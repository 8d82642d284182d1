import pytest

from core.models import Membership, Organization, Role, User
from tests.back_office import PASSWORD, browser, errors_of, organization, person, sent_form, url

pytestmark = pytest.mark.django_db
MODEL = "core_user"


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def administrator(paris):
    return person("ada", Role.ADMINISTRATOR, paris)


def person_form(place, role="student", **values) -> dict:
    data = {
        "login": "lea",
        "email": "lea@example.org",
        "first_name": "Léa",
        "last_name": "Martin",
        "language": "fr",
        "is_active": "on",
        "new_password": "",
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-organization": place.pk,
        "memberships-0-role": role,
    }
    return data | values


def test_an_administrator_adds_a_person_with_a_role(administrator, paris):
    browser(administrator).post(url(MODEL, "add"), person_form(paris, "basic_staff", new_password="a-long-one-7"))
    made = User.objects.get(login="lea")
    assert made.roles == {paris.pk: Role.BASIC_STAFF}
    assert made.check_password("a-long-one-7")
    assert made.history.first().history_user == administrator


def test_a_person_without_a_membership_is_not_made(administrator, paris):
    data = person_form(paris) | {"memberships-TOTAL_FORMS": 0}
    browser(administrator).post(url(MODEL, "add"), data)
    assert not User.objects.filter(login="lea").exists()


def test_a_role_elsewhere_cannot_be_given(administrator, paris):
    browser(administrator).post(url(MODEL, "add"), person_form(organization("Lyon")))
    assert not User.objects.filter(login="lea").exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"login": "123"}, "login"),
        ({"login": "ada"}, "login"),
        ({"email": "x"}, "email"),
        ({"new_password": "short"}, "new_password"),
    ],
)
def test_what_is_wrong_stands_on_its_field(administrator, paris, values, field):
    response = browser(administrator).post(url(MODEL, "add"), person_form(paris, **values))
    assert list(errors_of(response)) == [field]
    assert User.objects.count() == 1


def test_no_password_is_ever_shown(administrator, paris):
    lea = person("lea", Role.STUDENT, paris)
    client = browser(administrator)
    for page in ("change", "history"):
        text = client.get(url(MODEL, page, lea.pk)).content.decode()
        assert lea.password not in text
        assert "argon2" not in text


def test_an_empty_password_keeps_the_old_one_and_a_new_one_is_set(administrator, paris):
    lea = person("lea", Role.STUDENT, paris)
    client = browser(administrator)
    address = url(MODEL, "change", lea.pk)
    client.post(address, sent_form(client, address) | {"first_name": "Léa"})
    lea.refresh_from_db()
    assert lea.first_name == "Léa"
    assert lea.check_password(PASSWORD)
    client.post(address, sent_form(client, address) | {"new_password": "another-long-one"})
    lea.refresh_from_db()
    assert lea.check_password("another-long-one")


def test_a_role_is_changed_and_a_membership_ended(administrator, paris):
    lyon = organization("Lyon")
    administrator.memberships.create(organization=lyon, role=Role.ADMINISTRATOR)
    lea = person("lea", Role.STUDENT, paris, lyon)
    client = browser(administrator)
    address = url(MODEL, "change", lea.pk)
    form = sent_form(client, address)
    kept = next(n for n in (0, 1) if form[f"memberships-{n}-organization"] == paris.pk)
    client.post(address, form | {f"memberships-{kept}-role": "basic_staff", f"memberships-{1 - kept}-DELETE": "on"})
    assert list(Membership.objects.filter(user=lea).values_list("organization", "role")) == [(paris.pk, "basic_staff")]


def test_staff_see_people_but_change_nobody(administrator, paris):
    basic = browser(person("ben", Role.BASIC_STAFF, paris))
    assert basic.get(url(MODEL, "change", administrator.pk)).status_code == 200
    assert basic.post(url(MODEL, "change", administrator.pk), {"login": "x"}).status_code == 403
    assert basic.get(url(MODEL, "add")).status_code == 403


def test_a_shared_account_is_not_one_administrators_to_take_over(administrator, paris):
    lyon = organization("Lyon")
    luc = person("luc", Role.STUDENT, paris)
    luc.memberships.create(organization=lyon, role=Role.ADMINISTRATOR)
    client = browser(administrator)
    address = url(MODEL, "change", luc.pk)
    form = sent_form(client, address)
    assert "Lyon" not in client.get(address).content.decode()
    forged = {
        "login": "stolen",
        "new_password": "a-long-one-7",
        "email": "ada@example.org",
        "memberships-0-role": "basic_staff",
    }
    client.post(address, form | forged)
    luc = User.objects.get(pk=luc.pk)
    assert (luc.login, luc.email) == ("luc", "luc@example.org")
    assert luc.check_password(PASSWORD)
    assert luc.roles == {paris.pk: Role.BASIC_STAFF, lyon.pk: Role.ADMINISTRATOR}


def test_two_administrators_at_once_do_not_overwrite_each_others_roles(administrator, paris):
    bea = person("bea", Role.ADMINISTRATOR, paris)
    luc = person("luc", Role.STUDENT, paris, organization("Lyon"))
    address = url(MODEL, "change", luc.pk)
    first, second = browser(administrator), browser(bea)
    seen = [sent_form(client, address) for client in (first, second)]
    assert first.post(address, seen[0] | {"memberships-0-role": "basic_staff"}).status_code == 302
    refused = second.post(address, seen[1] | {"memberships-0-role": "administrator"})
    assert refused.context["collision"].who == "ada"
    assert luc.memberships.get(organization=paris).role == Role.BASIC_STAFF
    again = sent_form(second, address)
    assert second.post(address, again | {"memberships-0-role": "advanced_staff"}).status_code == 302
    assert luc.memberships.get(organization=paris).role == Role.ADVANCED_STAFF


def test_nobody_makes_himself_superuser(administrator, paris):
    client = browser(administrator)
    address = url(MODEL, "change", administrator.pk)
    client.post(address, sent_form(client, address) | {"is_superuser": "on"})
    administrator.refresh_from_db()
    assert not administrator.is_superuser


def test_nobody_is_deleted(administrator, paris):
    lea = person("lea", Role.STUDENT, paris)
    assert browser(administrator).post(url(MODEL, "delete", lea.pk), {"post": "yes"}).status_code == 403


def test_an_administrator_sets_the_organization_but_cannot_end_it(administrator, paris):
    client = browser(administrator)
    address = url("core_organization", "change", paris.pk)
    client.post(address, {"name": "Paris 2", "time_zone": "Europe/Rome", "language": "fr", "version": paris.version})
    paris.refresh_from_db()
    assert (paris.name, paris.time_zone, paris.is_active) == ("Paris 2", "Europe/Rome", True)
    wrong = client.post(address, {"name": "P", "time_zone": "Mars/Base", "language": "fr", "version": paris.version})
    assert list(errors_of(wrong)) == ["time_zone"]
    assert client.get(url("core_organization", "add")).status_code == 403
    assert Organization.objects.count() == 1
