"""What the query strings of this dialect hold, beside what all have [contract 30]."""

import re
from collections.abc import Callable
from functools import partial

from core.api import query
from core.api.query import Invalid, Value
from interventions.api.errors import bad_values
from interventions.api.fields import MAX_ID, MAX_INT, MOST, each_of, read_number
from interventions.api.moments import read_moment
from interventions.api.numbers import Numbers

WHOLE = re.compile(r"-?[0-9]{1,20}", re.ASCII)
TRUTHS = {"true": True, "false": False, "1": True, "0": False}


class Query(query.Query):
    def truth(self, name: str) -> bool | None:
        return self.one(name, read_truth)

    def between(self, name: str, low: int, high: int = MAX_INT) -> int | None:
        return self.one(name, partial(bounded, low=low, high=high))

    def id(self, name: str) -> int | None:
        return self.one(name, bounded)

    def ids(self, name: str) -> list[int] | None:
        """Of `name[]=1&name[]=2`, also without the brackets; None when it is absent or cannot be read."""
        return self.many(name, bounded)

    def words(self, name: str, numbers: Numbers) -> list[str] | None:
        """The words of such a list of an enumeration's integers."""
        return self.many(name, lambda text: read_number(bounded(text), numbers))

    def many(self, name: str, read: Callable[[str], Value]) -> list[Value] | None:
        if not self.has(name):
            return None
        return self.read(name, lambda given: each_of(check_number(given), read), self.values[name])

    def moment(self, name: str):
        return self.one(name, read_moment)

    def refusal(self) -> Exception:
        return bad_values(self.errors)


def check_number(given: list[str]) -> list[str]:
    if len(given) > MOST:
        raise Invalid(f"must be at most {MOST} values", "too_many")
    return given


def bounded(text: str, low: int = -MAX_ID, high: int = MAX_ID) -> int:
    if not WHOLE.fullmatch(text):
        raise Invalid("must be an integer")
    if not low <= int(text) <= high:
        raise Invalid(f"must be from {low} to {high}", "range")
    return int(text)


def read_truth(text: str) -> bool:
    if text not in TRUTHS:
        raise Invalid("must be true or false")
    return TRUTHS[text]
