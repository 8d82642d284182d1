"""A practice that takes bookings by the API: one calendar, one service of half an hour, a key of each profile."""

from collections.abc import Iterable

from appointments.models import BookingSettings, Calendar
from tests.appointment_factories import make_calendar, make_customer, make_group, make_service
from tests.appointments.wire import GroupCaller, account, done, pro

# A Monday, 09:00 in Paris, as the practice opens.
NOW = "2026-11-23T08:00:00Z"
# Tuesday.
TEN, HALF_PAST, ELEVEN = "2026-11-24 10:00:00", "2026-11-24 10:30:00", "2026-11-24 11:00:00"
ANNE = {"lastname": "Durand", "firstname": "Anne", "email": "anne@example.org"}


class BookingWorld:
    def __init__(self, **rules):
        self.group = make_group("Practice", **rules)
        self.service = make_service(self.group)
        self.calendar = make_calendar(self.group, self.service, name="Dr Martin")
        self.pro, self.account = pro(self.group), account(self.group)

    def rule(self, **rules) -> None:
        BookingSettings.objects.filter(organization=self.group).update(**rules)

    def customer(self, **fields):
        return make_customer(self.group, **fields)

    def another_calendar(self, **fields) -> Calendar:
        return make_calendar(self.group, self.service, **fields)

    def asked(self, date: str = TEN, fiche: dict | None = None, **more) -> dict:
        """The body of a booking; `fiche` is a new customer's by default."""
        values = {"date": date, "intervention_ids": [self.service.pk], "fiche": {"lastname": "Durand"}}
        return {"appointment": {**values, **({} if fiche is None else {"fiche": fiche}), **more}}

    def book(self, date: str = TEN, fiche: dict | None = None, *, by: GroupCaller | None = None, **more):
        return (by or self.account).post("appointments", self.asked(date, fiche, **more))

    def booked(self, date: str = TEN, fiche: dict | None = None, **more) -> dict:
        return one(self.book(date, fiche, **more), 201)

    def move(self, pk: int, *, by: GroupCaller | None = None, **values):
        return (by or self.account).put(f"appointments/{pk}", {"appointment": values})

    def slots(self, query: str = "", *, by: GroupCaller | None = None):
        return (by or self.account).get(f"availabletimeslots?intervention_ids[]={self.service.pk}&{query}")

    def starts(self, query: str = "", **options) -> list[str]:
        return [slot["start"] for slot in done(self.slots(query, **options))["availabletimeslots"]]


def one(response, status: int = 200) -> dict:
    """The one record of an answer about an appointment."""
    body = done(response, status)
    assert list(body) == ["records"]
    [record] = body["records"]
    return record


def records(response) -> list[dict]:
    return done(response)["records"]


def ids(response) -> list[int]:
    return [record["id"] for record in records(response)]


def at(clock: str, day: str = "2026-11-24") -> str:
    return f"{day} {clock}:00"


def every(minutes: int, first: str, last: str, day: str = "2026-11-24") -> Iterable[str]:
    """The starts from first to last, both included."""
    low, high = (int(clock[:2]) * 60 + int(clock[3:]) for clock in (first, last))
    return [at(f"{minute // 60:02d}:{minute % 60:02d}", day) for minute in range(low, high + 1, minutes)]
