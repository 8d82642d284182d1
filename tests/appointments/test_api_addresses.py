"""Addresses: whether they receive mail, and that nobody finds out by trying who is a customer [contract 40: 11, 13]."""

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection

from appointments import addresses
from appointments.models import Appointment, Customer
from tests.appointments.booking_world import ELEVEN, NOW, TEN, BookingWorld, one
from tests.appointments.wire import account, done, error, fields
from tests.dns import name_server

pytestmark = pytest.mark.django_db
RECORDS = {
    "mail.example": ["10 mx.mail.example."],
    "plain.example": [],
    "null.example": ["0 ."],
    "both.example": ["0 .", "10 mx.both.example."],
    "silent.example": None,
}


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield BookingWorld(check_mx=True)


@pytest.fixture
def names():
    with name_server(dict(RECORDS)) as server:
        yield server


@pytest.mark.parametrize("domain", ["nowhere.example", "null.example"])
def test_a_domain_that_does_not_exist_or_takes_no_mail_is_13(world, names, domain):
    found = error(world.book(TEN, {"email": f"anne@{domain}"}), 400, 13, "EmailNotFound")
    assert list(found["fields"]) == ["fiche.email"]
    assert (Customer.objects.count(), Appointment.objects.count()) == (0, 0)


@pytest.mark.parametrize("domain", ["mail.example", "plain.example", "both.example"])
def test_any_other_domain_passes(world, names, domain):
    assert world.booked(TEN, {"email": f"anne@{domain}"})
    assert names.asked == [domain]


def test_a_name_server_that_does_not_answer_refuses_nobody(world, monkeypatch):
    monkeypatch.setattr(addresses, "PATIENCE", 0.3)
    with time_machine.travel(NOW, tick=True), name_server(RECORDS) as names:
        assert world.booked(TEN, {"email": "anne@silent.example"})
        assert set(names.asked) == {"silent.example"}


def test_it_binds_staff_too(world, names):
    error(world.book(TEN, {"email": "anne@nowhere.example"}, by=world.pro), 400, 13)


def test_nobody_is_asked_where_the_group_does_not_want_it(world, names):
    world.rule(check_mx=False)
    assert world.booked(TEN, {"email": "anne@nowhere.example"})
    assert names.asked == []


def test_nobody_is_asked_about_what_is_no_address(world, names):
    for email in ("anne", "anne@", "@nowhere.example", "", None):
        world.book(TEN, {"email": email})
    assert list(fields(world.book(TEN, {"email": ["anne@nowhere.example"]}))) == ["fiche.email"]
    assert names.asked == []


def test_it_is_asked_outside_of_every_transaction(world, names, monkeypatch):
    """SQLite's one writer, or a row's lock, would wait for a name server otherwise."""
    found, asked = [], addresses.receives_mail
    depth = len(connection.savepoint_ids)

    def noting(domain: str) -> bool:
        found.append(len(connection.savepoint_ids) - depth)
        return asked(domain)

    monkeypatch.setattr(addresses, "receives_mail", noting)
    body = world.asked(TEN, {"email": "anne@nowhere.example"})
    error(world.account.post("appointments", body, Idempotency_Key="one"), 400, 13)
    error(world.account.post("fiches", {"fiche": {"email": "anne@null.example"}}, Idempotency_Key="two"), 400, 13)
    assert found == [0, 0]


def test_what_was_found_is_not_asked_again_at_once(world, names):
    for _time in range(2):
        error(world.book(TEN, {"email": "anne@nowhere.example"}), 400, 13)
    assert names.asked == ["nowhere.example"]


def test_an_address_that_stays_is_not_judged_again(world, names):
    anne = one(world.book(TEN, {"email": "anne@mail.example"}), 201)["fiche_id"]
    del names.records["mail.example"]
    cache.clear()
    assert world.booked(ELEVEN, {"id": anne, "email": "anne@mail.example"})


def test_2_comes_before_13(world, names):
    found = world.book(TEN, {"email": "anne@nowhere.example"}, calendar_id=10**9)
    assert list(fields(found)) == ["calendar_id"]


def test_13_comes_before_11(world, names):
    world.customer(email="anne@nowhere.example")
    error(world.book(TEN, {"email": "anne@nowhere.example"}), 400, 13)


def test_fiches_and_waitings_are_judged_alike(world, names):
    fiche = {"lastname": "Durand", "email": "anne@nowhere.example"}
    error(world.account.post("fiches", {"fiche": fiche}), 400, 13)
    made = done(world.account.post("fiches", {"fiche": {"lastname": "Durand"}}), 201)["id"]
    error(world.account.put(f"fiches/{made}", {"fiche": fiche}), 400, 13)
    window = {"from": TEN, "to": ELEVEN, "intervention_ids": [world.service.pk]}
    error(world.account.post("waitings", {"waiting": {**window, "fiche": fiche}}), 400, 13)


# -- trying out ---------------------------------------------------------------------------------------------


def taken(world: BookingWorld, times: int) -> None:
    for _time in range(times):
        error(world.book(TEN, {"email": "known@example.org"}), 400, 11)


@pytest.fixture
def known(world):
    world.rule(check_mx=False)
    return world.customer(email="known@example.org")


def test_after_twenty_answers_11_in_an_hour_a_key_gets_429(world, known):
    taken(world, 20)
    refused = world.book(TEN, {"email": "new@example.org"})
    error(refused, 429, None, "TooManyRequests")
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert not Appointment.objects.exists()


def test_all_ways_to_try_addresses_count_together(world, known):
    taken(world, 18)
    error(world.account.post("fiches", {"fiche": {"email": "KNOWN@example.org"}}), 400, 11)
    window = {"from": TEN, "to": ELEVEN, "intervention_ids": [world.service.pk]}
    waiting = {"waiting": {**window, "fiche": {"email": "known@example.org"}}}
    error(world.account.post("waitings", waiting), 400, 11)
    for response in (world.book(TEN), world.account.post("waitings", waiting)):
        error(response, 429, None, "TooManyRequests")
    error(world.account.post("fiches", {"fiche": {}}), 429, None, "TooManyRequests")


def test_other_keys_and_other_calls_go_on(world, known):
    booked = world.booked(ELEVEN)["id"]
    taken(world, 20)
    assert one(world.account.delete(f"appointments/{booked}"))["deleted"]
    assert done(world.slots())["availabletimeslots"]
    assert world.booked(TEN, {"email": "new@example.org"}, by=account(world.group))


def test_the_next_hour_begins_anew(world, known):
    taken(world, 20)
    with time_machine.travel("2026-11-23T09:00:00Z", tick=False):
        assert world.booked(TEN, {"email": "new@example.org"})


def test_an_address_longer_than_mail_servers_take_is_13(world, names):
    """255 letters have place in the row; 254 are the most of an address [RFC 5321], and of the outbox."""
    world.rule(check_mx=False)
    end = "@mail.example"
    error(world.book(TEN, {"email": "a" * (255 - len(end)) + end}), 400, 13, "EmailNotFound")
    assert Customer.objects.count() == 0
    assert world.booked(TEN, {"email": "a" * (254 - len(end)) + end})
