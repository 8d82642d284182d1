"""What a refusal looks like in each dialect, by its status: the table of contract 00, Errors."""

from collections.abc import Callable
from http import HTTPStatus

PROBLEM = ["type", "title", "status", "detail"]
OF_APPOINTMENTS = {401: 5, 403: 1, 404: 3, 429: None}
OF_SVCTASKS = {401: 1407, 403: 1401, 404: 1404, 405: 1403, 409: 1406, 412: 1406, 422: 1413, 429: 1410}


def _community(body: dict, status: int) -> bool:
    if status == 404:
        return body == {}
    phrases = {401: {"Not authorized"}, 403: {"Forbidden", "Access Denied"}}
    said = phrases.get(status, {HTTPStatus(status).phrase})
    return list(body)[:2] == ["error", "message"] and body["error"] in said


def _jobs(body: dict, status: int) -> bool:
    keys = [*PROBLEM, "instance", *(["errors"] if status == 422 else [])]
    return list(body) == keys and (body["status"], body["title"]) == (status, HTTPStatus(status).phrase)


def _interventions(body: dict, status: int) -> bool:
    known = {"message", "errors"} | ({"code"} if status == 401 else set())
    errors = [list(one) for one in body["errors"]]
    return set(body) <= known and bool(body["message"]) and all(one == ["path", "code", "message"] for one in errors)


def _appointments(body: dict, status: int) -> bool:
    found = body["error"]
    names = {429: "TooManyRequests", 401: "LoginFailed", 403: "Unauthorized", 404: "NoResult"}
    told = list(body) == ["error"] and list(found) == ["code", "name", "message", "fields"]
    return told and (found["code"], found["name"]) == (
        OF_APPOINTMENTS.get(status, 2),
        names.get(status, "InvalidParameter"),
    )


def _svctasks(body: dict, status: int) -> bool:
    details = body.get("error_details", {})
    code = 1413 if status == 400 and "fields" in details else OF_SVCTASKS.get(status, 1405)
    return list(body)[:2] == ["error_code", "error_message"] and body["error_code"] == code


def _problem(body: dict, status: int) -> bool:
    return list(body)[:4] == PROBLEM and (body["status"], body["title"]) == (status, HTTPStatus(status).phrase)


BODIES: dict[str, Callable[[dict, int], bool]] = {
    "community": _community,
    "jobs": _jobs,
    "interventions": _interventions,
    "appointments": _appointments,
    "svctasks": _svctasks,
    "common": _problem,
}
IN_UTF8 = "application/json; charset=utf-8"
MEDIA = {**dict.fromkeys(BODIES, IN_UTF8), "jobs": "application/problem+json", "common": "application/problem+json"}


def complaint(dialect: str, response, *statuses: int) -> str:
    """What is wrong with this refusal, of which any of the statuses is right; "" for nothing."""
    shown = f"{response.status_code} {response.content[:200]!r}"
    if response.status_code not in statuses:
        return f"expected {statuses}, got {shown}"
    if response["Content-Type"] != MEDIA[dialect] or "X-Request-Id" not in response:
        return f"its headers are {dict(response.items())}: {shown}"
    return "" if BODIES[dialect](response.json(), response.status_code) else f"its form is another's: {shown}"
