"""A booking, as the hand-written server does it: the same checks in the same order, the same rows."""

import re
import secrets
import string
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import orjson
from pydantic import BaseModel, Field

from appointments.availability import CalendarTime, Need, judge
from bench import fastapi_appointments_sql as sql
from bench.fastapi_calendars import local, need_of, times
from bench.fastapi_events import tell_webhooks

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
SIGNS = string.ascii_letters + string.digits
STATES = {"in_progress": 0, "came": 1, "not_came": 2, "pending": 3}
NOT_AVAILABLE = (None, "NotAvailable", "This time slot is not available anymore")


class Refused(Exception):
    """With the number, name and message of this API, and the parameter."""

    def __init__(self, number: int | None, name: str, message: str, parameter: str, status: int = 400):
        super().__init__(message)
        self.status = status
        error = {"code": number, "name": name, "message": message, "fields": {parameter: [message]}}
        self.body = orjson.dumps({"error": error})


class FicheIn(BaseModel):
    lastname: str = Field("", max_length=64)
    firstname: str = Field("", max_length=64)
    firstphone: str = Field("", max_length=25)
    secondphone: str = Field("", max_length=25)
    email: str = Field("", max_length=255)
    rappel_email: bool = True


class AppointmentIn(BaseModel):
    fiche: FicheIn
    date: datetime
    calendar_id: int
    intervention_ids: list[int] = Field(min_length=1, max_length=20)
    comments: str = Field("", max_length=5000)
    websource: str = Field("", max_length=255)
    from_web: bool = True


class RootIn(BaseModel):
    appointment: AppointmentIn


async def book(connection: asyncpg.Connection, caller, group: asyncpg.Record, given: AppointmentIn) -> dict:
    """The appointment as it is answered. Raises Refused."""
    zone = ZoneInfo(group["time_zone"])
    services = await services_of(connection, group, given.intervention_ids, caller.is_staff)
    calendar = await calendar_of(connection, group, given, caller.is_staff)
    start = start_of(given.date, zone)
    await check_email(connection, group, given.fiche.email)
    now = datetime.now(UTC)
    check_rules(group, start, now, caller.is_staff)
    need = need_of(services)
    await free_seat(connection, zone, calendar, need, start)
    customer_id = await keep_customer(connection, caller, group, given.fiche, now)
    await connection.execute(sql.LOCK, calendar["resource_id"] % 2**31)
    seat = await free_seat(connection, zone, calendar, need, start)
    state = "pending" if group["confirm_required"] and not caller.is_staff else "in_progress"
    row = {
        "key": "".join(secrets.choice(SIGNS) for _ in range(20)), "start": start, "state": state,
        "end": start + timedelta(seconds=need.length), "comments": given.comments, "websource": given.websource,
        "from_web": given.from_web, "created_at": now, "updated_at": now, "customer_id": customer_id,
        "customer_comments": "", "birthdate": None, **given.fiche.model_dump(), **calendar_parts(calendar),
        **service_parts(services), "assignment_reason": "", "is_deleted": False,
    }  # fmt: skip
    row["id"] = await keep_appointment(connection, caller, group, row, services, need)
    buffered = (start - timedelta(seconds=need.before), row["end"] + timedelta(seconds=need.after))
    if not await connection.fetchval(sql.TAKE, group["id"], calendar["resource_id"], seat, *buffered, row["id"]):
        raise Refused(*NOT_AVAILABLE, "date")
    await tell_webhooks(connection, group["id"], "appointment.booked", row["id"], now)
    await tell(connection, group, row, now)
    return appointment_json(row, group, zone)


# -- checks ---------------------------------------------------------------------------------------------------


async def services_of(connection, group: asyncpg.Record, ids: list[int], is_staff: bool) -> list[asyncpg.Record]:
    rows = await connection.fetch(sql.SERVICES, group["id"], ids)
    found = {row["id"]: row for row in rows if is_staff or row["is_open"]}
    if any(pk not in found for pk in ids):
        raise Refused(2, "InvalidParameter", "must exist", "intervention_ids")
    if group["max_multirdvs"] is not None and len(ids) > group["max_multirdvs"]:
        raise Refused(2, "InvalidParameter", "too many", "intervention_ids")
    return [found[pk] for pk in ids]


async def calendar_of(connection, group: asyncpg.Record, given: AppointmentIn, is_staff: bool) -> asyncpg.Record:
    calendar = await connection.fetchrow(sql.CALENDARS, group["id"], [given.calendar_id], given.intervention_ids)
    if calendar is None or not (is_staff or calendar["is_open"]):
        raise Refused(2, "InvalidParameter", "must exist", "calendar_id")
    return calendar


def start_of(given: datetime, zone: ZoneInfo) -> datetime:
    start = given.replace(tzinfo=zone).astimezone(UTC) if given.tzinfo is None else given.astimezone(UTC)
    if start.microsecond or (given.tzinfo is None and start.astimezone(zone).replace(tzinfo=None) != given):
        raise Refused(2, "InvalidParameter", "does not exist: the clocks skip it", "date")
    return start


async def check_email(connection, group: asyncpg.Record, email: str) -> None:
    if email and not EMAIL.fullmatch(email):
        raise Refused(13, "EmailNotFound", "This email address does not exists.", "fiche.email")
    if email and await connection.fetchval(sql.EMAIL_TAKEN, group["id"], email.lower()):
        raise Refused(
            11, "EmailAlreadyExists", "This email address is already user by another registered user.", "fiche.email"
        )


