"""page[number] and page[size] (or page and per_page); X-Page, X-Per-Page, X-Total and Link [contract 10]."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from scheduling.api.community.fields import MAX_ID

DEFAULT_SIZE = 30
MAX_SIZE = 100
DIGITS = re.compile(r"\A[0-9]+\Z")
OWN_NAMES = {"page", "per_page", "page[number]", "page[size]"}


@dataclass(frozen=True)
class Page:
    number: int
    size: int
    total: int

    @property
    def slice(self) -> slice:
        # Past the end is an empty page, never an offset that the database cannot count to.
        start = min((self.number - 1) * self.size, self.total)
        return slice(start, start + self.size)

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))

    def headers(self, request) -> dict[str, str]:
        headers = {"X-Page": str(self.number), "X-Per-Page": str(self.size), "X-Total": str(self.total)}
        links = {"first": 1, "prev": self.number - 1, "next": self.number + 1, "last": self.last}
        address = self._address(request)
        shown = [f'<{address}{number}>; rel="{rel}"' for rel, number in links.items() if self._applies(rel)]
        return {**headers, "Link": ", ".join(shown)}

    def _applies(self, rel: str) -> bool:
        if rel == "prev":
            return 1 < self.number <= self.last + 1
        return rel != "next" or self.number < self.last

    def _address(self, request) -> str:
        """A page's address, up to its number."""
        # WSGI gives the bytes that came as Latin-1.
        query = request.META.get("QUERY_STRING", "").encode("latin-1").decode(errors="replace")
        others = parse_qsl(query, keep_blank_values=True)
        pairs = [pair for pair in others if pair[0] not in OWN_NAMES]
        query = urlencode([*pairs, ("page[size]", self.size), ("page[number]", "")])
        return f"{request.build_absolute_uri(request.path)}?{query}"


def page_of(query: dict, total: int) -> Page:
    """What is no number or below 1 is the default; a size over 100 is 100."""
    page = query.get("page")
    hash_ = page if isinstance(page, dict) else {"number": page}
    number = _positive(hash_.get("number"), 1)
    size = min(_positive(hash_.get("size", query.get("per_page")), DEFAULT_SIZE), MAX_SIZE)
    return Page(number, size, total)


def _positive(data: object, default: int) -> int:
    text = str(data).strip()
    if not DIGITS.match(text):
        return default
    return min(int(text[:20]), MAX_ID) or default
