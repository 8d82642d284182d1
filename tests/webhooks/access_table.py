"""Who may do what under /api/webhooks and /api/events: every endpoint by every kind of caller → status.

`{webhook}` and `{delivery}` stand for ids of rows of the first organization, as test_api_access.py makes them.
"""

from typing import NamedTuple

from tests.webhooks.wire import BODY, FEED, URL

# In this order: a program without a role; people by their role; another organization's program.
COLUMNS = ("program", "student", "basic staff", "advanced staff", "other organization")


class Endpoint(NamedTuple):
    """`answers` are in the order of COLUMNS."""

    method: str
    route: str
    path: str
    body: object
    answers: tuple[int, ...]
    scope: str = "webhooks:write"


READ, ONE = "webhooks:read", f"{URL}/{{webhook}}"
TABLE = [
    Endpoint("GET", "integration-webhooks", URL, None, (200, 403, 200, 200, 200), READ),
    Endpoint("POST", "integration-webhooks", URL, BODY, (201, 403, 403, 201, 201)),
    Endpoint("GET", "integration-webhook", ONE, None, (200, 403, 200, 200, 404), READ),
    Endpoint("PATCH", "integration-webhook", ONE, {"types": ["close.closed"]}, (200, 403, 403, 200, 404)),
    Endpoint("DELETE", "integration-webhook", ONE, None, (204, 403, 403, 204, 404)),
    Endpoint("POST", "integration-rotate", f"{ONE}/rotate", None, (200, 403, 403, 200, 404)),
    Endpoint("GET", "integration-deliveries", f"{ONE}/deliveries", None, (200, 403, 200, 200, 404), READ),
    Endpoint("POST", "integration-replay", f"{URL}/deliveries/{{delivery}}/replay", None, (202, 403, 403, 202, 404)),
    Endpoint("GET", "integration-events", FEED, None, (200, 403, 200, 200, 200), READ),
]
