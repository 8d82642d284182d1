"""Which dialect a path belongs to: its prefixes and how it spells a Refusal."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from core.api.errors import Refusal


@dataclass(frozen=True)
class Dialect:
    """`body(refusal, request_id)` gives the JSON value of a refusal's body, `schema(status)` describes it."""

    name: str
    prefixes: tuple[str, ...]
    body: Callable[[Refusal, str], object]
    schema: Callable[[int], dict]
    content_type: str = "application/json; charset=utf-8"


def problem_body(refusal: Refusal, request_id: str) -> dict:
    """application/problem+json, RFC 9457: for paths that belong to no dialect."""
    body = {"type": "about:blank", "title": refusal.reason, "status": refusal.status, "detail": refusal.message}
    if refusal.fields:
        body["errors"] = {name: [text for _, text in errors] for name, errors in refusal.fields.items()}
    if refusal.status >= 500:
        body["requestId"] = request_id
    return body


def problem_schema(status: int) -> dict:
    texts = {name: {"type": "string"} for name in ("type", "title", "detail")}
    properties = {**texts, "status": {"const": status}}
    return {"type": "object", "properties": properties, "required": ["type", "title", "status", "detail"]}


COMMON = Dialect("common", ("/api/",), problem_body, problem_schema, "application/problem+json")
_dialects: list[Dialect] = []


def register(dialect: Dialect) -> Dialect:
    """Called once for each dialect when its app is ready."""
    _dialects.append(dialect)
    return dialect


def dialect_of(path: str) -> Dialect:
    for dialect in _dialects:
        # `/v2` itself is the dialect's too.
        if f"{path}/".startswith(dialect.prefixes):
            return dialect
    return COMMON


# Pages for people: door, and Django's own HTML error pages. Everything else speaks to programs.
PAGES = {
    "/admin/": "admin",
    "/student/": "student",
    "/customer/": "customer",
    "/provider/": "provider",
    "/verify/": "verify",
    "/accounts/": "account",
    "/oauth/authorize": "account",
}


# Of one request it is asked some ten times.
@lru_cache(maxsize=16)
def page_door(path: str) -> str | None:
    return next((door for prefix, door in PAGES.items() if path.startswith(prefix)), None)
