"""The one table from what goes wrong inside to this dialect's codes [contract 50]."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError

from core.api.dialects import Dialect
from core.api.documentation import array_of, obj
from core.api.errors import Refusal, field_errors
from core.api.query import Errors
from core.errors import StaleVersion

PREFIX = "/rest/v1/"
ACCESS_DENIED, ALREADY_EXISTS, NOT_IMPLEMENTED, NOT_FOUND, INVALID_REQUEST = 1401, 1402, 1403, 1404, 1405
INVALID_OPERATION, UNAUTHORIZED, NOT_LOADED, LIMITED, INVALID_PARAMS = 1406, 1407, 1408, 1410, 1413
INTERNAL_ERROR = 1501
# Every other 4xx is an invalid request, every other 5xx an internal error.
OF_STATUS = {
    401: UNAUTHORIZED,
    403: ACCESS_DENIED,
    404: NOT_FOUND,
    405: NOT_IMPLEMENTED,
    409: INVALID_OPERATION,
    412: INVALID_OPERATION,
    422: INVALID_PARAMS,
    429: LIMITED,
    503: NOT_LOADED,
}
# An id, a code or a day that another row has; also where two requests passed the check at once.
TAKEN = {"already_exists", "conflict"}
UNIQUE = "unique"


def error_code(refusal: Refusal) -> int:
    if refusal.status == 409 and refusal.code in TAKEN:
        return ALREADY_EXISTS
    if refusal.status == 400 and refusal.fields:
        return INVALID_PARAMS
    return OF_STATUS.get(refusal.status, INTERNAL_ERROR if refusal.status >= 500 else INVALID_REQUEST)


def body(refusal: Refusal, request_id: str) -> dict:
    """`error_details` where there is more to say: `field` is the first that is wrong, `fields` are all of them."""
    found: dict = {"error_code": error_code(refusal), "error_message": refusal.message or refusal.reason}
    details = _details(refusal, request_id)
    return {**found, "error_details": details} if details else found


def _details(refusal: Refusal, request_id: str) -> dict:
    details: dict = {}
    if refusal.fields:
        details["field"] = next(iter(refusal.fields))
        details["fields"] = {path: [text for _code, text in found] for path, found in refusal.fields.items()}
    if refusal.status == 429:
        details["timer"] = int(refusal.headers.get("Retry-After", 1))
    if refusal.status >= 500:
        details["request_id"] = request_id
    return details


def schema(status: int) -> dict:
    """Of the body of a refusal with this status."""
    text: dict = {"type": "string"}
    details: dict = {"field": text, "fields": {"type": "object", "additionalProperties": array_of(text)}}
    if status == 429:
        details["timer"] = {"type": "integer"}
    if status >= 500:
        details["request_id"] = text
    properties = {
        "error_code": {"type": "integer"},
        "error_message": text,
        "error_details": obj(details, [], additionalProperties=False),
    }
    return obj(properties, ["error_code", "error_message"], additionalProperties=False)


def invalid(errors: Errors) -> Refusal:
    """400 with these errors by wire path."""
    return Refusal(400, "invalid_params", _told(errors), fields=errors)


def taken(errors: Errors) -> Refusal:
    return Refusal(409, "already_exists", _told(errors), fields=errors)


def _told(errors: Errors) -> str:
    """The first of them, as a sentence."""
    path, found = next(iter(errors.items()))
    return f"{path}: {found[0][1]}"


def wire_refusal(error: Exception, names: Mapping[str, str]) -> Exception:
    """A rule's refusal in this dialect's form; what is none stays as it is. `names`: inside → wire path."""
    if not isinstance(error, ValidationError) or isinstance(error, StaleVersion):
        return error
    errors = {wire_path(name, names): found for name, found in field_errors(error).items()}
    is_taken = all(code == UNIQUE for found in errors.values() for code, _text in found)
    return taken(errors) if is_taken else invalid(errors)


def wire_path(name: str, names: Mapping[str, str]) -> str:
    return names.get(name, name)


DIALECT = Dialect("svctasks", (PREFIX,), body, schema)
