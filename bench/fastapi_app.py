"""What a user might write instead: the same endpoints by hand in FastAPI + asyncpg, on the same tables.

It does what ours do for these requests (credential, scope, role, rules, rows, headers, JSON) and nothing else: no
forms, filters, sorting, other errors, admin or documentation.
"""

import hashlib
import os
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import orjson
from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, Field, field_validator

from bench import fastapi_sql as sql
from bench.fastapi_appointments import install
from bench.fastapi_events import tell_webhooks
from bench.fastapi_once import answer_once
from bench.fastapi_wire import links, service_json

HORIZON = timedelta(days=14)
RANKS = {"student": 0, "basic_staff": 1, "advanced_staff": 2, "administrator": 3}
LABELS = {
    "student": "Student",
    "basic_staff": "Basic staff",
    "advanced_staff": "Advanced staff",
    "administrator": "Administrator",
}


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=4, max_size=8) as app.state.pool:
        yield


app = FastAPI(lifespan=lifespan, openapi_url=None)
install(app)


@dataclass(slots=True)
class Caller:
    application_id: int
    name: str
    roles: list[str]
    organizations: list[int]
    request_id: str

    @property
    def rank(self) -> int:
        return max((RANKS[role] for role in self.roles), default=-1)

    def headers(self) -> dict[str, str]:
        roles = ", ".join(LABELS[role] for role in self.roles) or "None"
        return {
            "X-Application-Id": str(self.application_id),
            "X-Application-Name": self.name,
            "X-Application-Roles": roles,
            "X-Request-Id": self.request_id,
        }


async def caller_of(request: Request, connection: asyncpg.Connection) -> Caller:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise HTTPException(401, "The access token is invalid")
    rows = await connection.fetch(sql.TOKEN, hashlib.sha256(token.encode()).hexdigest())
    if not rows or not rows[0]["is_active"] or rows[0]["expires"] <= datetime.now(UTC):
        raise HTTPException(401, "The access token is invalid")
    first = rows[0]
    if "tig" not in set(first["scope"].split()) & set(orjson.loads(first["allowed_scopes"])):
        raise HTTPException(403, "Insufficient scope")
    organizations = [row["organization_id"] for row in rows if row["organization_id"]]
    roles = orjson.loads(first["roles"])
    return Caller(first["application_id"], first["name"], roles, organizations, secrets.token_hex(16))


# -- lists ----------------------------------------------------------------------------------------------------


@app.get("/v2/community_services")
async def list_services(request: Request, page: int = 1, per_page: int = 30) -> Response:
    size = min(max(per_page, 1), 100)
    async with app.state.pool.acquire() as connection:
        caller = await caller_of(request, connection)
        organization_id = caller.organizations[0]
        total = await connection.fetchval(sql.COUNT, organization_id)
        rows = await connection.fetch(sql.PAGE, organization_id, size, (page - 1) * size)
    headers = {**caller.headers(), "X-Page": str(page), "X-Per-Page": str(size), "X-Total": str(total)}
    headers["Link"] = links(str(request.url.replace(query="")), page, size, total)
    body = orjson.dumps([service_json(row) for row in rows])
    return Response(body, headers=headers, media_type="application/json")


# -- create ---------------------------------------------------------------------------------------------------


class ServiceIn(BaseModel):
    duration: int = Field(gt=0, lt=2**31)
    occupation: str | None = Field(None, max_length=255)
    schedule_at: datetime | None = None
    close_id: int | None = None
    tiger_id: int | None = None

    @field_validator("schedule_at", mode="before")
    @classmethod
    def read_moment(cls, value: object) -> object:
        return value.replace(" UTC", "+00:00") if isinstance(value, str) else value


class RootIn(BaseModel):
    community_service: ServiceIn


@app.post("/v2/community_services")
async def create_service(request: Request, root: RootIn) -> Response:
    async with app.state.pool.acquire() as connection:
        caller = await caller_of(request, connection)
        if caller.rank < RANKS["basic_staff"]:
            raise HTTPException(403, "You are not authorized to access this page.")
        answer = await answer_once(
            connection, request, caller.application_id, lambda: create(connection, caller, root.community_service)
        )
    return response(answer, caller)


def response(answer: dict, caller: Caller) -> Response:
    headers = {**answer["headers"], **caller.headers()}
    return Response(answer["body"], status_code=answer["status"], headers=headers, media_type="application/json")


