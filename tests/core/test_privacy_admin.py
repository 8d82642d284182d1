"""A person's data on the person's page: given as a file, erased after a look at what goes."""

import io
import json
import zipfile

import pytest

from core.models import Membership, Role, User
from scheduling.models import Close
from tests.back_office import browser, organization, person, url
from tests.core.life import everything, live, marks_in
from tests.factories import make_close

pytestmark = pytest.mark.django_db
MODEL = "core_user"


@pytest.fixture
def paris():
    return organization("Paris")


@pytest.fixture
def client(paris):
    return browser(person("ada", Role.ADMINISTRATOR, paris))


@pytest.fixture
def root():
    return browser(person("root", Role.STUDENT, is_superuser=True))


def buttons(client, model, pk) -> set[str]:
    return {str(one["label"]) for one in client.get(url(model, "change", pk)).context["row_actions"]}


def test_an_administrator_downloads_what_the_organization_keeps(client, paris):
    life = live(paris)
    address = url(MODEL, "export_data", life.user.pk)
    assert "Download" in client.get(address).content.decode()
    answer = client.post(address, {"scope": str(paris.pk)})
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith(f'attachment; filename="user-{life.user.pk}-')
    data = json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("person.json"))
    assert data["kept"]["account"][0]["login"] == "zqlogin"
    assert data["organization"] == {"id": paris.pk, "name": "Paris"}


def test_the_erase_page_shows_what_would_go_and_writes_nothing(client, paris):
    life = live(paris)
    life.rows["close"].changed(state="close").save()
    before = everything()
    page = client.get(url(MODEL, "erase", life.user.pk))
    assert dict(page.context["counts"])["Closes"] == 2
    assert page.context["erased"].in_the_way == [f"Close {life.rows['close'].pk} is in force"]
    assert "no-store" in page["Cache-Control"]
    assert everything() == before


def test_erasing_needs_the_box_where_something_is_still_to_be_done(client, paris):
    life = live(paris)
    life.rows["close"].changed(state="close").save()
    address = url(MODEL, "erase", life.user.pk)
    page = client.post(address, {"scope": str(paris.pk)}, follow=True)
    assert "This is still to be done, and is ended by force alone" in page.content.decode()
    page = client.post(address, {"scope": str(paris.pk), "force": "yes"}, follow=True)
    assert "and the account" in page.content.decode()
    assert marks_in(everything()) == {}


def test_a_shared_account_is_erased_here_and_stays_there(client, root, paris):
    there = organization("Lyon")
    student = person("sam", Role.STUDENT, paris, there)
    make_close(there, student=student, reason="There", state="unclose")
    page = client.post(url(MODEL, "erase", student.pk), {"scope": str(paris.pk)}, follow=True)
    assert "The account stays" in page.content.decode()
    assert [one.organization for one in Membership.objects.filter(user=student)] == [there]
    root.post(url(MODEL, "erase", student.pk), {"scope": "whole"})
    assert not User.objects.filter(login="sam").exists()
    assert Close.objects.get().reason == "anonymised"


def test_the_scope_is_one_of_the_administrators_own(client, paris):
    there = organization("Lyon")
    student = person("sam", Role.STUDENT, paris, there)
    for scope in (str(there.pk), "whole", "x", ""):
        for page in ("export_data", "erase"):
            answer = client.post(url(MODEL, page, student.pk), {"scope": scope})
            assert answer.status_code == 200, (scope, page)
            assert "Content-Disposition" not in answer
    assert User.objects.filter(login="sam").exists()


def test_other_staff_have_neither(paris):
    staff, student = browser(person("bruno", Role.ADVANCED_STAFF, paris)), person("sam", Role.STUDENT, paris)
    for page in ("export_data", "erase"):
        assert staff.get(url(MODEL, page, student.pk)).status_code == 403
        assert staff.post(url(MODEL, page, student.pk), {"scope": str(paris.pk)}).status_code == 403
    assert not {"Erase", "Export data"} & buttons(staff, MODEL, student.pk)


def test_nobody_erases_himself(client, paris):
    ada = User.objects.get(login="ada")
    assert {"Erase", "Export data"} <= buttons(client, MODEL, ada.pk)
    page = client.get(url(MODEL, "erase", ada.pk))
    assert "Nobody erases the account that he acts with" in page.content.decode()
    client.post(url(MODEL, "erase", ada.pk), {"scope": str(paris.pk), "force": "yes"})
    assert User.objects.filter(login="ada").exists()


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("customer", "appointments_customer"),
        ("visit", "interventions_companycontact"),
    ],
)
def test_somebody_without_an_account_is_erased_on_the_own_page(client, paris, name, model):
    life = live(paris)
    row = life.rows[name] if name == "customer" else life.rows[name].assigned_company_contact
    assert {"Erase", "Export data"} <= buttons(client, model, row.pk)
    client.post(url(model, "erase", row.pk), {"scope": str(paris.pk), "force": "yes"})
    row.refresh_from_db()
    assert row.email == ""
    assert User.objects.filter(login="zqlogin").exists()


def test_a_vehicle_is_nobody(client, paris):
    life = live(paris)
    model, crew = "scheduling_resource", life.rows["crew"]
    # Who has a log-in is erased as an account.
    assert "Erase" not in buttons(client, model, crew.pk)
    type(crew).objects.filter(pk=crew.pk).update(user=None)
    assert "Erase" in buttons(client, model, crew.pk)
    type(crew).objects.filter(pk=crew.pk).update(kind="vehicle")
    assert client.get(url(model, "erase", crew.pk)).status_code == 403
