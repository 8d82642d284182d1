"""POST /appointments: what it answers, what it takes, and who may book what [contract 40: "Book"]."""

from datetime import date

import pytest
import time_machine

from appointments.models import Appointment, Calendar, Customer
from core.models import Role
from tests.appointment_factories import make_calendar, make_customer, make_group, make_service, make_service_set
from tests.appointments.booking_world import ANNE, ELEVEN, HALF_PAST, NOW, TEN, BookingWorld, at, one, records
from tests.appointments.wire import account, done, error, fields, group_person, pro

pytestmark = pytest.mark.django_db
KEYS = [
    *("id", "key", "start", "end", "created_since", "state", "location", "group_id", "group", "calendar_id"),
    *("calendar", "fiche_id", "fiche", "intervention_id", "intervention", "capacity", "resource_id", "websource"),
    *("from_web", "intervention_name", "intervention_length", "calendar_name", "group_name", "comments"),
    *("smsreminder", "date", "intervention_ids", "assignment_reason", "created_at", "updated_at", "deleted"),
]
INNER = {
    "group": ["id", "name", "urlname"],
    "calendar": ["id", "publicname", "epj"],
    "fiche": ["id", "birthdate", "lastname", "firstname", "email", "firstphone", "secondphone", "comments"],
    "intervention": ["id", "publicname", "interventionset_id", "length"],
}


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield BookingWorld()


def test_the_answer_has_its_members_in_the_captured_order(world):
    booked = world.booked()
    listed = records(world.account.get("appointments"))[0]
    alone = one(world.account.get(f"appointments/{booked['id']}"))
    for record in (booked, listed, alone):
        assert list(record) == KEYS
        assert {name: list(record[name]) for name in INNER} == INNER
        assert record == booked


def known(world, **fiche) -> dict:
    return {
        "by": world.pro,
        "fiche": {"id": world.customer(firstname="Anne", birthdate=date(1980, 12, 31)).pk, **fiche},
    }


