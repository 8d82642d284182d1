"""A request as the tests over all routes make one: bytes out, Django's response in."""

from dataclasses import dataclass, field, replace

from django.test import Client

CLIENT = Client(raise_request_exception=False)


@dataclass(frozen=True)
class Request:
    """`lacks`: scope or role, or both; `is_limited`: of a caller whose hour is spent."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    kind: str = "application/json"
    lacks: frozenset[str] = frozenset()
    is_limited: bool = False

    def having(self, **headers: str) -> "Request":
        """`headers` by their names with _ for -."""
        given = {name.replace("_", "-"): text for name, text in headers.items()}
        return replace(self, headers={**self.headers, **given})

    def send(self):
        kind = self.kind if self.body else ""
        return CLIENT.generic(self.method, self.path, self.body, kind, headers=self.headers)
