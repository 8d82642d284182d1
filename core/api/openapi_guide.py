"""The words of the OpenAPI document: how to begin, and at the head of each dialect its paging and its refusals."""

import inspect
import json
from pathlib import Path

from django.utils.translation import override

from core import events
from core.api import signature_check
from core.api.dialects import Dialect, dialect_of
from core.api.openapi import refusal_response
from core.webhooks.envelope import entity_of

GUIDE = Path(__file__).with_name("guide")
STATUSES = (400, 401, 403, 404, 409, 412, 422, 429, 503)
# Tag, what it is of, an address of its dialect, how its lists are paged.
DIALECTS = (
    (
        "Community services",
        "Closes of accounts, and the work that makes up for them (/v2).",
        "/v2/",
        "Lists: `page[number]`, `page[size]` (30, at most 100); headers `X-Page`, `X-Per-Page`, `X-Total`, `Link`.",
    ),
    (
        "Jobs",
        "Visits of resources and vehicles to contacts, and what they are made of (/v1).",
        "/v1/",
        "Every call names the organization by `Customer-Id`. Lists: `pageNumber`, `pageSize` (100, at most 1000), or "
        "on with `cursor`, the last `nextCursor`.",
    ),
    (
        "Appointments",
        "Calendars, services, customers and what they book (/api/v1).",
        "/api/v1/",
        "A bearer or an API key (`?apikey=`, `X-Api-Key`). Lists: `startIndex`, `results` (25, or `all`).",
    ),
    (
        "Interventions",
        "Sites, anomalies, the visits that mend them, their routines (/interventions, /anomalies …).",
        "/interventions/",
        "`x-session-token` (of `POST /interventions/v2/sessions`) beside the bearer. Lists: `page`, `pageSize` (25, at "
        "most 100).",
    ),
    (
        "Service tasks",
        "What runs when and where, its scripts and runs, special working days (/rest/v1).",
        "/rest/v1/",
        "Lists: `offset`, `limit` (100, at most 1000).",
    ),
)


def tags() -> list[dict]:
    of_dialects = [
        {"name": name, "description": f"{what}\n\n{paging}\n\n{refusals(dialect_of(path))}"}
        for name, what, path, paging in DIALECTS
    ]
    return [
        *of_dialects,
        {"name": "Webhooks and events", "description": webhooks()},
        {
            "name": "Credentials",
            "description": "Access tokens by OAuth2: client credentials, authorization code with PKCE.",
        },
        {"name": "Health", "description": "For load balancers and monitors."},
    ]


def description() -> str:
    return (GUIDE / "common.md").read_text()


def webhooks() -> str:
    text = (GUIDE / "webhooks.md").read_text()
    check = inspect.getsource(signature_check.is_genuine).strip()
    return text.format(check=check, types=event_types(), errors=refusals(dialect_of("/api/webhooks")))


def event_types() -> str:
    with override("en"):
        rows = [(f"`{kind.name}`", str(kind.title), f"`{entity_of(kind.name).scope}`") for kind in events.types()]
    return _table(("type", "what happened", "read with"), rows)


def refusals(dialect: Dialect) -> str:
    """As the dialect itself spells them."""
    shown = [(str(status), f"`{_spelled(dialect, status)}`") for status in STATUSES]
    return _table(("status", "body"), shown)


def _spelled(dialect: Dialect, status: int) -> str:
    (media,) = refusal_response(dialect, status)["content"].values()
    return json.dumps(media["example"], ensure_ascii=False).replace("|", "\\|")


def _table(head: tuple, rows: list[tuple]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
