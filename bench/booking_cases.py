"""What is measured of appointments [contract 40]."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from bench.cases import Case, Goals
from bench.data import Sample
from bench.load import request
from bench.practices import TAKEN, TODAY, Practice

DAYS = 30


def address(practice: Practice, path: str) -> str:
    return f"/api/v1/groups/{practice.group_id}/{path}"


def booking_body(practice: Practice, calendar_id: int, start: datetime) -> bytes:
    """The seed's request with a new fiche, whose reminder is off: one e-mail is queued."""
    fiche = {
        "lastname": "Durand",
        "firstname": "Anne",
        "firstphone": "06 12 34 56 78",
        "email": f"{uuid.uuid4().hex}@example.org",
        "rappel_email": False,
    }
    values = {
        "date": f"{start:%Y-%m-%d %H:%M:%S}",
        "calendar_id": calendar_id,
        "intervention_ids": [practice.service_id],
        "comments": "",
        "fiche": fiche,
    }
    return json.dumps({"appointment": values}).encode()


def book(practice: Practice, **headers: str) -> bytes:
    return post(practice, *practice.place(), **headers)


def book_with_key(practice: Practice) -> bytes:
    return book(practice, Idempotency_Key=uuid.uuid4().hex)


def ask_for_taken(practice: Practice) -> bytes:
    """Everybody the same slot, which has been given away."""
    return post(practice, practice.calendar_ids[0], TAKEN)


def post(practice: Practice, calendar_id: int, start: datetime, **headers: str) -> bytes:
    body = booking_body(practice, calendar_id, start)
    return request("POST", address(practice, "appointments"), body, X_Api_Key=practice.account, **headers)


def list_of(size: int) -> Callable[[Practice], bytes]:
    return lambda one: request("GET", address(one, f"appointments?results={size}"), X_Api_Key=one.pro)


def slots_of(calendars: int) -> Callable[[Practice], bytes]:
    """A month from tomorrow on, asked by a customer-facing key."""
    begin = f"{TODAY + timedelta(days=1):%Y-%m-%d}%2000:00:00"

    def build(practice: Practice) -> bytes:
        ids = "".join(f"&calendar_ids%5B%5D={pk}" for pk in practice.calendar_ids[:calendars])
        query = f"intervention_ids%5B%5D={practice.service_id}&start={begin}&nDays={DAYS}{ids}"
        return request("GET", address(practice, f"availabletimeslots?{query}"), X_Api_Key=practice.account)

    return build


def written(sample: Sample) -> list[Practice]:
    return sample.practices.written


def one_written(sample: Sample) -> list[Practice]:
    return sample.practices.written[:1]


def read(sample: Sample) -> list[Practice]:
    return sample.practices.read


def slots(sample: Sample) -> list[Practice]:
    return [sample.practices.slots]


BOOK = Goals((0.7, 1.2), (0.20, 0.40), (3.5, 2.5))
CASES = [
    Case("book", "POST appointment", book, written, BOOK),
    Case("book-key", "POST appointment, Idempotency-Key", book_with_key, written, BOOK),
    Case("book-refused", "POST appointment, slot taken", ask_for_taken, one_written, status=400),
    Case("appointments-20", "GET 20 appointments", list_of(20), read, Goals((0.7, 1.2), (0.08, 0.18), (2.0, 1.0))),
    Case("appointments-100", "GET 100 appointments", list_of(100), read, Goals((0.7, 1.4), (0.12, 0.28), (2.5, 1.1))),
    Case("slots-1", f"GET free slots, 1 calendar, {DAYS} days", slots_of(1), slots),
    Case("slots-50", f"GET free slots, 50 calendars, {DAYS} days", slots_of(50), slots),
]
# Refusals a second as a share of bookings a second: must, aim.
STORM = ("book-refused", "book", (0.8, 1.0))
