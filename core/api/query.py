"""The query string of a call: what is wrong with any parameter is collected and told at once."""

from collections.abc import Callable
from typing import TypeVar

from core.api.parsers import query_pairs

# Path → [(code, text)]
Errors = dict[str, list[tuple[str, str]]]
Value = TypeVar("Value")


class Invalid(Exception):
    """`errors`: the path within what was read ("" for itself, `[0].start`) → [(code, text)]."""

    def __init__(self, text: str = "", code: str = "invalid", errors: Errors | None = None):
        super().__init__(text)
        self.errors: Errors = errors or {"": [(code, text)]}


class Query:
    """Names are exact; of `name[]` the brackets are optional. `check()` refuses with all that is wrong, by name."""

    def __init__(self, request):
        self.values = read_pairs(request.META.get("QUERY_STRING", ""))
        self.errors: Errors = {}

    def has(self, name: str) -> bool:
        return name in self.values

    def one(self, name: str, read: Callable[[str], Value]) -> Value | None:
        """None when it is absent or cannot be read."""
        given = self.values.get(name, [])
        if len(given) > 1:
            self.refuse(name, f"is given {len(given)} times")
            return None
        return self.read(name, read, given[0]) if given else None

    def read(self, name: str, read: Callable[..., Value], given: str | list[str]) -> Value | None:
        try:
            return read(given)
        except Invalid as error:
            for path, found in error.errors.items():
                for code, text in found:
                    self.refuse(name + path, text, code)
        except ValueError as error:
            self.refuse(name, str(error))
        return None

    def refuse(self, name: str, message: str, code: str = "invalid") -> None:
        """Once: a list of two kinds of rows reads its query twice."""
        found = self.errors.setdefault(name, [])
        if (code, message) not in found:
            found.append((code, message))

    def check(self) -> None:
        if self.errors:
            raise self.refusal()

    def refusal(self) -> Exception:
        """What the dialect says of the errors."""
        raise NotImplementedError


def read_pairs(query: str) -> dict[str, list[str]]:
    """Name → values."""
    values: dict[str, list[str]] = {}
    for name, value in query_pairs(query):
        values.setdefault(name.removesuffix("[]"), []).append(value)
    return values
