"""Any failure → a Refusal; each dialect spells a Refusal in its own body. Inside, errors have no HTTP shape."""

import logging
from dataclasses import dataclass, field
from http import HTTPStatus

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    ValidationError,
)
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions

from core.api.authentication import challenge
from core.errors import Busy, StaleVersion, StateConflict

logger = logging.getLogger("dutyboard.api")


# Not frozen: whatever passes an exception on sets its __traceback__.
@dataclass(eq=False)
class Refusal(Exception):
    """What a client is told. `code` is stable and ours; `fields` maps a field to [(code, text), …].

    `path` is what was called, set as the answer is made.
    """

    status: int
    code: str
    message: str = ""
    fields: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    details: dict = field(default_factory=dict)
    path: str = ""

    @property
    def reason(self) -> str:
        return HTTPStatus(self.status).phrase


def field_errors(error: ValidationError) -> dict[str, list[tuple[str, str]]]:
    """A ValidationError as field → [(code, text), …]; without a field: under `__all__`."""
    if not hasattr(error, "error_dict"):
        error = ValidationError({NON_FIELD_ERRORS: error})
    return {
        name: [(one.code or "invalid", " ".join(one.messages)) for one in errors]
        for name, errors in error.error_dict.items()
    }


def _of_validation(error: ValidationError) -> Refusal:
    return Refusal(422, "invalid", "Validation failed", fields=field_errors(error))


def _of_state(error: StateConflict) -> Refusal:
    return Refusal(409, "state_conflict", str(error), details={"allowed": error.allowed})


def _of_drf(error: exceptions.APIException) -> Refusal:
    code = error.get_codes() if isinstance(error.detail, str) else error.default_code
    headers = {}
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        headers["WWW-Authenticate"] = challenge(str(code))
    text = error.detail if isinstance(error.detail, str) else "The request is malformed"
    return Refusal(error.status_code, str(code), str(text), headers=headers)


def refusal_of(error: Exception) -> Refusal:
    """Never raises, never says 500 for what the caller did."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, StaleVersion):
        return Refusal(412, "stale", "The row has changed since it was read (If-Match)")
    if isinstance(error, ValidationError):
        return _of_validation(error)
    if isinstance(error, StateConflict):
        return _of_state(error)
    if isinstance(error, Busy):
        return Refusal(409, "busy", str(error), headers={"Retry-After": "1"})
    # A row that was deleted between its look-up and its lock is not there either.
    if isinstance(error, Http404 | exceptions.NotFound | ObjectDoesNotExist):
        return Refusal(404, "not_found", "Not found")
    if isinstance(error, PermissionDenied):
        return Refusal(403, "permission_denied", "You are not authorized to access this page.")
    if isinstance(error, RequestDataTooBig):
        return Refusal(413, "too_large", "The request body is too large")
    if isinstance(error, exceptions.APIException):
        return _of_drf(error)
    return _of_failure(error)


def _of_failure(error: Exception) -> Refusal:
    if isinstance(error, IntegrityError):
        # Two requests passed the same check at once; the database let one through.
        return Refusal(409, "conflict", "This clashes with a change made at the same moment; read again")
    logger.error("unexpected failure", exc_info=error)
    if isinstance(error, OperationalError | InterfaceError):
        return Refusal(503, "unavailable", "The database cannot be reached; try again", headers={"Retry-After": "5"})
    return Refusal(500, "server_error", "Something went wrong on our side")
