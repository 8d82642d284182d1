"""OpenAPI 3.1 of all dialects: what every operation of a dialect has is added here, once."""

import re
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from core.api.dialects import Dialect
from core.api.documentation import (
    ADD,
    CHANGE,
    CREATE,
    LIST,
    MERGE,
    NEW,
    ORDER,
    QUEUE,
    REMOVE,
    RETIRE,
    SINGLE,
    Operation,
    in_header,
    json_content,
    ref,
)
from core.api.errors import Refusal

EVERYWHERE = (400, 401, 403, 406, 429, 503)
WITH_BODY = (409, 411, 413, 415, 422)
REFUSALS = {
    400: Refusal(400, "malformed", "The body is not valid JSON"),
    401: Refusal(401, "invalid_token", "The access token is invalid"),
    403: Refusal(403, "insufficient_role", "You are not authorized to access this page."),
    404: Refusal(404, "not_found", "Not found"),
    405: Refusal(405, "method_not_allowed", "The method PUT is not allowed here"),
    406: Refusal(406, "not_acceptable", "Only application/json can be had here"),
    409: Refusal(409, "idempotency_running", "The first request with this Idempotency-Key is still running"),
    411: Refusal(411, "length_required", "Send the body with a Content-Length"),
    410: Refusal(410, "gone", "Events behind this cursor are gone: begin again without it"),
    412: Refusal(412, "stale", "The row has changed since it was read (If-Match)"),
    413: Refusal(413, "too_large", "The request body is too large"),
    415: Refusal(415, "unsupported_media_type", "The content type text/xml cannot be read here"),
    422: Refusal(422, "invalid", "Validation failed", fields={"schedule_at": [("too_soon", "must be after today")]}),
    429: Refusal(429, "throttled", "Too many requests: the limit is 2 a second"),
    500: Refusal(500, "server_error", "Something went wrong on our side"),
    503: Refusal(503, "unavailable", "The database cannot be reached; try again"),
}
EXAMPLE_ID = "0d9cbf4e7a6b4f0e8f6d2f4a1c3b5d7e"
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
HEADERS = {
    "X-Request-Id": {
        "description": "The id of this request: the caller's own when it is sane, else a new one.",
        "schema": TEXT,
    },
    "ETag": {"description": "The version of the row and a digest of the body.", "schema": TEXT},
    "Location": {"description": "Where the new row is.", "schema": TEXT},
    "Idempotent-Replayed": {"description": "`true` on an answer that is a replay.", "schema": TEXT},
    "Preference-Applied": {"description": "`return=representation`", "schema": TEXT},
    "WWW-Authenticate": {"description": "RFC 6750", "schema": TEXT},
    "Retry-After": {"description": "Seconds to wait.", "schema": WHOLE},
    "RateLimit-Limit": {"description": "Requests in the window; left out where limits are off.", "schema": WHOLE},
    "RateLimit-Remaining": {"description": "Requests left in the window.", "schema": WHOLE},
    "RateLimit-Reset": {"description": "Seconds until the window ends.", "schema": WHOLE},
}
FORM = "application/x-www-form-urlencoded"
# A POST on another path does the same (`x-method`).
UNNAMEABLE = {"LOOKUP"}
DIGITS = {"type": "string", "pattern": "^[0-9]+$"}
RATE = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
OF_REFUSAL = {401: ("WWW-Authenticate",), 409: ("Retry-After",), 429: ("Retry-After", *RATE), 503: ("Retry-After",)}
OF_ANSWER = {
    SINGLE: ("ETag",),
    CREATE: ("ETag", "Location", "Idempotent-Replayed"),
    ADD: ("ETag", "Idempotent-Replayed"),
    QUEUE: ("Idempotent-Replayed",),
    CHANGE: ("ETag", "Preference-Applied"),
    MERGE: ("ETag",),
    RETIRE: ("ETag",),
}
PARAMETERS = {
    "Organization": in_header("X-Organization-Id", "Narrows the call to one granted organization.", DIGITS),
    "IdempotencyKey": in_header(
        "Idempotency-Key",
        "The same key and body within 24 h get the first answer again.",
        {"type": "string", "pattern": "^[!-~]{1,255}$"},
    ),
    "IfMatch": in_header("If-Match", "ETags of which one must have the row's version, else 412."),
    "IfNoneMatch": in_header("If-None-Match", "The ETag of what the caller has; 304 when it is still the same."),
    "Prefer": in_header("Prefer", "`return=representation` asks for the object instead of 204."),
}  # fmt: skip
OF_REQUEST = {
    SINGLE: ("IfNoneMatch",),
    CREATE: ("IdempotencyKey",),
    ADD: ("IdempotencyKey",),
    QUEUE: ("IdempotencyKey",),
    CHANGE: ("IfMatch", "Prefer"),
    ORDER: ("IfMatch",),
    REMOVE: ("IfMatch",),
    MERGE: ("IfMatch",),
    RETIRE: ("IfMatch",),
}


