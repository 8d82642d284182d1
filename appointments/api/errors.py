"""The one table from what goes wrong inside to this dialect's numbers, names and sentences [seed; contract 40]."""

from typing import NamedTuple

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from core.api.dialects import Dialect
from core.api.errors import Refusal, field_errors
from core.api.query import Errors
from core.errors import StaleVersion

PREFIX = "/api/v1/"


class WireError(NamedTuple):
    number: int | None
    name: str
    message: str


UNAUTHORIZED = WireError(1, "Unauthorized", "You are not granted for this action.")
INVALID = WireError(2, "InvalidParameter", "Parameters are not valid.")
NO_RESULT = WireError(3, "NoResult", "No Results.")
SERVER_ERROR = WireError(4, "ServerError", "Server Error not identified.")
LOGIN_FAILED = WireError(5, "LoginFailed", "Authentification failed.")
TOO_MANY = WireError(None, "TooManyRequests", "Too many requests.")
OF_STATUS = {401: LOGIN_FAILED, 403: UNAUTHORIZED, 404: NO_RESULT, 429: TOO_MANY}
CANCELLATION = WireError(10, "MintimeAnnulation", "This appointment is too close to be cancelled")
# Rule → what it is on the wire, in the order in which they refuse [contract 40]. Every other code is INVALID.
RULES = {
    "email_unreachable": WireError(13, "EmailNotFound", "This email address does not exists."),
    "email_taken": WireError(
        11, "EmailAlreadyExists", "This email address is already user by another registered user."
    ),
    "cancel_notice": CANCELLATION,
    "max_moves": CANCELLATION,
    "min_notice": WireError(9, "MintimeRdv", "This appointment is too soon"),
    "horizon": WireError(8, "MaxRdvPeriod", "This appointment is too far away"),
    "same_time": WireError(12, "SameTimeRdv", "The user already has an appointment at this time"),
    "min_between": WireError(7, "MintimeBetween", "Another appointment is too close to this one"),
    "max_upcoming": WireError(
        6, "MaxRdvNumber", "The user has reached the maximum number of upcoming appointments"
    ),
    "not_available": WireError(None, "NotAvailable", "This time slot is not available anymore"),
}  # fmt: skip


def wire_error(refusal: Refusal) -> WireError:
    if refusal.status >= 500:
        return SERVER_ERROR
    return OF_STATUS.get(refusal.status) or RULES.get(refusal.code, INVALID)


def body(refusal: Refusal, request_id: str) -> dict:
    """`{"error": {code, name, message, fields}}`. What no field is to blame for is told by the message."""
    number, name, message = wire_error(refusal)
    if number == INVALID.number and not refusal.fields:
        message = refusal.message or message
    texts = {path: [text for _, text in found] for path, found in refusal.fields.items()}
    error = {"code": number, "name": name, "message": message, "fields": texts}
    if refusal.status >= 500:
        error["request_id"] = request_id
    return {"error": error}


def schema(status: int) -> dict:
    """Of the body of a refusal with this status."""
    fields = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
    properties: dict = {
        "code": {"type": ["integer", "null"]},
        "name": {"type": "string"},
        "message": {"type": "string"},
        "fields": fields,
    }
    if status >= 500:
        properties["request_id"] = {"type": "string"}
    error = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {"type": "object", "properties": {"error": error}, "required": ["error"], "additionalProperties": False}


def wire_path(name: str) -> str:
    """`opening_hours.0.start` → `opening_hours[0].start`; what no field is to blame for is `base`."""
    if name == NON_FIELD_ERRORS:
        return "base"
    path = ""
    for part in name.split("."):
        path += f"[{part}]" if part.isdigit() else f"{'.' * bool(path)}{part}"
    return path


def invalid(errors: Errors) -> Refusal:
    """400 with these errors by wire path. A rule of the table counts where nothing else is wrong, the first one."""
    plain = {path: found for path, found in errors.items() if any(code not in RULES for code, _ in found)}
    if plain:
        return Refusal(400, "invalid_parameter", INVALID.message, fields=plain)
    broken = {code for found in errors.values() for code, _ in found}
    first = next(code for code in RULES if code in broken)
    fields = {path: found for path, found in errors.items() if any(code == first for code, _ in found)}
    return Refusal(400, first, RULES[first].message, fields=fields)


def wire_refusal(error: Exception) -> Exception:
    """A rule's refusal in this dialect's form; what is none stays as it is."""
    if not isinstance(error, ValidationError) or isinstance(error, StaleVersion):
        return error
    return invalid({wire_path(name): found for name, found in field_errors(error).items()})


DIALECT = Dialect("appointments", (PREFIX,), body, schema)
