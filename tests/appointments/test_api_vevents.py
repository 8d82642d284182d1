"""Raw events of calendars through the API, appointments among them [annex 40; contract 40]."""

import pytest
import time_machine

from appointments.models import Appointment, CalendarEvent
from core.models import Role
from scheduling.models import BusyInterval
from tests.appointment_factories import make_calendar, make_customer, make_group, make_service
from tests.appointments.wire import account, done, error, fields, group_person, pro

pytestmark = pytest.mark.django_db
NOON, TWO, FOUR = (f"2026-11-23 {hour}:00:00" for hour in (12, 14, 16))


@pytest.fixture(autouse=True)
def november():
    """A Sunday; the calendars open on Monday at nine."""
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        yield


class World:
    def __init__(self):
        self.group = make_group()
        self.staff = pro(self.group)
        self.service = make_service(self.group)
        self.calendar = make_calendar(self.group, self.service)
        self.customer = make_customer(self.group)

    def post(self, **values):
        return self.staff.post("vevents", {"vevent": {"calendar_id": self.calendar.pk, "start": NOON, **values}})

    def book(self, **values):
        return self.post(fiche_id=self.customer.pk, intervention_id=self.service.pk, **values)

    def put(self, pk: int, **values):
        return self.staff.put(f"vevents/{pk}", {"vevent": values})


@pytest.fixture
def world():
    return World()


def test_both_ids_0_is_a_block(world):
    response = world.post(end=TWO, intervention_id=0, fiche_id=0, text="Lunch", colorref="#112233", taker="Ann")
    made = done(response, 201)
    assert made == {
        "id": made["id"],
        "group_id": world.group.pk,
        "calendar_id": world.calendar.pk,
        "start": NOON,
        "end": TWO,
        "kind": "block",
        "type": "Vevent",
        "note": False,
        "text": "Lunch",
        "intervention_id": 0,
        "fiche_id": 0,
        "taker": "Ann",
        "comments": "",
        "from_web": False,
        "colorref": "#112233",
        "deleted": False,
        **dict.fromkeys(("created_at", "updated_at"), "2026-11-22 13:00:00"),
    }
    assert done(world.staff.get(response["Location"])) == made
    assert done(world.put(made["id"], **made)) == made, "what is read can be sent back"


def test_a_type_of_its_own_is_an_extra_opening_and_may_be_for_one_service(world):
    made = done(world.post(end=TWO, type="VfreebusyEvent", intervention_id=world.service.pk), 201)
    assert (made["kind"], made["type"], made["intervention_id"]) == ("opening", "VfreebusyEvent", world.service.pk)
    assert done(world.put(made["id"], intervention_id=0))["intervention_id"] == 0
    assert done(world.put(made["id"], type="Vevent"))["kind"] == "block"


