"""The rows that the cases of appointments work on: practices to read, others to book in, so that lists stay alike."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import connection

from appointments.models import Calendar
from core.models import Organization, Role
from scheduling.models import BusyInterval
from tests.appointment_factories import make_calendar, make_group, make_service
from tests.appointments.wire import make_key

WRITTEN, READ, SLOT_CALENDARS = 8, 8, 50
# Calendars of a practice, appointments of each calendar in thirty days.
CALENDARS, APPOINTMENTS = 50, 200
LISTED_CALENDARS = 10
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
# From here on calendars to book in are empty; the hour before it is taken.
FIRST = TODAY + timedelta(days=2)
TAKEN = FIRST - timedelta(hours=1)
ALWAYS = [{"day": day, "start": "00:00", "end": "24:00", "services": []} for day in range(1, 8)]
OFFICE_HOURS = [
    {"day": day, "start": start, "end": end, "services": []}
    for day in range(1, 6)
    for start, end in (("08:00", "12:30"), ("13:30", "18:00"))
]
RULES = {"min_notice": 60, "booking_horizon": 1_000_000, "max_upcoming": 5}

FILL_CUSTOMERS = """
INSERT INTO appointments_customer
       (created_at, updated_at, version, organization_id, lastname, firstname, firstphone, secondphone, email, comments,
        from_web, wants_email_reminders, wants_sms_reminders, is_deleted)
SELECT now(), now(), 1, %(group)s, 'Durand ' || n, 'Anne', '06 12 34 56 78', '', 'anne' || n || '@example.org', '',
       true, false, false, false
  FROM generate_series(1, %(customers)s) AS n
"""
FILL_APPOINTMENTS = """
WITH made AS (
INSERT INTO appointments_appointment
       (created_at, updated_at, version, organization_id, calendar_id, customer_id, start, "end", buffer_before,
        buffer_after, state, key, comments, websource, from_web, assignment_reason, moves, calendar_sequence, attention,
        is_deleted)
SELECT now(), now(), 1, %(group)s, calendar.id,
       (SELECT min(id) FROM appointments_customer WHERE organization_id = %(group)s)
       + (n * 7 + calendar.id) %% %(customers)s,
       start, start + interval '30 minutes', 0, 0, 'in_progress', left(md5(calendar.id || '-' || n), 20), '', 'site',
       true, '', 0, 0, '', false
  FROM appointments_calendar AS calendar, generate_series(0, %(appointments)s - 1) AS n,
       LATERAL (SELECT %(first)s + n * interval '215 minutes' + calendar.id %% 7 * interval '1 minute' AS start) AS s
 WHERE calendar.organization_id = %(group)s
RETURNING id, calendar_id, start, "end"),
lines AS (
INSERT INTO appointments_appointmentline (appointment_id, position, service_id, length)
SELECT id, 0, %(service)s, 30 FROM made)
INSERT INTO scheduling_busyinterval (organization_id, resource_id, seat, start, "end", kind, source_id, is_hard)
SELECT %(group)s, calendar.resource_id, 0, made.start, made."end", 'appointment', made.id, true
  FROM made JOIN appointments_calendar AS calendar ON calendar.id = made.calendar_id
"""


@dataclass(frozen=True)
class Practice:
    """A group, and the keys of both profiles."""

    group_id: int
    account: str
    pro: str
    service_id: int
    calendar_ids: list[int]
    # Of the first calendar.
    resource_id: int
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def place(self) -> tuple[int, datetime]:
        """A calendar and a start in it that nobody asked for yet: every calendar in turn, then the next hour."""
        hours, number = divmod(next(self.numbers), len(self.calendar_ids))
        return self.calendar_ids[number], FIRST + timedelta(hours=hours)

    # -- what moves from one replayed request to the next, for pgbench ------------------------------------

    def variables(self) -> list[str]:
        """Far behind what the servers ask for; ids of calendars and of resources follow each other."""
        return [
            "\\set hour random(20000, 9000000)",
            f"\\set place random(0, {len(self.calendar_ids) - 1})",
            f"\\set calendar :place + {self.calendar_ids[0]}",
            f"\\set resource :place + {self.resource_id}",
        ]

    def moving(self, answer: dict) -> dict[object, str]:
        records = answer.get("records", [])
        if len(records) != 1:
            return {}
        [made] = records
        place = made["calendar_id"] - self.calendar_ids[0]
        return {
            made["calendar_id"]: ":calendar",
            self.resource_id + place: ":resource",
            made["id"]: ":appointments_appointment_id",
            made["fiche_id"]: ":appointments_customer_id",
            made["fiche"]["email"]: "('durand' || :nonce || '@example.org')",
            made["key"]: "left(encode(sha256(int8send(:nonce)), 'hex'), 20)",
        }

    def moment(self, value: datetime, answer: dict) -> str | None:
        """As far from the replayed start as from the one that was captured."""
        records = answer.get("records", [])
        if len(records) != 1:
            return None
        start = datetime.fromisoformat(records[0]["start"]).replace(tzinfo=UTC)
        if abs(value - start) > timedelta(days=3):
            return None
        return f"(timestamptz '{value.isoformat()}' + :hour::float8 * interval '1 hour')"


@dataclass(frozen=True)
class Practices:
    """written: to book in; read: to list; slots: its calendars are half full."""

    written: list[Practice]
    read: list[Practice]
    slots: Practice


def fill_practices() -> Practices:
    written = [_practice(f"Booked {number}", "UTC", CALENDARS, ALWAYS) for number in range(WRITTEN)]
    for practice in written:
        _take(practice)
    read = [_practice(f"Listed {number}", "Europe/Paris", LISTED_CALENDARS, OFFICE_HOURS) for number in range(READ)]
    slots = _practice("Slots", "Europe/Paris", SLOT_CALENDARS, OFFICE_HOURS)
    for practice in (*read, slots):
        _fill(practice)
    return Practices(written, read, slots)


def _practice(name: str, time_zone: str, calendars: int, opening_hours: list) -> Practice:
    group = make_group(name, time_zone=time_zone, **RULES)
    made = [make_calendar(group, name="Dr Martin", opening_hours=opening_hours) for _number in range(calendars)]
    service = make_service(group, *made)
    return Practice(group.pk, *_keys(group), service.pk, [one.pk for one in made], made[0].resource_id)


def _keys(group: Organization) -> tuple[str, str]:
    return make_key(group), make_key(group, Role.BASIC_STAFF)


def _take(practice: Practice) -> None:
    """The slot that everybody will ask for."""
    calendar = Calendar.objects.get(pk=practice.calendar_ids[0])
    BusyInterval.objects.create(
        organization_id=practice.group_id, resource_id=calendar.resource_id, start=TAKEN,
        end=TAKEN + timedelta(minutes=30), kind=BusyInterval.Kind.APPOINTMENT, source_id=0, is_hard=True,
    )  # fmt: skip


def _fill(practice: Practice) -> None:
    values = {
        "group": practice.group_id, "service": practice.service_id, "appointments": APPOINTMENTS,
        "customers": len(practice.calendar_ids) * APPOINTMENTS // 10, "first": TODAY + timedelta(days=1, hours=6),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FILL_CUSTOMERS, values)
        cursor.execute(FILL_APPOINTMENTS, values)
