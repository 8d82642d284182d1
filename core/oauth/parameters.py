"""What a client sent, strictly read: every failure is an OAuth2 error, never a surprise further in."""

import base64
from collections.abc import Collection
from urllib.parse import parse_qsl, unquote_plus

import orjson
from django.http import HttpRequest
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

from core.api.parsers import is_encoded

MAX_BODY = 64 * 1024
MAX_PARAMETERS = 100
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def body_parameters(request: HttpRequest, names: Collection[str]) -> dict[str, str]:
    """Those of `names` that the form or JSON body holds, with the client of an HTTP Basic header."""
    if request.META.get("QUERY_STRING"):
        raise InvalidRequestError("Parameters belong in the body, not in the query")
    return merge_client(known(body_pairs(request), names), basic_client(request))


def query_parameters(request: HttpRequest, names: Collection[str]) -> dict[str, str]:
    return known(form_pairs(request.META.get("QUERY_STRING", "").encode("latin-1")), names)


def body_pairs(request: HttpRequest) -> list[tuple[str, str]]:
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        raise InvalidRequestError("Send the body with a Content-Length", status_code=411)
    if is_encoded(request):
        raise InvalidRequestError("Send the body without a Content-Encoding", status_code=415)
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        raise InvalidRequestError("The body is larger than 64 KiB", status_code=413)
    if request.content_type == JSON:
        return json_pairs(body)
    if request.content_type in {FORM, ""}:
        return form_pairs(body)
    raise InvalidRequestError(f"The body must be {FORM} or {JSON}", status_code=415)


def form_pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except ValueError:
        raise InvalidRequestError("The parameters are not a UTF-8 form") from None


def json_pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InvalidRequestError("The body is not valid JSON") from None
    if not isinstance(value, dict):
        raise InvalidRequestError("The body must be a JSON object")
    return [(name, text) for name, text in value.items() if text is not None]


def known(pairs: list[tuple[str, str]], names: Collection[str]) -> dict[str, str]:
    """Unknown parameters are ignored, empty ones count as absent, none may come twice [RFC 6749, 3.2]."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in names:
            continue
        if name in found:
            raise InvalidRequestError(f"The parameter {name} came twice")
        found[name] = checked(name, value)
    return {name: value for name, value in found.items() if value}


def checked(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidRequestError(f"The parameter {name} must be a string")
    if "\0" in value:
        raise InvalidRequestError(f"The parameter {name} holds a NUL character")
    return " ".join(value.split()) if name == "scope" else value


def basic_client(request: HttpRequest) -> tuple[str, str] | None:
    """(client_id, client_secret) of HTTP Basic, each form-encoded [RFC 6749, 2.3.1]."""
    scheme, _, encoded = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
        client_id, secret = (unquote_plus(part, errors="strict") for part in text.split(":", 1))
    except ValueError:
        raise InvalidRequestError("The Basic credentials cannot be read") from None
    return checked("client_id", client_id), checked("client_secret", secret)


def merge_client(parameters: dict[str, str], client: tuple[str, str] | None) -> dict[str, str]:
    """A client authenticates in one way; naming itself again in the body is harmless [RFC 6749, 2.3]."""
    if client is None:
        return parameters
    client_id, secret = client
    if parameters.get("client_id", client_id) != client_id or parameters.get("client_secret", secret) != secret:
        raise InvalidRequestError("The header and the body name different clients")
    return {**parameters, "client_id": client_id, "client_secret": secret}
