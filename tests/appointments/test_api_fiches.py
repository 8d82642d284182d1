"""Customers through the API [annex 40; contract 40]."""

import pytest

from appointments.models import Customer
from core.models import Role
from tests.appointment_factories import make_customer, make_group
from tests.appointments.wire import account, done, error, fields, group_person, pro

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def staff(group):
    return pro(group)


def create(caller, **values):
    return caller.post("fiches", {"fiche": values})


def change(caller, pk: int, **values):
    return caller.put(f"fiches/{pk}", {"fiche": values})


def test_a_fiche_is_made_read_and_changed(staff, group):
    sent = {
        "lastname": "Durand",
        "firstname": "Anne",
        "firstphone": "06 12 34 56 78",
        "secondphone": "01",
        "email": "Anne@Example.org",
        "birthdate": "1980-12-31",
        "comments": "Rings twice",
        "from_web": 1,
        "rappel_email": 0,
        "rappel_sms": "0",
        "externid": 2**40,
    }
    response = create(staff, **sent)
    made = done(response, 201)
    assert made == {
        "id": made["id"],
        "group_id": group.pk,
        **sent,
        "from_web": True,
        "rappel_email": False,
        "rappel_sms": False,
        "deleted": False,
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
    }
    assert list(made)[:4] == ["id", "group_id", "lastname", "firstname"]
    assert done(staff.get(response["Location"])) == made
    changed = done(change(staff, made["id"], firstphone="", externid=None))
    assert (changed["firstphone"], changed["externid"], changed["lastname"]) == ("", None, "Durand")
    assert done(change(staff, made["id"], **{**changed, "id": 1})) == changed


def test_moments_are_shown_where_the_group_is(staff):
    made = done(create(staff), 201)
    stored = Customer.objects.get().created_at.astimezone(staff.group.zone)
    assert made["created_at"] == f"{stored:%Y-%m-%d %H:%M:%S}"


def test_an_address_belongs_to_one_live_customer_of_the_group(staff, group):
    held = make_customer(group, email="anne@example.org")
    make_customer(make_group("Second"), email="bob@example.org")
    for email in ("anne@example.org", "ANNE@example.ORG"):
        found = error(create(staff, email=email), 400, 11, "EmailAlreadyExists")
        assert found["message"] == "This email address is already user by another registered user."
        assert found["fields"] == {"email": ["belongs to another customer"]}
    other = done(create(staff, email="bob@example.org"), 201)["id"]
    error(change(staff, other, email="Anne@example.org"), 400, 11)
    assert done(change(staff, held.pk, email="Anne@Example.org"))["email"] == "Anne@Example.org"
    for _ in range(2):
        assert create(staff, email="").status_code == 201
    assert Customer.objects.filter(organization=group).count() == 4


@pytest.mark.parametrize("email", ["x", "a@", "@example.org", "a b@example.org", "a@example", "a@b@example.org"])
def test_an_address_that_is_none_is_13(staff, email):
    found = error(create(staff, email=email), 400, 13, "EmailNotFound")
    assert found["message"] == "This email address does not exists."
    assert not Customer.objects.exists()


def test_what_is_wrong_otherwise_comes_before_the_address(staff, group):
    make_customer(group, email="anne@example.org")
    for email in ("x", "anne@example.org"):
        assert list(fields(create(staff, email=email, birthdate="31/12/1980"))) == ["birthdate"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("lastname", [1, True, [], {}, "x" * 65]),
        ("firstphone", [612345678, "x" * 26]),
        ("email", [1, [], "x" * 256]),
        ("birthdate", ["31/12/1980", "1980-02-30", "1980", 1980, True, [], "1980-12-31 00:00:00", "0000-01-01"]),
        ("rappel_email", [None, "yes", 2]),
        ("externid", ["x", 1.5, 2**63, True, []]),
        ("comments", ["x" * 5001, 1]),
        ("group_id", [0, None, "x", 999999]),
    ],
)
def test_a_value_that_cannot_be_is_told_by_its_place(staff, name, values):
    for value in values:
        assert list(fields(create(staff, **{name: value}))) == [name]
    assert not Customer.objects.exists()


def test_there_is_no_delete_and_what_staff_deleted_elsewhere_is_restored(staff, group):
    gone = make_customer(group, email="anne@example.org", is_deleted=True)
    error(staff.delete(f"fiches/{gone.pk}"), 405, 2)
    assert done(staff.get("fiches"))["records"] == []
    error(change(staff, gone.pk, lastname="x"), 409, 2)
    assert list(fields(change(staff, gone.pk, deleted=True))) == ["deleted"]
    heir = make_customer(group, email="anne@example.org")
    error(change(staff, gone.pk, deleted=0), 400, 11)
    Customer.objects.filter(pk=heir.pk).update(email="")
    assert done(change(staff, gone.pk, deleted=0))["deleted"] is False


# -- account ------------------------------------------------------------------------------------------------


def test_account_reads_and_changes_what_its_own_key_made(group, staff):
    own, other = account(group), account(group)
    made = done(create(own, lastname="Durand", email="anne@example.org"), 201)
    foreign = [
        make_customer(group).pk,
        done(create(other, lastname="Martin"), 201)["id"],
        done(create(staff), 201)["id"],
    ]
    assert done(own.get("fiches"))["records"] == [made]
    assert done(own.get(f"fiches/{made['id']}")) == made
    assert done(change(own, made["id"], firstname="Anne"))["firstname"] == "Anne"
    for pk in foreign:
        error(own.get(f"fiches/{pk}"), 404, 3)
        error(change(own, pk, lastname="x"), 404, 3)
    assert done(staff.get("fiches"))["totalRecords"] == 4
    Customer.objects.filter(pk=made["id"]).update(is_deleted=True)
    error(own.get(f"fiches/{made['id']}"), 404, 3)


def test_what_staff_note_of_a_customer_is_not_for_account(group, staff):
    own = account(group)
    made = done(create(own, lastname="Durand", comments="Please ring twice"), 201)
    assert made["comments"] == ""
    noted = "Please ring twice. Pays late."
    assert done(change(staff, made["id"], comments=noted))["comments"] == noted
    assert done(own.get(f"fiches/{made['id']}"))["comments"] == ""
    assert done(change(own, made["id"], **{**made, "firstname": "Anne"}))["firstname"] == "Anne"
    assert Customer.objects.get().comments == noted


def test_a_person_without_a_staff_role_is_account_with_customers_of_his_own(group):
    student, tiger = group_person(group, Role.STUDENT), group_person(group, Role.BASIC_STAFF)
    made = done(create(student, lastname="Me"), 201)
    assert Customer.objects.get().made_by_user is not None
    assert done(student.get("fiches"))["totalRecords"] == 1
    assert done(group_person(group, Role.STUDENT).get("fiches"))["totalRecords"] == 0
    assert done(tiger.get(f"fiches/{made['id']}"))["lastname"] == "Me"


def test_who_tries_addresses_out_is_stopped(group):
    make_customer(group, email="anne@example.org")
    caller = account(group)
    for _ in range(20):
        error(create(caller, email="anne@example.org"), 400, 11)
    error(create(caller, email="bob@example.org"), 429, None, "TooManyRequests")
    error(create(account(group), email="anne@example.org"), 400, 11)
