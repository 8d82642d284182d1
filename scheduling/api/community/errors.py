"""A Refusal in this dialect's words [contract 10]."""

from django.core.exceptions import NON_FIELD_ERRORS

from core.api.dialects import Dialect
from core.api.errors import Refusal

PREFIX = "/v2/"
# Field names of the inside → names on the wire.
WIRE_NAMES = {"supervisor": "tiger_id", "close": "close_id", "user": "user_id", "closer": "closer_id"}
# Headings that this API gives instead of the reason phrase of the status.
HEADINGS = {
    "no_token": "Not authorized",
    "invalid_token": "Not authorized",
    "expired_token": "Not authorized",
    "token_in_query": "Not authorized",
    "insufficient_role": "Access Denied",
    "organization": "Access Denied",
    "filter": "Filter Error",
    "sort": "Sort Error",
    "graph": "Graph Error",
}
MESSAGES = {
    "no_token": "The access token is invalid",
    "invalid_token": "The access token is invalid",
    "expired_token": "The access token expired",
    "token_in_query": "The access token is invalid",
    "organization": "You are not authorized to access this page.",
}


def wire_name(field: str) -> str:
    """`community_services.0.duration` → `community_services_attributes[0][duration]`."""
    if field == NON_FIELD_ERRORS:
        return "base"
    first, *rest = field.split(".")
    if first == "community_services":
        return "community_services_attributes" + "".join(f"[{part}]" for part in rest)
    return WIRE_NAMES.get(field, field)


def body(refusal: Refusal, request_id: str) -> dict:
    if refusal.status == 404:
        return {}
    answer: dict = {"error": HEADINGS.get(refusal.code, refusal.reason), "message": _message(refusal)}
    if refusal.fields:
        answer["errors"] = {wire_name(name): [text for _, text in found] for name, found in refusal.fields.items()}
    if refusal.code == "state_conflict":
        answer["allowed_states"] = refusal.details["allowed"]
    if refusal.status >= 500:
        answer["request_id"] = request_id
    return answer


def _message(refusal: Refusal) -> str:
    if refusal.code == "insufficient_scope":
        return f"Insufficient scope. The action need the following scopes: [{', '.join(refusal.details['scopes'])}]"
    return MESSAGES.get(refusal.code, refusal.message)


def schema(status: int) -> dict:
    """Of the body of a refusal with this status."""
    if status == 404:
        return {"type": "object", "maxProperties": 0}
    texts = {name: {"type": "string"} for name in ("error", "message")}
    errors = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
    extra = {409: {"allowed_states": {"type": "array", "items": {"type": "string"}}}, 422: {"errors": errors}}.get(
        status, {}
    )
    more = {"request_id": {"type": "string"}} if status >= 500 else extra
    return {"type": "object", "properties": {**texts, **more}, "required": list(texts), "additionalProperties": False}


DIALECT = Dialect("community services", (PREFIX,), body, schema)
