import pytest
from django.core.cache import cache
from django.test import Client

from core.login import ATTEMPTS
from core.models import Role, User
from tests.back_office import PASSWORD, organization, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_failures():
    cache.clear()


PAGES = ["/admin/login/", "/accounts/login/"]
# Nothing listens there.
DEAD_CACHE = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"socket_connect_timeout": 0.3},
    }
}


def log_in(login: str, password: str = PASSWORD, address: str = "10.0.0.1", page: str = PAGES[0], **headers):
    client = Client(REMOTE_ADDR=address)
    return client.post(page, {"username": login, "password": password, "next": "/admin/"}, headers=headers)


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
    wrong, unknown = log_in("lea", "nope"), log_in("nobody")
    assert sentence_of(wrong) == sentence_of(unknown)
    assert "/student/" not in wrong.content.decode() + unknown.content.decode()


def test_a_student_who_knows_the_password_is_led_to_the_students_page():
    person("lea", Role.STUDENT, organization())
    refused = log_in("lea")
    assert "you have no role of staff" in sentence_of(refused)
    assert '<a href="/student/">' in refused.content.decode()
    assert "_auth_user_id" not in refused.client.session


def test_during_the_pause_nobody_is_told_that_a_password_is_right():
    person("lea", Role.STUDENT, organization())
    for _ in range(ATTEMPTS):
        wrong = log_in("lea", "nope")
    assert sentence_of(log_in("lea")) == sentence_of(wrong)


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


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("other", PAGES)
def test_both_pages_count_together(page, other):
    person("mara", Role.BASIC_STAFF, organization())
    refusals = {sentence_of(log_in("mara", "wrong", page=page)) for _ in range(ATTEMPTS)}
    paused = log_in("mara", page=other)
    assert paused.status_code == 200
    assert len(refusals) == 1
    if page == other:
        assert refusals == {sentence_of(paused)}


def test_an_empty_password_does_not_forget_the_failures():
    person("mara", Role.BASIC_STAFF, organization())
    for _ in range(ATTEMPTS - 1):
        log_in("mara", "wrong")
    log_in("mara", "")
    assert log_in("mara").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_people_log_in_while_the_cache_is_down(settings, page):
    settings.CACHES = DEAD_CACHE
    person("mara", Role.BASIC_STAFF, organization())
    assert log_in("mara", "wrong", page=page).status_code == 200
    assert log_in("mara", page=page).status_code == 302


@pytest.mark.parametrize(("proxies", "shared"), [(1, ""), (2, ", 10.0.0.9")])
def test_behind_a_proxy_the_pause_is_for_the_clients_own_address(settings, proxies, shared):
    settings.TRUSTED_PROXIES = proxies
    person("mara", Role.BASIC_STAFF, organization())
    for number in range(ATTEMPTS):
        # What stands left of the proxies' entries is the client's own word.
        log_in("mara", "wrong", X_Forwarded_For=f"1.1.1.{number}, 6.6.6.6{shared}")
    assert log_in("mara", X_Forwarded_For=f"6.6.6.6{shared}").status_code == 200
    assert log_in("mara", X_Forwarded_For=f"1.2.3.4{shared}").status_code == 302


def test_without_a_proxy_nobody_chooses_the_address(settings):
    settings.TRUSTED_PROXIES = 0
    person("mara", Role.BASIC_STAFF, organization())
    for number in range(ATTEMPTS):
        log_in("mara", "wrong", X_Forwarded_For=f"1.1.1.{number}")
    assert log_in("mara", X_Forwarded_For="1.2.3.4").status_code == 200
