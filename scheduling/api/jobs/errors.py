"""A Refusal as application/problem+json [seed; contract 20]."""

from django.core.exceptions import NON_FIELD_ERRORS

from core.api.dialects import Dialect
from core.api.errors import Refusal
from core.errors import StateConflict

PREFIX = "/v1/"
# Where the errors of the query string stand.
QUERY = "queryParams"


def camel(name: str) -> str:
    """`on_the_way` → `onTheWay`; what has no underscore stays."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def wire_property(name: str) -> str:
    """`custom_fields.0.definition_id` → `customFields[0].definitionId`; a name of the wire stays."""
    if name == NON_FIELD_ERRORS:
        return "body"
    path = ""
    for part in name.split("."):
        path += f"[{part}]" if part.isdigit() else f"{'.' * bool(path)}{camel(part)}"
    return path


def state_refusal(error: StateConflict) -> Refusal:
    """422 on `status`, naming the states that the row may come from [contract 20]."""
    fields = {"status": [("state", camel(state)) for state in error.allowed]}
    return Refusal(422, "state", str(error), fields=fields)


def body(refusal: Refusal, request_id: str) -> dict:
    problem: dict = {
        "type": "about:blank",
        "title": refusal.reason,
        "status": refusal.status,
        "detail": refusal.message,
        "instance": refusal.path,
    }
    if refusal.status == 422:
        problem["errors"] = {wire_property(name): [text for _, text in found] for name, found in refusal.fields.items()}
    if refusal.status >= 500:
        problem["requestId"] = request_id
    return problem


def schema(status: int) -> dict:
    """Of the body of a refusal with this status."""
    properties: dict = {name: {"type": "string"} for name in ("type", "title", "detail", "instance")}
    properties["status"] = {"const": status}
    if status == 422:
        texts = {"type": "array", "items": {"type": "string"}}
        properties["errors"] = {"type": "object", "additionalProperties": texts}
    if status >= 500:
        properties["requestId"] = {"type": "string"}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


DIALECT = Dialect("jobs", (PREFIX,), body, schema, "application/problem+json")
