"""The parts of the OpenAPI document that belong to no dialect: OAuth2, health, and how to authenticate."""

from core.api import openapi_guide
from core.api.dialects import COMMON
from core.api.documentation import json_content, obj, ref
from core.api.openapi import HEADERS, refusal_response
from core.scopes import SCOPES

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
FLOWS = {
    "clientCredentials": {"tokenUrl": "/oauth/token", "scopes": SCOPES},
    "authorizationCode": {"authorizationUrl": "/oauth/authorize", "tokenUrl": "/oauth/token", "scopes": SCOPES},
}
SECURITY = {
    "oauth2": {"type": "oauth2", "flows": FLOWS},
    "client": {"type": "http", "scheme": "basic"},
    "apiKey": {"type": "apiKey", "in": "query", "name": "apikey"},
    "apiKeyHeader": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "sessionToken": {"type": "apiKey", "in": "header", "name": "x-session-token"},
}

ERROR = obj({"error": TEXT, "error_description": TEXT}, additionalProperties=False)
CLIENT = {"client_id": TEXT, "client_secret": TEXT}
GRANTS = {"type": "string", "enum": ["client_credentials", "authorization_code", "refresh_token"]}
GRANT = {
    "grant_type": GRANTS,
    **CLIENT,
    **dict.fromkeys(("scope", "code", "redirect_uri", "code_verifier", "refresh_token"), TEXT),
}
NAMED = {"token": TEXT, "token_type_hint": TEXT, **CLIENT}
TOKEN = obj(
    {
        "access_token": TEXT, "token_type": {"const": "bearer"}, "expires_in": WHOLE, "scope": TEXT,
        "created_at": WHOLE, "refresh_token": TEXT,
    },
    ["access_token", "token_type", "expires_in", "scope", "created_at"],
    additionalProperties=False,
)  # fmt: skip
INFO = obj(
    {
        "resource_owner_id": {"type": ["integer", "null"]},
        "scopes": {"type": "array", "items": TEXT},
        "expires_in_seconds": WHOLE,
        "application": obj({"uid": TEXT}),
        "created_at": WHOLE,
    }
)
ACTIVE = {"active": {"type": "boolean"}}
INTROSPECTED = {
    "scope": TEXT,
    "client_id": TEXT,
    "token_type": TEXT,
    "exp": WHOLE,
    "iat": WHOLE,
    "username": TEXT,
    "sub": TEXT,
}
TOKEN_EXAMPLE = {
    "access_token": "a-token",
    "token_type": "bearer",
    "expires_in": 7200,
    "scope": "public tig",
    "created_at": 1511357000,
}
CLIENT_EXAMPLE = {"client_id": "a-client", "client_secret": "its-secret"}
NAMED_EXAMPLE = {"token": "a-token", **CLIENT_EXAMPLE}
INFO_EXAMPLE = {
    "resource_owner_id": None,
    "scopes": ["public", "tig"],
    "expires_in_seconds": 7174,
    "application": {"uid": "a-client"},
    "created_at": 1511357000,
}
PART = obj({"ok": {"type": "boolean"}, "detail": TEXT, "ms": {"type": "number"}})
PARTS = {"type": "object", "additionalProperties": PART}
CHECKS_EXAMPLE = {
    "database": {"ok": True, "detail": "ok", "ms": 0.8},
    "broker": {"ok": True, "detail": "not used", "ms": 0.0},
    "outbox": {"ok": True, "detail": "oldest due message: 0 s", "ms": 1.2},
    "dispatcher": {"ok": True, "detail": "last look: 0 s ago", "ms": 0.4},
}
READINESS = json_content(
    obj({"status": TEXT, "checks": PARTS}),
    {"status": "ok", "checks": CHECKS_EXAMPLE},
)


def answer(description: str, content: dict, **headers: str) -> dict:
    shown = {name: {"schema": TEXT} for name in headers.values()}
    return {
        "description": description,
        "headers": {"X-Request-Id": ref("X-Request-Id", "headers"), **shown},
        "content": content,
    }


# What no view sees (a NUL, a bad Host) is refused as a problem, all else as RFC 6749 says.
MALFORMED = answer("Malformed", {**json_content(ERROR), **refusal_response(COMMON, 400)["content"]})
REFUSED = {
    "400": MALFORMED,
    "401": answer("The client is not known by these credentials", json_content(ERROR), challenge="WWW-Authenticate"),
    **{status: answer(text, json_content(ERROR)) for status, text in [
        ("411", "The body has no Content-Length"),
        ("413", "The body is larger than 64 KiB"),
        ("415", "The body is neither a form nor JSON"),
    ]},
}  # fmt: skip


def posted(id: str, summary: str, fields: dict, required: list[str], good: dict, sent: dict, example: dict) -> dict:
    """The client stands in the body or in HTTP Basic."""
    schema = obj(fields, required)
    body = {**json_content(schema, sent), "application/x-www-form-urlencoded": {"schema": schema, "example": sent}}
    operation = {"operationId": id, "summary": summary, "tags": ["Credentials"], "security": [{}, {"client": []}]}
    responses = {"200": answer("Done", json_content(good, example)), **REFUSED}
    return {"post": {**operation, "requestBody": {"required": True, "content": body}, "responses": responses}}


def token(id: str, summary: str, lifetime: int) -> dict:
    sent = {"grant_type": "client_credentials", **CLIENT_EXAMPLE}
    return posted(id, summary, GRANT, ["grant_type"], TOKEN, sent, {**TOKEN_EXAMPLE, "expires_in": lifetime})


def read(id: str, summary: str, tag: str, responses: dict, security: list) -> dict:
    return {"get": {"operationId": id, "summary": summary, "tags": [tag], "security": security, "responses": responses}}


PROBLEM = {"400": answer("Malformed", refusal_response(COMMON, 400)["content"])}
PATHS = {
    "/oauth/token": token("create_token", "Get an access token", 7200),
    "/auth/tokens": token("create_jobs_token", "Get an access token for jobs", 3600),
    "/oauth/token/info": read(
        "get_token_info", "What the token is worth now", "Credentials",
        {"200": answer("Done", json_content(INFO, INFO_EXAMPLE)), "400": REFUSED["400"], "401": REFUSED["401"]},
        [{"oauth2": []}],
    ),
    "/oauth/revoke": posted("revoke_token", "End a token", NAMED, ["token"], obj({}), NAMED_EXAMPLE, {}),
    "/oauth/introspect": posted(
        "introspect_token", "What a token of this client is worth", NAMED, ["token"],
        obj({**ACTIVE, **INTROSPECTED}, ["active"]), NAMED_EXAMPLE, {"active": False},
    ),
    "/livez": read(
        "get_liveness", "The process answers", "Health",
        {"200": answer("Alive", json_content(obj({"status": TEXT}), {"status": "ok"})), **PROBLEM}, [],
    ),
    "/readyz": read(
        "get_readiness", "What it stands on, each part named", "Health",
        {"200": answer("Ready", READINESS), "503": answer("Not ready", READINESS), **PROBLEM}, [],
    ),
}  # fmt: skip


def add_common(result: dict, generator, request, public: bool) -> dict:
    """Postprocessing hook of drf-spectacular."""
    components = result["components"]
    components["securitySchemes"] = SECURITY
    components["headers"] = {**HEADERS, **components.get("headers", {})}
    info = {**result["info"], "description": openapi_guide.description()}
    return {**result, "info": info, "tags": openapi_guide.tags(), "paths": {**result["paths"], **PATHS}}
