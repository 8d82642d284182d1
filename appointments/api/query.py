"""What the query strings of this dialect hold, beside what all have."""

import re
from functools import partial
from zoneinfo import ZoneInfo

from appointments.api.errors import invalid
from appointments.api.fields import MAX_INT, read_ids, read_truth, read_whole
from appointments.api.moments import read_moment
from core.api import query
from core.api.query import Invalid

# A plus sign that nobody escaped is read as a space.
UNESCAPED = re.compile(r"(:\d{2}(?:\.\d+)?) (\d{2}:?\d{2})\Z", re.ASCII)


class Query(query.Query):
    def ids(self, name: str) -> list[int] | None:
        """Of `name[]=1&name[]=2`, `name=[1,2]` or `name=1`; None when it is absent or cannot be read."""
        given = self.values.get(name)
        if not given:
            return None
        return self.read(name, read_ids, given[0] if len(given) == 1 else given)

    def truth(self, name: str) -> bool | None:
        return self.one(name, read_truth)

    def between(self, name: str, low: int, high: int = MAX_INT) -> int | None:
        return self.one(name, partial(bounded, low=low, high=high))

    def moment(self, name: str, zone: ZoneInfo):
        return self.one(name, partial(query_moment, zone=zone))

    def refusal(self) -> Exception:
        return invalid(self.errors)


def query_moment(text: str, zone: ZoneInfo):
    """Raises ValueError."""
    return read_moment(UNESCAPED.sub(r"\1+\2", text), zone)


def bounded(text: str, low: int, high: int) -> int:
    found = read_whole(text)
    if not low <= found <= high:
        raise Invalid(f"must be from {low} to {high}")
    return found