def test_a_note_stands_at_midnight_and_takes_no_time(world):
    midnight = "2026-11-23 00:00:00"
    made = done(world.post(start=midnight, note=1, text="Stocktaking"), 201)
    assert (made["kind"], made["note"], made["start"], made["end"]) == ("note", True, midnight, midnight)
    later = "2026-11-24 00:00:00"
    assert done(world.put(made["id"], start=later))["end"] == later
    assert done(world.put(made["id"], note=0, end=NOON.replace("23", "25")))["kind"] == "block"


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ({}, ["end"]),
        ({"end": NOON}, ["end"]),
        ({"end": "2026-11-23 11:59:59"}, ["end"]),
        ({"end": TWO, "note": 1}, ["end"]),
        ({"end": TWO, "intervention_id": "{service}"}, ["intervention_id"]),
        ({"end": TWO, "type": "Vbusy"}, ["type"]),
        ({"end": TWO, "type": 1}, ["type"]),
        ({"end": TWO, "note": "x"}, ["note"]),
        ({"end": TWO, "colorref": "red"}, ["colorref"]),
        ({"end": TWO, "calendar_id": 999999}, ["calendar_id"]),
        ({"end": TWO, "calendar_id": None}, ["calendar_id"]),
        ({"end": TWO, "start": None}, ["start"]),
        ({"fiche_id": "{customer}"}, ["intervention_id"]),
        ({"fiche_id": 999999, "intervention_id": "{service}"}, ["fiche_id"]),
        ({"fiche_id": "{customer}", "intervention_id": "{service}", "end": FOUR}, ["end"]),
        ({"fiche_id": "{customer}", "intervention_id": "{service}", "note": 1}, ["fiche_id"]),
        ({"fiche_id": "{customer}", "intervention_id": "{service}", "type": "VfreebusyEvent"}, ["fiche_id"]),
        ({"end": TWO, "text": "x" * 256, "taker": 1}, ["text", "taker"]),
    ],
)
def test_what_is_no_event_is_told_by_its_place_and_nothing_is_made(world, values, places):
    ids = {"{service}": world.service.pk, "{customer}": world.customer.pk}
    sent = {name: ids.get(value, value) if isinstance(value, str) else value for name, value in values.items()}
    assert list(fields(world.post(**sent))) == places
    assert (CalendarEvent.objects.count(), Appointment.objects.count()) == (0, 0)


def test_a_customer_and_a_service_make_an_appointment_through_the_booking(world):
    made = done(world.book(comments="First visit"), 201)
    appointment = Appointment.objects.get()
    assert made["id"] == appointment.pk
    assert {name: made[name] for name in ("kind", "start", "end", "fiche_id", "intervention_id", "comments")} == {
        "kind": "appointment",
        "start": NOON,
        "end": "2026-11-23 12:30:00",
        "fiche_id": world.customer.pk,
        "intervention_id": world.service.pk,
        "comments": "First visit",
    }
    assert BusyInterval.objects.get().source_id == appointment.pk
    found = error(world.book(), 400, None, "NotAvailable")
    assert found["message"] == "This time slot is not available anymore"
    assert list(found["fields"]) == ["start"]
    assert Appointment.objects.count() == 1


def test_an_appointment_among_them_is_moved_and_cancelled_by_the_bookings_rules(world):
    made = done(world.book(), 201)
    assert done(world.put(made["id"], start=FOUR))["end"] == "2026-11-23 16:30:00"
    assert BusyInterval.objects.get().start.hour == 15, "in UTC"
    other = make_customer(world.group)
    assert list(fields(world.put(made["id"], fiche_id=other.pk, start=NOON))) == ["fiche_id"]
    assert list(fields(world.put(made["id"], intervention_id=0))) == ["intervention_id"]
    assert list(fields(world.put(made["id"], end=TWO))) == ["end"]
    assert list(fields(world.put(made["id"], note=1))) == ["note"]
    assert done(world.staff.delete(f"vevents/{made['id']}"))["deleted"] is True
    assert not BusyInterval.objects.exists()
    error(world.staff.delete(f"vevents/{made['id']}"), 404, 3)
    error(world.put(made["id"], comments="x"), 409, 2)
    assert done(world.put(made["id"], deleted=False))["deleted"] is False
    assert BusyInterval.objects.count() == 1


def test_what_is_no_appointment_never_becomes_one(world):
    made = done(world.post(end=TWO), 201)
    assert list(fields(world.put(made["id"], fiche_id=world.customer.pk))) == ["fiche_id"]


def test_a_block_closes_the_calendar_until_it_is_deleted(world):
    made = done(world.post(end=TWO), 201)
    error(world.book(), 400, None, "NotAvailable")
    assert done(world.staff.delete(f"vevents/{made['id']}"))["deleted"] is True
    error(world.staff.delete(f"vevents/{made['id']}"), 404, 3)
    assert world.book().status_code == 201
    error(world.put(made["id"], text="x"), 409, 2)


