"""Strict readers of request bodies: what stock parsers let through to the database is refused here."""

import re
from urllib.parse import parse_qsl

import orjson
from rest_framework.parsers import BaseParser

from core.api.errors import Refusal

MAX_DEPTH = 32
MAX_PAIRS = 1000
LENGTH = re.compile(r"\A[0-9]{1,18}\Z")


def malformed(message: str) -> Refusal:
    return Refusal(400, "malformed", message)


def body_length(request) -> int:
    """Of the body in bytes. A chunked one, which Django would read as empty → 411; no number → 400."""
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        raise Refusal(411, "length_required", "Send the body with a Content-Length")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not LENGTH.match(length):
        raise malformed("The Content-Length is not a number")
    return int(length)


def is_encoded(request) -> bool:
    """Whether the body is said to be compressed or the like, which nothing here undoes."""
    return request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower() not in {"", "identity"}


def check_tree(value: object, depth: int = 0) -> None:
    """Refuse lists and hashes nested over 32 deep, and NUL characters anywhere."""
    if isinstance(value, str):
        check_text(value)
    elif depth == MAX_DEPTH and isinstance(value, dict | list):
        raise malformed("The body is nested too deeply")
    elif isinstance(value, dict):
        for key, item in value.items():
            check_text(key)
            check_tree(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            check_tree(item, depth + 1)


def check_text(text: str) -> None:
    if "\0" in text:
        raise malformed("The request holds a NUL character")


def query_pairs(query: str) -> list[tuple[str, str]]:
    """Names and values of a query string, in order. WSGI hands the bytes over as Latin-1. UTF-8 else, or NUL → 400."""
    try:
        text = query.encode("latin-1").decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PAIRS)
    except UnicodeError:
        raise malformed("The query is not valid UTF-8") from None
    except ValueError:
        raise malformed("The query has too many parameters") from None
    for name, value in pairs:
        check_text(name)
        check_text(value)
    return pairs


class JSONParser(BaseParser):
    """Any JSON value; broken JSON, NUL, lone surrogates and depth over 32 → 400."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        body = stream.read()
        if not body.strip():
            return {}
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise malformed("The body is not valid JSON") from None
        check_tree(value)
        return value
