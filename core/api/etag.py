"""`"<version>-<16 hex of the SHA-256 of the body>"` [contract 00]: reading compares the whole, writing the version."""

import hashlib
import re

import orjson
from django.http import HttpResponse
from rest_framework.response import Response

from core.errors import StaleVersion

TAG = re.compile(r'(W/)?"(([0-9]{1,10})-[^"]*|[^"]*)"')


def tag_of(body: bytes, version: int) -> str:
    return f'"{version}-{hashlib.sha256(body).hexdigest()[:16]}"'


def tagged(request, body: dict, version: int, status: int, headers: dict | None):
    """A Response with an ETag; 304 for a GET whose If-None-Match holds it."""
    rendered = orjson.dumps(body)
    tag = tag_of(rendered, version)
    if request.method in {"GET", "HEAD"} and matches(request.META.get("HTTP_IF_NONE_MATCH", ""), tag):
        # Without it Django says text/html.
        return HttpResponse(status=304, headers={"ETag": tag}, content_type="application/json")
    return Response(rendered, status=status, headers={"ETag": tag, **(headers or {})}, content_type="application/json")


def matches(header: str, tag: str) -> bool:
    """Weak comparison, as RFC 9110 wants for If-None-Match."""
    return header.strip() == "*" or any(match.group(0).removeprefix("W/") == tag for match in TAG.finditer(header))


def expected_versions(request) -> frozenset[int] | None:
    """The versions that If-Match allows; None when it is absent or `*`. Weak and foreign tags match none."""
    header = request.META.get("HTTP_IF_MATCH")
    if header is None or header.strip() == "*":
        return None
    return frozenset(int(match[3]) for match in TAG.finditer(header) if match[3] and not match[1])


def check_if_match(request, version: int | None) -> None:
    """`version`: None of what has none."""
    expected = expected_versions(request)
    if expected is not None and version not in expected:
        raise StaleVersion