def test_the_list_holds_both_in_order_each_once(world):
    block = done(world.post(start=TWO, end=FOUR, text="Lunch"), 201)
    booked = done(world.book(), 201)
    note = done(world.post(start="2026-11-23 00:00:00", note=1), 201)
    other = done(world.post(calendar_id=make_calendar(world.group).pk, end=TWO), 201)

    def ids(query: str = "") -> list[int]:
        return [one["id"] for one in done(world.staff.get(f"vevents?{query}"))["records"]]

    page = done(world.staff.get("vevents"))
    assert page["records"] == [note, booked, other, block]
    assert ids("results=2&startIndex=1") == [booked["id"], other["id"]]
    assert done(world.staff.get("vevents?results=2"))["totalRecords"] == 4
    assert ids("sort=id&dir=desc") == [other["id"], note["id"], block["id"], booked["id"]]
    assert ids(f"calendar_id={world.calendar.pk}") == [note["id"], booked["id"], block["id"]]
    assert ids(f"fiche_id={world.customer.pk}") == [booked["id"]]
    assert ids("search=lunch") == [block["id"]]
    condition = "conditions[0][field]={}&conditions[0][op]=in&conditions[0][value]={}"
    assert ids(condition.format("kind", "appointment,note")) == [note["id"], booked["id"]]
    assert ids(condition.format("id", f"{block['id']},{booked['id']}")) == [booked["id"], block["id"]]
    assert ids(condition.format("intervention_id", world.service.pk)) == [booked["id"]]
    world.staff.delete(f"vevents/{booked['id']}")
    assert booked["id"] not in ids()
    assert ids(condition.format("deleted", 1)) == [booked["id"]]


def test_an_appointment_is_not_deleted_by_a_change_here_either(world):
    booked = done(world.book(), 201)["id"]
    assert list(fields(world.put(booked, deleted=True))) == ["deleted"]
    assert done(world.put(booked, deleted=False))["deleted"] is False


def test_events_of_another_group_do_not_exist(world):
    foreign = World()
    made = [done(foreign.post(start=TWO, end=FOUR), 201)["id"], done(foreign.book(), 201)["id"]]
    for pk in (*made, 0, 10**12, 10**12 + 999, 2**63, "x"):
        error(world.staff.get(f"vevents/{pk}"), 404, 3)
        error(world.put(pk, text="x"), 404, 3)
        error(world.staff.delete(f"vevents/{pk}"), 404, 3)
    assert "calendar_id" in fields(world.post(end=TWO, calendar_id=foreign.calendar.pk))
    assert "fiche_id" in fields(world.post(fiche_id=foreign.customer.pk, intervention_id=world.service.pk))
    assert done(world.staff.get(f"vevents?calendar_id={foreign.calendar.pk}"))["records"] == []


def test_account_sees_none_and_basic_staff_write_them(world):
    made, customer = done(world.post(end=TWO), 201), account(world.group)
    path = f"vevents/{made['id']}"
    answers = [customer.get("vevents"), customer.get(path), customer.delete(path)]
    answers += [customer.post("vevents", {"vevent": {}}), customer.put(path, {"vevent": {}})]
    for response in answers:
        error(response, 403, 1)
    assert group_person(world.group, Role.BASIC_STAFF).delete(path).status_code == 200


def test_a_stale_if_match_is_412_for_both_kinds(world):
    for response in (world.post(start=TWO, end=FOUR), world.book()):
        path, tag = f"vevents/{response.json()['id']}", response["ETag"]
        changed = world.staff.put(path, {"vevent": {"comments": "x"}}, **{"If-Match": tag})
        assert changed.status_code == 200
        error(world.staff.put(path, {"vevent": {"comments": "y"}}, **{"If-Match": tag}), 412, 2)
        error(world.staff.delete(path, **{"If-Match": tag}), 412, 2)
        assert world.staff.delete(path, **{"If-Match": changed["ETag"]}).status_code == 200
