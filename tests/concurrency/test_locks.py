"""A lock that is not to be had in time is told as such behind every door: never 500, and nothing is written."""

import threading
from contextlib import contextmanager
from datetime import time
from time import sleep

import pytest
from django.db import connection, transaction
from django.test import Client

from core.models import Role
from scheduling import rules
from scheduling.emails import service_url
from scheduling.models import Close, CommunityService
from scheduling.student import contest_url
from tests.api import program
from tests.back_office import browser, errors_of, messages_of, sent_form, url
from tests.factories import make_close, make_community_service, make_member, make_organization

pytestmark = pytest.mark.django_db(transaction=True)

IMPATIENT = {"postgresql": "SET lock_timeout = '300ms'", "sqlite": "PRAGMA busy_timeout = 300"}
ASKED_OF_ME = "SELECT 1 FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid"
TRY_AGAIN = "Somebody else is changing the same thing at this very moment"


@pytest.fixture
def campus():
    return make_organization(start=time(9))


@pytest.fixture
def staff(campus):
    return browser(make_member(campus, Role.ADVANCED_STAFF))


@pytest.fixture
def close(campus):
    return make_close(campus)


@pytest.fixture
def service(close):
    return make_community_service(close)


@pytest.fixture
def hold(close, service):
    """Call it: from then on another transaction has locked the close and its service."""
    held, release = threading.Event(), threading.Event()

    def holder():
        try:
            with transaction.atomic():
                Close.objects.locked(close.pk)
                CommunityService.objects.locked(service.pk)
                held.set()
                release.wait(60)
        finally:
            held.set()
            connection.close()

    thread = threading.Thread(target=holder)

    def start():
        with connection.cursor() as cursor:
            cursor.execute(IMPATIENT[connection.vendor])
        thread.start()
        held.wait()

    yield start
    release.set()
    thread.join()
    connection.close()


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("kind", ["closes", "community_services"])
def test_a_row_that_is_deleted_while_a_call_waits_for_it_is_not_found(campus, service, kind, method):
    model, row = (Close, make_close(campus)) if kind == "closes" else (CommunityService, service)
    caller = program(campus, roles=[Role.ADVANCED_STAFF])
    with deleting(model, row.pk):
        response = caller.call(method, f"/v2/{kind}/{row.pk}", {kind[:-1]: {}})
    assert (response.status_code, response.json()) == (404, {})


@contextmanager
def deleting(model, pk):
    """Another transaction has deleted the row and commits while the block's call waits for its lock."""
    deleted = threading.Event()

    def delete():
        with transaction.atomic():
            model.objects.filter(pk=pk).delete()
            deleted.set()
            sleep(0.5)
        connection.close()

    thread = threading.Thread(target=delete)
    thread.start()
    deleted.wait()
    yield
    thread.join()


def test_the_api_says_409(campus, close, hold):
    caller = program(campus)
    hold()
    response = caller.patch(f"/v2/closes/{close.pk}", {"close": {"reason": "Noise"}})
    assert (response.status_code, response["Retry-After"]) == (409, "1")
    assert TRY_AGAIN in response.json()["message"]


def test_the_back_offices_form_says_so(staff, close, hold):
    address = url("scheduling_close", "change", close.pk)
    form = sent_form(staff, address)
    hold()
    assert TRY_AGAIN in staff.post(address, {**form, "reason": "Noise"}, follow=True).content.decode()
    close.refresh_from_db()
    assert close.version == 1


@pytest.mark.postgres
def test_what_was_typed_stays_in_the_back_offices_form(staff, close, hold):
    """SQLite locks before the form is read, so there it is lost."""
    address = url("scheduling_close", "change", close.pk)
    form = sent_form(staff, address)
    hold()
    response = staff.post(address, {**form, "reason": "Typed at length"})
    assert TRY_AGAIN in str(errors_of(response))
    assert "Typed at length" in response.content.decode()


@pytest.mark.parametrize("page", ["delete", "unclose", "close"])
def test_the_back_offices_other_buttons_say_so(staff, close, hold, page):
    state = "unclose" if page == "close" else "close"
    Close.objects.update(state=state)
    if page == "delete":
        CommunityService.objects.update(close=None)
        address = url("scheduling_close", "delete", close.pk)
    else:
        address = url("scheduling_close", "do", close.pk, page)
    hold()
    response = staff.post(address, {"post": "yes", "version": "1"}, follow=True)
    assert (response.status_code, TRY_AGAIN in messages_of(response)) == (200, True)
    close.refresh_from_db()
    assert (close.version, close.state) == (1, state)


def test_the_students_pages_say_try_again(campus, close, service, hold):
    day = rules.allowed_days(campus)[0]
    hold()
    for path, answer in ((service_url(service), {"day": day}), (contest_url(close), {"text": "It was not me"})):
        response = Client().post(path, answer)
        assert (response.status_code, TRY_AGAIN in response.content.decode()) == (409, True)


@pytest.mark.postgres
def test_a_lock_is_waited_for_five_seconds_at_most():
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("5s",)


@pytest.mark.postgres
def test_of_two_that_wait_for_each_other_one_is_told_to_try_again(campus, close, service):
    """The service is held, the call holds its close and waits; then the holder asks for the close."""
    caller = program(campus)
    held, got = threading.Event(), []

    def cross():
        with transaction.atomic():
            # Whoever looks for the ring first gives way: it is not to be this one.
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL deadlock_timeout = '60s'; SET LOCAL lock_timeout = 0")
            CommunityService.objects.locked(service.pk)
            held.set()
            wait_until_somebody_waits_for_this_transaction()
            got.append(Close.objects.locked(close.pk))
        connection.close()

    thread = threading.Thread(target=cross)
    thread.start()
    held.wait()
    response = caller.put(f"/v2/community_services/{service.pk}/validate")
    thread.join()
    assert (response.status_code, response["Retry-After"]) == (409, "1")
    assert TRY_AGAIN in response.json()["message"]
    assert got == [close]
    service.refresh_from_db()
    assert (service.version, service.state) == (1, "schedule")


def wait_until_somebody_waits_for_this_transaction() -> None:
    """PostgreSQL stops the one who has waited longer, which is to be the call."""
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute(ASKED_OF_ME)
            if cursor.fetchone():
                return
            sleep(0.01)


@pytest.mark.postgres
def test_a_database_that_stops_a_statement_for_another_reason_is_unavailable(campus, close, hold):
    caller = program(campus)
    hold()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = '300ms'")
    response = caller.patch(f"/v2/closes/{close.pk}", {"close": {"reason": "Noise"}})
    assert (response.status_code, response["Retry-After"]) == (503, "5")
