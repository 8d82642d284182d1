"""The base of what every dialect's clients share: webhooks and the feed of events [contract 60]."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cached_property

from django.http import Http404

from core.api.dialects import COMMON
from core.api.errors import Refusal
from core.api.parsers import malformed
from core.api.query import Query
from core.api.views import Access, DialectView
from core.models import Organization, Role

READ = Access("webhooks:read")
WRITE = Access("webhooks:write", person_role=Role.ADVANCED_STAFF)
DEFAULT_LIMIT, MOST = 100, 1000
MAX_ID = 2**63 - 1
DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)


class Asked(Query):
    def refusal(self) -> Refusal:
        return Refusal(400, "malformed", "The query is not understood", fields=self.errors)


class IntegrationView(DialectView):
    dialect = COMMON

    @cached_property
    def organization(self) -> Organization:
        return Organization.objects.get(pk=self.only_organization_id())

    @cached_property
    def query(self) -> Asked:
        return Asked(self.request)

    @property
    def limit(self) -> int:
        return self.query.one("limit", read_limit) or DEFAULT_LIMIT

    def position(self, name: str, of: str) -> int:
        """Where the parameter says that the page begins: after this; 0 without it."""
        return self.query.one(name, lambda text: read_cursor(text, of)) or 0

    def check_body(self, request) -> None:
        super().check_body(request)
        if request.method in {"POST", "PATCH"} and not isinstance(request.data, dict):
            raise malformed("The body must be a JSON object")


def read_limit(text: str) -> int:
    if not DIGITS.fullmatch(text) or not 1 <= int(text) <= MOST:
        raise ValueError(f"must be a number from 1 to {MOST}")
    return int(text)


def write_cursor(position: int, name: str) -> str:
    """Unsigned, as readers keep it for longer than a key lives, and it opens nothing. `name` is that of the list."""
    return urlsafe_b64encode(f"{name}:{position}".encode()).decode().rstrip("=")


def read_cursor(text: str, name: str) -> int:
    try:
        known, _, position = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().rpartition(":")
    except ValueError:
        known = position = ""
    if known != name or not DIGITS.fullmatch(position):
        raise ValueError("is none that was given here")
    return int(position)


def path_number(text: str) -> int:
    """The id in a path; what is no such number is no row."""
    if not (text.isascii() and text.isdigit()) or text.startswith("0") or len(text) > 19 or int(text) > MAX_ID:
        raise Http404
    return int(text)
