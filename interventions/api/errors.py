"""What goes wrong inside → this dialect's `{"message", "errors": [{"path", "code", "message"}]}` [contract 30]."""

from collections.abc import Callable

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from core.api.dialects import Dialect
from core.api.documentation import array_of, obj
from core.api.errors import Refusal, field_errors
from core.api.query import Errors
from core.errors import StaleVersion, StateConflict
from interventions.api.numbers import Numbers
from interventions.rules import AnomaliesHeld

PREFIXES = (
    "/interventions/",
    "/anomalies/",
    "/routines/",
    "/sites/",
    "/company-contacts/",
    "/interventions-anomalies/",
)
ANOMALIES, ROUTINES = PREFIXES[1:3]
# Told by `code` beside the message, as clients open a session anew where they see one.
SESSION_REQUIRED, SESSION_INVALID = "session_required", "session_invalid"
# The whole body, where no property is to blame.
BODY = "body"
BAD_VALUES, BROKEN_RULES = "Some values cannot be used", "Validation failed"


def body(refusal: Refusal, request_id: str) -> dict:
    """`allowed` where the state refuses: the numbers of those that do not."""
    found: dict = {"message": refusal.message or refusal.reason}
    if refusal.code in (SESSION_REQUIRED, SESSION_INVALID):
        found["code"] = refusal.code
    found["errors"] = [
        {"path": path, "code": code, "message": text} for path, texts in refusal.fields.items() for code, text in texts
    ]
    if "allowed" in refusal.details:
        found["allowed"] = refusal.details["allowed"]
    if refusal.status >= 500:
        found["requestId"] = request_id
    return found


def schema(status: int) -> dict:
    """Of the body of a refusal with this status."""
    text = {"type": "string"}
    properties: dict = {"message": text, "errors": array_of(obj({"path": text, "code": text, "message": text}))}
    required = list(properties)
    if status == 401:
        properties["code"] = {"type": "string", "enum": [SESSION_REQUIRED, SESSION_INVALID]}
    if status == 409:
        properties["allowed"] = array_of({"type": "integer"})
    if status >= 500:
        properties["requestId"] = text
        required.append("requestId")
    return obj(properties, required, additionalProperties=False)


def camel(name: str) -> str:
    """`scheduled_start` → `scheduledStart`"""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def wire_path(name: str, spelled: Callable[[str], str] = camel) -> str:
    """`anomaly_ids.0` → `anomalyIds[0]`"""
    if name == NON_FIELD_ERRORS:
        return BODY
    path = ""
    for part in name.split("."):
        path += f"[{part}]" if part.isdigit() else f"{'.' * bool(path)}{spelled(part)}"
    return path


def root_of(path: str) -> str:
    """`anomalies[0].id` → `anomalies`"""
    return path.split("[")[0].split(".")[0]


def bad_values(errors: Errors) -> Refusal:
    """Shape: 400 with all of them."""
    return Refusal(400, "bad_values", BAD_VALUES, fields={path or BODY: found for path, found in errors.items()})


def broken_rules(errors: Errors) -> Refusal:
    return Refusal(422, "invalid", BROKEN_RULES, fields=errors)


def wire_refusal(error: Exception, states: Numbers) -> Exception:
    """`states` are those of the resource. What has no spelling of this dialect's own stays as it is."""
    if isinstance(error, AnomaliesHeld):
        fields = {"anomalyIds": [("held", f"{pk} is held by another open intervention") for pk in error.ids]}
        return Refusal(409, "held", str(error), fields=fields)
    if isinstance(error, StateConflict):
        allowed = [states.number(word) for word in error.allowed]
        fields = {"status": [("state", str(error))]}
        return Refusal(409, "state_conflict", str(error), fields=fields, details={"allowed": allowed})
    if isinstance(error, ValidationError) and not isinstance(error, StaleVersion):
        return broken_rules({wire_path(name): found for name, found in field_errors(error).items()})
    return error


DIALECT = Dialect("interventions", PREFIXES, body, schema)