def check_rules(group: asyncpg.Record, start: datetime, now: datetime, is_staff: bool) -> None:
    ahead = start - now
    if not is_staff and (ahead <= timedelta(0) or ahead < timedelta(minutes=group["min_notice"] or 0)):
        raise Refused(9, "MintimeRdv", "This appointment is too soon", "date")
    horizon = group["booking_horizon"]
    if not is_staff and horizon is not None and ahead > timedelta(minutes=horizon):
        raise Refused(8, "MaxRdvPeriod", "This appointment is too far away", "date")


async def free_seat(connection, zone: ZoneInfo, calendar: asyncpg.Record, need: Need, start: datetime) -> int:
    found = await times(connection, zone, [calendar], need, start, start + timedelta(seconds=1))
    time: CalendarTime = found[calendar["id"]]
    judged = judge(time, need, int(start.timestamp()))
    if not (judged.is_open and judged.is_on_step and judged.is_free):
        raise Refused(*NOT_AVAILABLE, "date")
    return judged.free_seats[0]


# -- rows -----------------------------------------------------------------------------------------------------


async def keep_customer(connection, caller, group: asyncpg.Record, fiche: FicheIn, now: datetime) -> int:
    names = (fiche.lastname, fiche.firstname, fiche.firstphone, fiche.secondphone, fiche.email, fiche.rappel_email)
    values = (now, group["id"], *names, caller.application_id)
    pk = await connection.fetchval(sql.INSERT_CUSTOMER, *values)
    await connection.execute(sql.INSERT_CUSTOMER_HISTORY, pk, *values, caller.request_id)
    return pk


async def keep_appointment(connection, caller, group: asyncpg.Record, row: dict, services: list, need: Need) -> int:
    values = (
        row["created_at"], group["id"], row["calendar_id"], row["customer_id"], row["start"], row["end"],
        need.before // 60, need.after // 60, row["state"], row["key"], row["comments"], row["websource"],
        row["from_web"], caller.application_id,
    )  # fmt: skip
    pk = await connection.fetchval(sql.INSERT_APPOINTMENT, *values)
    await connection.execute(sql.INSERT_APPOINTMENT_HISTORY, pk, *values, caller.request_id)
    for position, service in enumerate(services):
        await connection.execute(sql.INSERT_LINE, pk, position, service["id"], service["length"])
    return pk


async def tell(connection, group: asyncpg.Record, row: dict, now: datetime) -> None:
    if not row["email"] or not group["sendmail"]:
        return
    params = orjson.dumps({"sequence": 0, "state": row["state"]}).decode()
    values = (group["id"], row["email"], group["language"], row["id"], params, now)
    await connection.execute(sql.INSERT_MESSAGE, *values)


# -- the answer -----------------------------------------------------------------------------------------------


def calendar_parts(calendar: asyncpg.Record) -> dict:
    return {
        "calendar_id": calendar["id"], "calendar_name": calendar["name"],
        "calendar_publicname": calendar["publicname"], "address": calendar["address"],
        "zipcode": calendar["zipcode"], "city": calendar["city"],
    }  # fmt: skip


def service_parts(services: list[asyncpg.Record]) -> dict:
    first = services[0]
    return {
        "service_id": first["id"], "service_publicname": first["publicname"], "serviceset_id": first["serviceset_id"],
        "service_length": first["length"], "service_name": first["name"], "line_length": first["length"],
        "service_ids": [service["id"] for service in services],
    }  # fmt: skip


def appointment_json(row: asyncpg.Record | dict, group: asyncpg.Record, zone: ZoneInfo) -> dict:
    """In the order of the documentation."""
    town = f"{row['zipcode']} {row['city']}".strip()
    start = local(row["start"], zone)
    birthdate = row["birthdate"]
    return {
        "id": row["id"], "key": row["key"], "start": start, "end": local(row["end"], zone), "created_since": 0,
        "state": STATES[row["state"]], "location": ", ".join(part for part in (row["address"], town) if part),
        "group_id": group["id"],
        "group": {"id": group["id"], "name": group["name"], "urlname": group["urlname"] or ""},
        "calendar_id": row["calendar_id"],
        "calendar": {"id": row["calendar_id"], "publicname": row["calendar_publicname"], "epj": None},
        "fiche_id": row["customer_id"],
        "fiche": {
            "id": row["customer_id"], "birthdate": birthdate and birthdate.isoformat(), "lastname": row["lastname"],
            "firstname": row["firstname"], "email": row["email"], "firstphone": row["firstphone"],
            "secondphone": row["secondphone"], "comments": row["customer_comments"],
        },
        "intervention_id": row["service_id"],
        "intervention": {
            "id": row["service_id"], "publicname": row["service_publicname"],
            "interventionset_id": row["serviceset_id"], "length": row["service_length"],
        },
        "capacity": 1, "resource_id": 0, "websource": row["websource"], "from_web": row["from_web"],
        "intervention_name": row["service_name"], "intervention_length": row["line_length"],
        "calendar_name": row["calendar_name"], "group_name": group["name"], "comments": row["comments"],
        "smsreminder": 0, "date": start, "intervention_ids": row["service_ids"],
        "assignment_reason": row["assignment_reason"], "created_at": local(row["created_at"], zone),
        "updated_at": local(row["updated_at"], zone), "deleted": row["is_deleted"],
    }  # fmt: skip
