"""The appointments of the hand-written server: book, list, free slots, by API key."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import asyncpg
import orjson
from fastapi import APIRouter, FastAPI, Query, Request, Response

from bench import fastapi_appointments_sql as sql
from bench.fastapi_booking import Refused, RootIn, appointment_json, book, services_of
from bench.fastapi_calendars import need_of, slots, times
from bench.fastapi_once import answer_once

router = APIRouter(prefix="/api/v1/groups/{group_id}")
STAFF = {"basic_staff", "advanced_staff", "administrator"}
UNAUTHORIZED = (1, "Unauthorized", "You are not granted for this action.")
MOST_DAYS = timedelta(days=92)


@dataclass(slots=True)
class KeyCaller:
    application_id: int
    is_staff: bool
    request_id: str


def install(app: FastAPI) -> None:
    app.include_router(router)
    app.add_exception_handler(Refused, refused)


async def refused(request: Request, error: Refused) -> Response:
    return Response(error.body, status_code=error.status, media_type="application/json")


async def caller_of(request: Request, connection: asyncpg.Connection, group_id: int, scope: str) -> KeyCaller:
    key = request.query_params.get("apikey") or request.headers.get("x-api-key") or ""
    rows = await connection.fetch(sql.KEY, hashlib.sha256(key.encode()).hexdigest())
    if not rows or not rows[0]["is_active"]:
        raise Refused(5, "LoginFailed", "Authentification failed.", "apikey", 401)
    if group_id not in {row["organization_id"] for row in rows}:
        raise Refused(*UNAUTHORIZED, "group_id", 403)
    if scope not in orjson.loads(rows[0]["allowed_scopes"]):
        raise Refused(*UNAUTHORIZED, "scope", 403)
    is_staff = bool(STAFF & set(orjson.loads(rows[0]["roles"])))
    return KeyCaller(rows[0]["id"], is_staff, secrets.token_hex(16))


def answered(body: bytes, caller: KeyCaller, status: int = 200, **headers: str) -> Response:
    told = {"X-Request-Id": caller.request_id, **headers}
    return Response(body, status_code=status, headers=told, media_type="application/json")


@router.post("/appointments")
async def create_appointment(request: Request, group_id: int, root: RootIn) -> Response:
    async with request.app.state.pool.acquire() as connection:
        caller = await caller_of(request, connection, group_id, "appointments:write")
        group = await connection.fetchrow(sql.GROUP, group_id)

        async def create() -> dict:
            made = await book(connection, caller, group, root.appointment)
            body = orjson.dumps({"records": [made]})
            tag = f'"1-{hashlib.sha256(body).hexdigest()[:16]}"'
            location = f"{request.url.path}/{made['id']}"
            return {"status": 201, "body": body.decode(), "headers": {"ETag": tag, "Location": location}}

        answer = await answer_once(connection, request, caller.application_id, create)
    return answered(answer["body"].encode(), caller, answer["status"], **answer["headers"])


@router.get("/appointments")
async def list_appointments(request: Request, group_id: int, results: int = 25, startIndex: int = 0) -> Response:
    size, now = min(max(results, 1), 1000), datetime.now(UTC)
    async with request.app.state.pool.acquire() as connection:
        caller = await caller_of(request, connection, group_id, "appointments:read")
        group = await connection.fetchrow(sql.GROUP, group_id)
        rows = await connection.fetch(sql.PAGE, group_id, now, size, startIndex)
        is_last = len(rows) < size and (rows or startIndex == 0)
        total = startIndex + len(rows) if is_last else await connection.fetchval(sql.COUNT, group_id, now)
    zone = ZoneInfo(group["time_zone"])
    envelope = {
        "records": [appointment_json(row, group, zone) for row in rows], "sort": None, "dir": None,
        "totalRecords": total, "startIndex": startIndex, "recordsReturned": len(rows), "pageSize": size,
    }  # fmt: skip
    return answered(orjson.dumps(envelope), caller)


@router.get("/availabletimeslots")
async def list_slots(
    request: Request,
    group_id: int,
    start: datetime,
    nDays: int,
    intervention_ids: Annotated[list[int], Query(alias="intervention_ids[]")],
    calendar_ids: Annotated[list[int], Query(alias="calendar_ids[]")],
) -> Response:
    async with request.app.state.pool.acquire() as connection:
        caller = await caller_of(request, connection, group_id, "appointments:read")
        group = await connection.fetchrow(sql.GROUP, group_id)
        zone = ZoneInfo(group["time_zone"])
        services = await services_of(connection, group, intervention_ids, caller.is_staff)
        rows = await connection.fetch(sql.CALENDARS, group_id, calendar_ids, intervention_ids)
        begin, end = window(group, start, nDays, zone, caller.is_staff)
        need = need_of(services)
        calendars = [row for row in rows if caller.is_staff or row["is_open"]]
        found = await times(connection, zone, calendars, need, begin, end)
    listed = slots(found, need, zone, begin, end)
    body = {
        "group_id": group_id, "intervention_ids": intervention_ids, "calendar_id": None, "calendar_ids": calendar_ids,
        "firstSlot": listed[0]["start"] if listed else None, "availabletimeslots": listed,
    }  # fmt: skip
    return answered(orjson.dumps(body), caller)


def window(group: asyncpg.Record, start: datetime, days: int, zone: ZoneInfo, is_staff: bool) -> tuple:
    """So many local days, as far as notice and horizon leave them to customers."""
    begin, end = start.replace(tzinfo=zone), (start + timedelta(days=days)).replace(tzinfo=zone)
    if not timedelta(0) < end - begin <= MOST_DAYS:
        raise Refused(2, "InvalidParameter", "must be at most 92 days after the start", "nDays")
    now, horizon = datetime.now(UTC), group["booking_horizon"]
    if not is_staff:
        begin = max(begin, now + timedelta(minutes=group["min_notice"] or 0))
        end = end if horizon is None else min(end, now + timedelta(minutes=horizon))
    return begin.astimezone(UTC), end.astimezone(UTC)
