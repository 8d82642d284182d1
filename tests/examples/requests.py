"""The requests that the document's examples speak of."""

import json
import re
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tests.examples.booking_rows import FEED_TOKEN
from tests.examples.world import World

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
# When the examples happen, by the start of the path.
NOW = {
    "/v2/": datetime(2017, 11, 22, 13, tzinfo=UTC),
    "/v1/jobs/{jobId}/start": datetime(2026, 1, 5, 10, tzinfo=UTC),
    "/v1/": datetime(2026, 1, 4, 8, tzinfo=UTC),
    "/api/v1/groups/{group_id}/availabletimeslots/explain": datetime(2026, 1, 5, 8, tzinfo=UTC),
    "/api/v1/": datetime(2026, 1, 11, 8, tzinfo=UTC),
    "/interventions/v2/rs/curative": datetime(2024, 11, 1, 8, tzinfo=UTC),
    "/rest/v1/service/svctasks/{id}/next": datetime(2026, 10, 25, tzinfo=UTC),
    "/rest/v1/service/svctasks/preview": datetime(2026, 10, 25, tzinfo=UTC),
    # 13:23:20 of the day of the seed's request.
    "/oauth/": datetime.fromtimestamp(1511357000, UTC),
    "/auth/": datetime.fromtimestamp(1511357000, UTC),
    "/": datetime(2026, 11, 21, 8, tzinfo=UTC),
}
# What these ask for.
QUERIES = {
    "listFreeSlots": {"intervention_ids[]": 21, "start": "2026-01-19 10:30:00", "end": "2026-01-19 10:45:00"},
    "explainSlot": {"intervention_ids[]": 21, "start": "2026-01-05 10:30:00"},
    "readFeed": {"token": FEED_TOKEN},
    "listJobs": {"id": 123},
    "listSvctaskMoments": {"count": 1},
    "previewSvctask": {"count": 1},
}
CREDENTIALS = ("/oauth/token", "/oauth/revoke", "/oauth/introspect", "/auth/tokens")
CLIENT = Client()


class Case(NamedTuple):
    """An operation, what is sent (if anything), and the answer that is shown of it."""

    path: str
    method: str
    operation: dict
    status: int
    kind: str
    sent: Any
    answer: dict

    @property
    def name(self) -> str:
        return self.operation["operationId"]

    @property
    def now(self) -> datetime:
        return by_start(NOW, self.path)

    def send(self, world: World):
        headers = {} if self.path in CREDENTIALS else dict(world.headers)
        if self.status == 200 and "204" in self.operation["responses"]:
            headers["Prefer"] = "return=representation"
        query = urlencode(QUERIES.get(self.name, {}))
        place, body = address(self.path, world.ids), self.body(world.ids)
        return CLIENT.generic(self.method.upper(), place, body, self.kind, headers=headers, QUERY_STRING=query)

    def body(self, ids: dict) -> str:
        if self.kind == FORM:
            return urlencode(self.sent)
        # OpenAPI knows no body of one value: the id that is looked up.
        sent = ids[self.path.split("/")[-2]] if self.path.endswith("/lookup") else self.sent
        return json.dumps(sent) if self.kind else ""


def cases() -> list[Case]:
    document = SchemaGenerator().get_schema(public=True)
    found = [
        Case(path, method, operation, int(status), kind, sent, answer.get("content", {}))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for kind, sent in sent_by(operation)
        for status, answer in operation["responses"].items()
        if status[0] == "2"
    ]
    return [case for case in found if JSON not in case.answer or "example" in case.answer[JSON]]


def sent_by(operation: dict) -> list[tuple[str, Any]]:
    if "requestBody" not in operation:
        return [("", None)]
    contents = operation["requestBody"]["content"]
    return [(kind, media["example"]) for kind, media in contents.items() if "example" in media]


def by_start(table: dict, path: str) -> Any:
    return next(found for start, found in table.items() if path.startswith(start))


def address(path: str, ids: dict) -> str:
    def value(match: re.Match) -> str:
        collection = path[: match.start()].rstrip("/").rpartition("/")[2]
        return str(ids.get(match[1]) or ids.get(collection) or ids[path.split("/")[1]])

    return re.sub(r"{(\w+)}", value, path)
