"""Whether an address receives mail is one rule behind every door: the back office asks before it writes, too."""

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection

from appointments import addresses
from appointments.models import Customer
from tests.appointments.front_desk import DAY, FrontDesk
from tests.appointments.practice import NOW
from tests.appointments.test_api_addresses import RECORDS
from tests.back_office import errors_of, sent_form, url
from tests.dns import name_server

pytestmark = pytest.mark.django_db
CUSTOMER = "appointments_customer"
DEAD = {"email": ["cannot receive mail"]}


@pytest.fixture
def names():
    with time_machine.travel(NOW, tick=False), name_server(dict(RECORDS)) as server:
        yield server


@pytest.fixture
def desk(names):
    return FrontDesk(check_mx=True)


def change(desk, **values):
    address = url(CUSTOMER, "change", desk.anne.pk)
    sent = sent_form(desk.client, address)
    return desk.client.post(address, {**sent, **values}, follow=True)


def test_a_customer_is_not_made_with_an_address_that_takes_no_mail(desk):
    answer = desk.client.post(url(CUSTOMER, "add"), {"lastname": "New", "email": "new@nowhere.example"})
    assert errors_of(answer) == DEAD
    desk.client.post(url(CUSTOMER, "add"), {"lastname": "New", "email": "new@mail.example"})
    assert Customer.objects.get(lastname="New").email == "new@mail.example"


def test_nor_is_one_given_such_an_address(desk):
    assert errors_of(change(desk, email="anne@null.example")) == DEAD
    change(desk, email="anne@mail.example")
    desk.anne.refresh_from_db()
    assert desk.anne.email == "anne@mail.example"


def test_nor_is_one_booked_with_it(desk):
    start = {"start": f"{DAY}T10:00"}
    answer = desk.send_booking({"lastname": "New", "email": "new@nowhere.example"}, **start)
    assert answer.context["form"].errors == DEAD
    answer = desk.send_booking({"lastname": "New", "email": "new@mail.example"}, **start)
    assert Customer.objects.get(lastname="New").email == "new@mail.example"


def test_nobody_is_asked_where_the_organization_does_not_want_it_or_the_address_stays(desk, names):
    change(desk, firstname="Anna")
    assert names.asked == []
    desk.rule(check_mx=False)
    change(desk, email="anne@nowhere.example")
    assert names.asked == []


def test_it_is_asked_outside_of_every_transaction(desk, monkeypatch):
    found, asked = [], addresses.receives_mail
    depth = len(connection.savepoint_ids)

    def noting(domain: str) -> bool:
        found.append(len(connection.savepoint_ids) - depth)
        return asked(domain)

    monkeypatch.setattr(addresses, "receives_mail", noting)
    change(desk, email="anne@nowhere.example")
    cache.clear()
    desk.send_booking({"lastname": "New", "email": "new@nowhere.example"}, start=f"{DAY}T10:00")
    assert found == [0, 0]
