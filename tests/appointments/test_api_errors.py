"""Which refusal comes first, and that none leaves anything [contract 40: "Book"]."""

from collections.abc import Callable
from itertools import combinations

import pytest
import time_machine

from appointments.models import Customer
from tests.appointment_factories import make_service
from tests.appointments.booking_world import NOW, TEN, BookingWorld
from tests.appointments.wire import error
from tests.scheduling.test_malformed import count_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        yield BookingWorld()


class Wrong:
    """A booking of Anne, who is a customer, to which one thing after another is made wrong."""

    def __init__(self, world: BookingWorld):
        self.world, self.fiche, self.more = world, {"id": world.booked("2026-11-25 10:00:00")["fiche_id"]}, {}
        world.customer(email="known@example.org")

    def unreadable(self) -> None:
        """2"""
        self.more["websource"] = "x" * 256

    def unoffered(self) -> None:
        """2"""
        self.more["intervention_ids"] = [make_service(self.world.group).pk]
        self.more["calendar_id"] = self.world.calendar.pk

    def no_address(self) -> None:
        """13"""
        self.fiche["email"] = "no address"

    def taken_address(self) -> None:
        """11"""
        self.fiche["email"] = "Known@example.org"

    def soon(self) -> None:
        """9"""
        self.world.rule(min_notice=60 * 48)

    def far(self) -> None:
        """8"""
        self.world.rule(booking_horizon=60)

    def same_time(self) -> None:
        """12"""
        self.world.another_calendar()
        booked = self.world.book(TEN, {"id": self.fiche["id"]}, by=self.world.pro)
        assert booked.status_code == 201

    def close(self) -> None:
        """7"""
        booked = self.world.book("2026-11-24 09:30:00", {"id": self.fiche["id"]}, by=self.world.pro)
        assert booked.status_code == 201
        self.world.rule(min_time_between=60)

    def many(self) -> None:
        """6"""
        self.world.rule(max_upcoming=1)

    def taken(self) -> None:
        """NotAvailable"""
        self.more["calendar_id"] = self.world.calendar.pk
        for start in (TEN, "2026-11-24 10:00:00"):
            self.world.book(start, {"lastname": "Petit"}, by=self.world.pro, calendar_id=self.world.calendar.pk)

    def book(self):
        return self.world.book(TEN, self.fiche, **self.more)


# In the contract's order.
STEPS: list[tuple[Callable[[Wrong], None], int | None, str]] = [
    (Wrong.unreadable, 2, "InvalidParameter"),
    (Wrong.unoffered, 2, "InvalidParameter"),
    (Wrong.no_address, 13, "EmailNotFound"),
    (Wrong.taken_address, 11, "EmailAlreadyExists"),
    (Wrong.soon, 9, "MintimeRdv"),
    (Wrong.far, 8, "MaxRdvPeriod"),
    (Wrong.same_time, 12, "SameTimeRdv"),
    (Wrong.close, 7, "MintimeBetween"),
    (Wrong.many, 6, "MaxRdvNumber"),
    (Wrong.taken, None, "NotAvailable"),
]
# Of one address: that it is none, and another's, is in test_api_addresses.
APART = {Wrong.no_address, Wrong.taken_address}
PAIRS = [
    pytest.param(first, second, id=f"{first[0].__name__} before {second[0].__name__}")
    for first, second in combinations(STEPS, 2)
    if {first[0], second[0]} != APART
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_of_two_things_wrong_the_first_in_order_is_told(world, first, second):
    wrong = Wrong(world)
    # The later one first: what makes a calendar full or a customer busy must itself be possible.
    for step in (second, first):
        step[0](wrong)
    error(wrong.book(), 400, first[1], first[2])


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[0].__name__)
def test_a_refused_booking_leaves_no_row_of_any_kind(world, step):
    wrong = Wrong(world)
    step[0](wrong)
    wrong.fiche["firstname"] = "Changed"
    before = count_rows()
    error(wrong.book(), 400, step[1], step[2])
    error(world.account.post("appointments", wrong.world.asked(TEN, wrong.fiche, **wrong.more)), 400, step[1])
    assert count_rows() == before
    assert not Customer.objects.filter(firstname="Changed").exists()


@pytest.mark.parametrize(
    "step", [step for step in STEPS if step[1] not in {12, 7, 6}], ids=lambda step: step[0].__name__
)
def test_nor_does_one_of_a_new_customer(world, step):
    wrong = Wrong(world)
    wrong.fiche = {"lastname": "New"}
    step[0](wrong)
    before = count_rows()
    error(wrong.book(), 400, step[1], step[2])
    assert count_rows() == before


def test_all_that_no_parameter_may_be_is_told_at_once_in_the_requests_order(world):
    body = {"appointment": {"websource": 1, "fiche": {"email": [], "id": "x"}, "date": "x", "intervention_ids": ["y"]}}
    found = error(world.account.post("appointments", body), 400, 2)
    assert list(found["fields"]) == ["websource", "fiche.id", "fiche.email", "date", "intervention_ids[0]"]