async def create(connection: asyncpg.Connection, caller: Caller, service: ServiceIn) -> dict:
    organization = await connection.fetchrow(sql.ORGANIZATION, caller.organizations[0])
    close = await locked_close(connection, organization["id"], service.close_id)
    await check_supervisor(connection, organization["id"], service.tiger_id)
    starts = start_of(organization, service.schedule_at)
    now = datetime.now(UTC)
    stamp = ("api", caller.application_id, caller.request_id)
    values = (
        organization["id"],
        service.close_id,
        service.tiger_id,
        service.duration,
        service.occupation or "",
        starts,
    )
    pk = await connection.fetchval(sql.INSERT_SERVICE, now, *values)
    await connection.execute(sql.INSERT_SERVICE_HISTORY, pk, now, *values, *stamp)
    await tell_webhooks(connection, organization["id"], "community_service.created", pk, now)
    if close and starts:
        await connection.execute(sql.TAKE_TIME, organization["id"], close["user_id"], starts, service.duration, pk)
        close = await settled(connection, organization["id"], close, now, stamp)
    if close:
        student = (close["user_id"], close["user_email"], close["user_language"])
        await connection.execute(sql.INSERT_MESSAGE, organization["id"], *student, pk, now)
        await tell_webhooks(connection, organization["id"], "community_service.assigned", pk, now)
    return created(pk, service, starts, now, close)


async def locked_close(connection, organization_id: int, close_id: int | None) -> dict | None:
    if close_id is None:
        return None
    close = await connection.fetchrow(sql.LOCK_CLOSE, close_id, organization_id)
    if close is None:
        raise HTTPException(422, {"close_id": ["must exist"]})
    return dict(close)


async def check_supervisor(connection, organization_id: int, user_id: int | None) -> None:
    if user_id is None:
        return
    role = await connection.fetchval(sql.ROLE, organization_id, user_id)
    if role is None or RANKS[role] < RANKS["basic_staff"]:
        raise HTTPException(422, {"tiger_id": ["must be a member of staff"]})


def start_of(organization: asyncpg.Record, instant: datetime | None) -> datetime | None:
    """The organization's hour on the instant's local day; after today, before two weeks from now."""
    if instant is None:
        return None
    zone, hour, now = ZoneInfo(organization["time_zone"]), organization["community_service_start"], datetime.now(UTC)
    local = instant.astimezone(zone)
    if hour is not None:
        local = datetime.combine(local.date(), hour or time(0), zone)
    if local.date() <= now.astimezone(zone).date():
        raise HTTPException(422, {"schedule_at": ["must be after today"]})
    if local >= now + HORIZON:
        raise HTTPException(422, {"schedule_at": ["must be before 2 weeks from now"]})
    return local.astimezone(UTC)


async def settled(connection, organization_id: int, close: dict, now: datetime, stamp: tuple) -> dict:
    """Its last undated service got a date: the close is unclosed."""
    if close["close_state"] != "close" or await connection.fetchval(sql.UNDATED, close["close_id"]):
        return close
    updated = await connection.fetchrow(sql.UNCLOSE, close["close_id"], now)
    await connection.execute(sql.INSERT_CLOSE_HISTORY, *updated.values(), now, *stamp)
    await tell_webhooks(connection, organization_id, "close.unclosed", close["close_id"], now)
    return {**close, "close_state": "unclose", "close_updated_at": now}


def created(pk: int, service: ServiceIn, starts: datetime | None, now: datetime, close: dict | None) -> dict:
    row = {"id": pk, "duration": service.duration, "schedule_at": starts, "occupation": service.occupation}
    row |= {"state": "schedule", "created_at": now, "updated_at": now, **(close or {"close_id": None})}
    body = orjson.dumps(service_json(row))
    tag = f'"1-{hashlib.sha256(body).hexdigest()[:16]}"'
    return {"status": 201, "body": body.decode(), "headers": {"ETag": tag, "Location": f"/v2/community_services/{pk}"}}


# -- tokens ---------------------------------------------------------------------------------------------------


class TokenIn(BaseModel):
    grant_type: str
    client_id: str
    client_secret: str
    scope: str | None = None


@app.post("/oauth/token")
async def mint(given: TokenIn) -> Response:
    if given.grant_type != "client_credentials":
        raise HTTPException(400, {"error": "unsupported_grant_type"})
    now, token = datetime.now(UTC), secrets.token_urlsafe(22)
    async with app.state.pool.acquire() as connection:
        client = await connection.fetchrow(sql.CLIENT, given.client_id)
        if client is None or not client["is_active"] or not is_secret(given.client_secret, client["client_secret"]):
            raise HTTPException(401, {"error": "invalid_client"})
        allowed = orjson.loads(client["allowed_scopes"])
        asked = given.scope.split() if given.scope else allowed
        if not set(asked) <= set(allowed):
            raise HTTPException(400, {"error": "invalid_scope"})
        checksum, scope = hashlib.sha256(token.encode()).hexdigest(), " ".join(asked)
        await connection.execute(sql.INSERT_TOKEN, checksum, client["id"], now + timedelta(hours=2), scope, now)
    body = {
        "access_token": token,
        "token_type": "bearer",
        "expires_in": 7200,
        "scope": scope,
        "created_at": int(now.timestamp()),
    }
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return Response(orjson.dumps(body), headers=headers, media_type="application/json")


def is_secret(given: str, stored: str) -> bool:
    _, salt, digest = stored.split("$")
    return secrets.compare_digest(hashlib.sha256((salt + given).encode()).hexdigest(), digest)