def plain_paths(endpoints: list[tuple]) -> list[tuple]:
    """Preprocessing hook: the address without the final slash, which is optional; methods that OpenAPI can name."""
    return [
        (path.rstrip("/"), regex, method, view) for path, regex, method, view in endpoints if method not in UNNAMEABLE
    ]


class DialectSchema(AutoSchema):
    """Reads `view.documentation` (core.api.documentation) and the view's own accesses."""

    view: Any

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry):
        self.path, self.path_regex, self.path_prefix = path, path_regex, path_prefix
        self.method, self.registry = method.upper(), registry
        if self.is_excluded():
            return None
        documented = self.view.documentation.operations[self.view.action]
        self.register_components()
        operation = {
            "operationId": documented.id + self.suffix(),
            "summary": documented.summary,
            "description": self.described(documented),
            "parameters": self.parameters(documented),
            "tags": [self.view.documentation.tag],
            "security": self.security(documented),
            "responses": {**self.answers(documented), **self.refusals(documented)},
        }
        if documented.method:
            operation["x-method"] = documented.method
        return {**operation, **self.request_body(documented)} if documented.body else operation

    def security(self, documented: Operation) -> list[dict]:
        if not documented.is_by_scheme:
            return []
        documentation = self.view.documentation
        beside: dict[str, list] = {name: [] for name in documentation.beside if not documented.is_by_bearer}
        return [{"oauth2": [self.view.access.scope], **beside}, *({name: []} for name in documentation.schemes)]

    def suffix(self) -> str:
        """One action may have several addresses, and PUT does what PATCH does."""
        parts = re.findall(r"/(on|by)/", self.path)
        both = self.method == "PUT" and "patch" in self.view.action_map
        return "".join(f"_{part}" for part in parts) + ("_by_put" if both else "")

    def described(self, documented: Operation) -> str:
        if not documented.is_by_scheme:
            return documented.description
        access = self.view.access
        own = " A student sees only what is his own." if access.own else ""
        return f"{documented.description}\n\n{self.role_asked(documented)}{own}".strip()

    def role_asked(self, documented: Operation) -> str:
        access = self.view.access
        person = max(access.role or access.person_role, access.person_role, key=lambda role: role.rank)
        # Where a session is asked for, it is its person who calls.
        if access.role == person or (self.view.documentation.beside and not documented.is_by_bearer):
            return f"Role: {person.label}."
        own = access.role.label if access.role else "none"
        return f"Role: {own} for an application, {person.label} for a person."

    def register_components(self) -> None:
        documentation = self.view.documentation
        self.register("schemas", documentation.schemas)
        self.register("parameters", {**PARAMETERS, **documentation.parameters})
        self.register("headers", {**HEADERS, **documentation.headers, **documentation.list_headers})

    def register(self, kind: str, members: dict[str, dict]) -> None:
        for name, schema in members.items():
            self.registry.register_on_missing(ResolvedComponent(name, kind, schema, f"{kind}/{name}"))

    def parameters(self, documented: Operation) -> list[dict]:
        in_path = [
            {"name": name, "in": "path", "required": True, "schema": documented.values.get(name, WHOLE)}
            for name in re.findall(r"{(\w+)}", self.path)
        ]
        names = (self.view.documentation.organization, *OF_REQUEST.get(documented.kind, ()), *documented.parameters)
        idle = {"IfMatch"} if self.view.action in self.view.unversioned else set()
        return in_path + [ref(name, "parameters") for name in names if name and name not in idle]

    def answers(self, documented: Operation) -> dict:
        headers = self.headers(*OF_ANSWER.get(documented.kind, ()))
        if documented.kind == LIST:
            headers |= {name: ref(name, "headers") for name in self.view.documentation.list_headers}
        schema = self.answered(documented)
        content = {documented.media: json_content(schema, documented.example)["application/json"]}
        body = {"description": "Done", "headers": headers, "content": content}
        nothing = {"description": "Done", "headers": self.headers()}
        if documented.kind == SINGLE:
            unchanged = {"description": "Not modified since (If-None-Match)", "headers": self.headers("ETag")}
            return {"200": body, "304": unchanged}
        if documented.kind in {ORDER, REMOVE}:
            return {"204": nothing}
        if documented.kind == QUEUE:
            return {"202": body}
        if documented.kind in {CREATE, NEW}:
            return {"201": body, **self.trial(documented)}
        return {"204": nothing, "200": body} if documented.kind == CHANGE else {"200": body}

    def answered(self, documented: Operation) -> dict:
        if documented.kind == LIST:
            return self.view.documentation.page(documented.answer)
        if documented.trial and documented.kind != CREATE:
            return {"anyOf": [documented.answer, documented.trial]}
        return documented.answer

    def trial(self, documented: Operation) -> dict:
        if documented.trial is None:
            return {}
        return {
            "200": {"description": "Nothing done", "headers": self.headers(), "content": json_content(documented.trial)}
        }

    def headers(self, *names: str) -> dict:
        everywhere = ("X-Request-Id", *RATE, *self.view.documentation.headers)
        return {name: ref(name, "headers") for name in (*everywhere, *names)}

    def request_body(self, documented: Operation) -> dict:
        """JSON, or a form in the bracket style where the view reads it; not required where fields may be left out."""
        schema: Any = documented.body
        if "contentMediaType" in schema:
            return {"requestBody": {"content": {schema["contentMediaType"]: {"schema": schema}}}}
        content = json_content(schema, documented.body_example)
        if any(parser.media_type == FORM for parser in self.view.parser_classes):
            encoding = {name: {"style": "deepObject", "explode": True} for name in schema["properties"]}
            content[FORM] = {"schema": schema, "encoding": encoding}
        required = {"required": True} if self.method.lower() in self.view.bodies_needed else {}
        return {"requestBody": {"content": content, **required}}

    def refusals(self, documented: Operation) -> dict:
        statuses = {*EVERYWHERE, *documented.refusals}
        if self.method != "GET":
            statuses |= {*WITH_BODY, *((412,) if documented.kind in {CHANGE, ORDER, REMOVE, MERGE, RETIRE} else ())}
        if "{" in self.path:
            statuses.add(404)
        return {str(status): self.refusal(status) for status in sorted(statuses)}

    def refusal(self, status: int) -> dict:
        dialect: Dialect = self.view.dialect
        component = ResolvedComponent(
            f"{dialect.name.title().replace(' ', '')}{status}",
            "responses",
            refusal_response(dialect, status),
            dialect.name,
        )
        self.registry.register_on_missing(component)
        return component.ref


def refusal_response(dialect: Dialect, status: int) -> dict:
    """What this dialect answers with this status, with an example made by the dialect itself."""
    media = dialect.content_type.split(";")[0]
    refusal = replace(REFUSALS[status], path=dialect.prefixes[0])
    content = {media: {"schema": dialect.schema(status), "example": dialect.body(refusal, EXAMPLE_ID)}}
    headers = {name: ref(name, "headers") for name in ("X-Request-Id", *OF_REFUSAL.get(status, ()))}
    return {"description": HTTPStatus(status).phrase, "headers": headers, "content": content}
