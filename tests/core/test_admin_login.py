import pytest
from django.core.cache import cache
from django.test import Client

from core.admin.login import ATTEMPTS
from core.models import Role, User
from tests.back_office import PASSWORD, organization, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_failures():
    cache.clear()


def log_in(login: str, password: str = PASSWORD, address: str = "10.0.0.1"):
    return Client(REMOTE_ADDR=address).post("/admin/login/?next=/admin/", {"username": login, "password": password})


def sentence_of(response) -> str:
    return str(response.context["form"].non_field_errors())


@pytest.mark.parametrize(("role", "status"), [(Role.STUDENT, 200), (Role.BASIC_STAFF, 302), (Role.ADMINISTRATOR, 302)])
def test_staff_come_in_and_students_do_not(role, status):
    person("mara", role, organization())
    assert log_in("mara").status_code == status


def test_staff_of_an_inactive_organization_stay_out():
    person("mara", Role.ADMINISTRATOR, organization(is_active=False))
    assert log_in("mara").status_code == 200


def test_a_superuser_comes_in_without_a_membership():
    User.objects.create_superuser("root", PASSWORD, email="root@example.org")
    assert log_in("root").status_code == 302


def test_a_right_that_is_withdrawn_stops_at_once():
    user = person("mara", Role.BASIC_STAFF, organization())
    client = Client()
    client.force_login(user)
    assert client.get("/admin/").status_code == 200
    user.memberships.update(role=Role.STUDENT)
    assert client.get("/admin/").status_code == 302


def test_one_sentence_for_every_refusal():
    person("lea", Role.STUDENT, organization())
    wrong, unknown, student = log_in("lea", "nope"), log_in("nobody"), log_in("lea")
    assert sentence_of(wrong) == sentence_of(unknown) == sentence_of(student)


def test_five_failures_then_even_the_right_password_waits():
    person("mara", Role.BASIC_STAFF, organization())
    refusals = {sentence_of(log_in("mara", "wrong")) for _ in range(ATTEMPTS)}
    paused = log_in("mara")
    assert paused.status_code == 200
    assert refusals == {sentence_of(paused)}


def test_the_pause_is_for_that_login_from_that_address():
    paris = organization()
    person("mara", Role.BASIC_STAFF, paris)
    person("ben", Role.BASIC_STAFF, paris)
    for _ in range(ATTEMPTS):
        log_in("mara", "wrong")
    assert log_in("ben").status_code == 302
    assert log_in("mara", address="10.0.0.2").status_code == 302


def test_a_success_forgets_the_failures():
    person("mara", Role.BASIC_STAFF, organization())
    for _ in range(2):
        for _ in range(ATTEMPTS - 1):
            log_in("mara", "wrong")
        assert log_in("mara").status_code == 302