WAYS = {
    "in any calendar": lambda world: {
        "fiche": {**ANNE, "birthdate": "1980-12-31"},
        "comments": "é\n\t'%s'",
        "from_web": 0,
    },
    "a known fiche": known,
    "a known fiche that changes": lambda world: known(world, birthdate=None, comments="Note", **ANNE),
    "over a rule": lambda world: {"by": world.pro, "date": at("20:00"), "override_reason": "Late"},
    "two services, the first of a set": lambda world: {
        "intervention_ids": [
            make_service(world.group, world.calendar, serviceset=make_service_set(world.group)).pk,
            world.service.pk,
        ],
        "calendar_id": world.calendar.pk,
    },
    "to be confirmed": lambda world: world.rule(confirm_required=True) or {"websource": "site"},
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_answer_is_what_a_look_at_it_answers(world, way):
    asked = {"date": TEN, **way(world)}
    caller = asked.get("by", world.account)
    response = world.book(asked.pop("date"), asked.pop("fiche", None), **asked)
    booked = one(response, 201)
    seen = caller.get(f"appointments/{booked['id']}")
    assert one(seen) == booked
    assert seen["ETag"] == response["ETag"]


def test_what_the_answer_says(world):
    Calendar.objects.filter(pk=world.calendar.pk).update(
        publicname="Doctor", address="12 rue X", zipcode="75002", city="Paris"
    )
    world.rule(urlname="practice")
    first = make_service(
        world.group, world.calendar, name="X-ray", publicname="Photo", serviceset=make_service_set(world.group)
    )
    booked = world.booked(
        TEN,
        {**ANNE, "birthdate": "1980-12-31"},
        intervention_ids=[first.pk, world.service.pk],
        comments="Second floor",
        websource="our iPhone application",
        from_web=0,
    )
    assert booked["intervention"] == {
        "id": first.pk,
        "publicname": "Photo",
        "interventionset_id": first.serviceset_id,
        "length": 30,
    }
    assert (booked["intervention_name"], booked["intervention_length"]) == ("X-ray", 30)
    assert booked["intervention_ids"] == [first.pk, world.service.pk]
    assert (booked["start"], booked["end"], booked["date"]) == (TEN, ELEVEN, TEN)
    assert booked["group"] == {"id": world.group.pk, "name": "Practice", "urlname": "practice"}
    assert booked["calendar"] == {"id": world.calendar.pk, "publicname": "Doctor", "epj": None}
    assert (booked["location"], booked["calendar_name"]) == ("12 rue X, 75002 Paris", "Dr Martin")
    assert (booked["comments"], booked["websource"]) == ("Second floor", "our iPhone application")
    assert booked["from_web"] is False
    assert booked["fiche"]["birthdate"] == "1980-12-31"
    assert (booked["created_since"], booked["capacity"], booked["resource_id"], booked["smsreminder"]) == (0, 1, 0, 0)
    assert (booked["created_at"], booked["deleted"]) == ("2026-11-23 09:00:00", False)
    assert len(booked["key"]) == 20
    assert booked["assignment_reason"] == "at random among 1"


def test_the_answer_names_its_address_and_its_version(world):
    response = world.book()
    booked = one(response, 201)["id"]
    assert response["Location"] == f"/api/v1/groups/{world.group.pk}/appointments/{booked}"
    again = world.account.get(f"appointments/{booked}")
    assert again["ETag"] == response["ETag"]
    assert world.account.get(f"appointments/{booked}", If_None_Match=again["ETag"]).status_code == 304


@pytest.mark.parametrize("spelled", [[], "[%d]", "%d"])
def test_ids_of_services_may_be_spelled_as_old_clients_do(world, spelled):
    ids = spelled % world.service.pk if spelled else [str(world.service.pk)]
    assert world.booked(intervention_ids=ids)["intervention_ids"] == [world.service.pk]


@pytest.mark.parametrize("date", ["2026-11-24T09:00:00Z", "2026-11-24 10:00:00+01:00", "2026-11-24T04:00:00-05:00"])
def test_a_date_may_have_an_offset(world, date):
    assert world.booked(date)["start"] == TEN


def test_a_service_twice_takes_twice_its_time(world):
    booked = world.booked(intervention_ids=[world.service.pk, world.service.pk])
    assert booked["end"] == ELEVEN


def test_a_group_that_confirms_gets_pending_ones_from_customers_alone(world):
    world.rule(confirm_required=True)
    assert world.booked(TEN)["state"] == 3
    assert world.booked(ELEVEN, by=world.pro)["state"] == 0


# -- the customer -------------------------------------------------------------------------------------------


def test_a_customer_without_id_is_made_and_belongs_to_the_key(world):
    fiche_id = world.booked(TEN, ANNE)["fiche_id"]
    assert done(world.account.get(f"fiches/{fiche_id}"))["email"] == "anne@example.org"
    error(account(world.group).get(f"fiches/{fiche_id}"), 404, 3)


def test_a_customer_with_id_keeps_what_is_not_sent(world):
    anne = world.booked(TEN, ANNE)["fiche_id"]
    world.booked(ELEVEN, {"id": anne, "firstname": "Anna"})
    found = Customer.objects.get()
    assert (found.firstname, found.lastname, found.email) == ("Anna", "Durand", "anne@example.org")


def test_an_account_books_for_no_customer_of_others(world):
    theirs = world.customer()
    elsewhere = make_customer(make_group("Elsewhere"))
    deleted = world.customer(is_deleted=True)
    found = [fields(world.book(TEN, {"id": pk})) for pk in (theirs.pk, elsewhere.pk, deleted.pk, 10**9)]
    assert found == [{"fiche.id": ["must exist"]}] * 4


def test_staff_book_for_any_customer_of_the_group(world):
    theirs = world.customer(lastname="Petit")
    assert world.booked(TEN, {"id": theirs.pk}, by=world.pro)["fiche"]["lastname"] == "Petit"
    elsewhere = make_customer(make_group("Elsewhere"))
    assert list(fields(world.book(ELEVEN, {"id": elsewhere.pk}, by=world.pro))) == ["fiche.id"]


def test_a_fiche_of_another_group_is_refused(world):
    assert list(fields(world.book(TEN, {"group_id": make_group("Elsewhere").pk}))) == ["fiche.group_id"]
    assert world.booked(TEN, {"group_id": world.group.pk, "lastname": "Petit"})


def test_what_staff_note_of_a_customer_stays_with_staff(world):
    anne = world.booked(TEN, ANNE)["fiche_id"]
    Customer.objects.update(comments="Pays late")
    booked = world.booked(ELEVEN, {"id": anne, "comments": "Never"})
    assert booked["fiche"]["comments"] == ""
    assert [one["fiche"]["comments"] for one in records(world.account.get("appointments"))] == ["", ""]
    assert one(world.pro.get(f"appointments/{booked['id']}"))["fiche"]["comments"] == "Pays late"


# -- calendars and services ---------------------------------------------------------------------------------


def test_an_account_sees_no_service_and_no_calendar_that_is_not_open(world):
    hidden = make_service(world.group, world.calendar, is_open=False)
    closed = make_calendar(world.group, world.service, is_open=False)
    assert list(fields(world.book(intervention_ids=[hidden.pk]))) == ["intervention_ids"]
    assert list(fields(world.book(calendar_id=closed.pk))) == ["calendar_id"]
    assert world.booked(intervention_ids=[hidden.pk], by=world.pro)
    assert world.booked(calendar_id=closed.pk, by=world.pro)["calendar_id"] == closed.pk


def test_a_named_calendar_must_offer_all_the_services(world):
    other = make_service(world.group)
    found = fields(world.book(intervention_ids=[world.service.pk, other.pk], calendar_id=world.calendar.pk))
    assert found == {"calendar_id": ["does not offer these services"]}


def test_the_most_services_of_one_booking(world):
    world.rule(max_multirdvs=1)
    found = fields(world.book(intervention_ids=[world.service.pk] * 2))
    assert found == {"intervention_ids": ["must be at most 1 services"]}


@pytest.mark.parametrize("none", [None, 0, "0"])
def test_no_calendar_named_is_one_that_is_free(world, none):
    other = world.another_calendar()
    chosen = {world.booked(calendar_id=none)["calendar_id"] for _time in range(2)}
    assert chosen == {world.calendar.pk, other.pk}
    error(world.book(calendar_id=none), 400, None, "NotAvailable")


# -- staff --------------------------------------------------------------------------------------------------


def test_staff_pass_over_what_is_soft_and_the_history_says_why(world):
    world.rule(min_notice=600, max_upcoming=1)
    anne = world.booked(TEN, by=world.pro)["fiche_id"]
    early = world.booked("2026-11-23 09:10:00", {"id": anne}, by=world.pro, override_reason="An emergency")
    reason = Appointment.objects.get(pk=early["id"]).history.latest().history_change_reason
    assert "min_notice: Too soon: 600 min of notice are asked for, the start is in 10 min" in reason
    assert "max_upcoming: " in reason
    assert "step: " in reason
    assert reason.endswith("An emergency")


def test_a_reason_of_an_account_is_not_read(world):
    booked = world.booked(override_reason="I want it")
    assert Appointment.objects.get(pk=booked["id"]).history.latest().history_change_reason is None
    world.rule(min_notice=60 * 48)
    error(world.book(ELEVEN, override_reason="I want it"), 400, 9)


def test_staff_are_bound_by_what_is_hard(world):
    world.booked(TEN)
    error(world.book(TEN, by=world.pro), 400, None, "NotAvailable")
    world.customer(email="anne@example.org")
    error(world.book(HALF_PAST, ANNE, by=world.pro), 400, 11)
    error(world.book(HALF_PAST, {"email": "x"}, by=world.pro), 400, 13)


def test_a_persons_profile_is_that_of_the_role(world):
    world.rule(min_notice=60 * 48)
    assert world.booked(by=group_person(world.group, Role.BASIC_STAFF))
    error(world.book(ELEVEN, by=group_person(world.group, Role.STUDENT)), 400, 9)


# -- once ---------------------------------------------------------------------------------------------------


def test_the_same_key_books_once(world):
    first = world.account.post("appointments", world.asked(), Idempotency_Key="one")
    again = world.account.post("appointments", world.asked(), Idempotency_Key="one")
    assert (again.status_code, again.content) == (201, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    error(world.account.post("appointments", world.asked(ELEVEN), Idempotency_Key="one"), 422, 2)
    assert Appointment.objects.count() == 1


def test_a_refusal_is_judged_afresh(world):
    world.rule(min_notice=60 * 48)
    error(world.account.post("appointments", world.asked(), Idempotency_Key="one"), 400, 9)
    world.rule(min_notice=None)
    assert one(world.account.post("appointments", world.asked(), Idempotency_Key="one"), 201)


def test_another_credential_has_keys_of_its_own(world):
    one(world.account.post("appointments", world.asked(), Idempotency_Key="one"), 201)
    error(pro(world.group).post("appointments", world.asked(), Idempotency_Key="one"), 400, None, "NotAvailable")
