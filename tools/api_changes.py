"""What clients of the released API would trip over: the released OpenAPI document against the one of now.

python tools/api_changes.py docs/openapi-baseline.yaml docs/openapi.yaml → one line for each breaking change, and status
1 where there is any. What counts as one is told to clients in docs/api-compatibility.md.
"""

import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

METHODS = ("get", "post", "put", "patch", "delete")
# A number is what an integer is too.
WIDER = {"integer": {"number"}}
# Keyword → whether the value of now (the second) takes less than that of the release.
LESS: dict[str, Callable[[Any, Any], bool]] = {
    **dict.fromkeys(
        ("maximum", "maxLength", "maxItems", "exclusiveMaximum"), lambda old, new: old is None or new < old
    ),
    **dict.fromkeys(
        ("minimum", "minLength", "minItems", "exclusiveMinimum"), lambda old, new: old is None or new > old
    ),
    **dict.fromkeys(("pattern", "format", "uniqueItems", "multipleOf"), lambda old, new: old != new),
}
ASKED, ANSWERED = "asked", "answered"


class Comparison:
    """Each method yields what breaks at a `place`, a path of names that a person can follow."""

    def __init__(self, released: dict, current: dict):
        self.released, self.current = released, current
        # Pairs of components in comparison or done: they may name themselves, and are told of once.
        self.seen: set[tuple[str, str, str]] = set()

    def breaks(self) -> Iterator[str]:
        for path, methods in self.released["paths"].items():
            if path not in self.current["paths"]:
                yield f"{path}: the path is gone"
                continue
            now = self.current["paths"][path]
            for method in [name for name in METHODS if name in methods]:
                place = f"{method.upper()} {path}"
                if method not in now:
                    yield f"{place}: the method is gone"
                    continue
                yield from self.operation(methods[method], now[method], place)

    def operation(self, old: dict, new: dict, place: str) -> Iterator[str]:
        yield from self.security(old.get("security", []), new.get("security", []), place)
        yield from self.parameters(old, new, place)
        yield from self.body(old.get("requestBody"), new.get("requestBody"), f"{place}: body")
        for status, answer in old["responses"].items():
            if status[0] not in "23":
                continue
            if status not in new["responses"]:
                yield f"{place}: {status} is no longer answered"
                continue
            found, now = self.resolved(answer, new["responses"][status])
            yield from self.answer(found, now, f"{place}: {status}")

    # -- what the caller sends --------------------------------------------------------------------------

    def security(self, old: list[dict], new: list[dict], place: str) -> Iterator[str]:
        """Each credential that was enough must still be enough."""
        for one in old or [{}]:
            if not any(all(name in one and set(scopes) <= set(one[name]) for name, scopes in other.items())
                       for other in new or [{}]):  # fmt: skip
                yield f"{place}: {one or 'no credential'} is no longer enough"

    def parameters(self, old: dict, new: dict, place: str) -> Iterator[str]:
        before, after = (
            {(one["in"], one["name"]): one for one in (follow(document, item) for item in found.get("parameters", ()))}
            for document, found in ((self.released, old), (self.current, new))
        )
        for key, parameter in before.items():
            name = f"{place}: {' '.join(key)}"
            if key not in after:
                yield f"{name}: the parameter is gone"
                continue
            if after[key].get("required") and not parameter.get("required"):
                yield f"{name}: is required now"
            yield from self.schema(parameter["schema"], after[key]["schema"], ASKED, name)
        added = [key for key, parameter in after.items() if key not in before and parameter.get("required")]
        yield from (f"{place}: {' '.join(key)}: a new parameter is required" for key in added)

    def body(self, old: dict | None, new: dict | None, place: str) -> Iterator[str]:
        if new and new.get("required") and not (old or {}).get("required"):
            yield f"{place}: is required now"
        if old:
            yield from self.content(old["content"], (new or {}).get("content", {}), ASKED, place)

    # -- what the caller is answered --------------------------------------------------------------------

    def answer(self, old: dict, new: dict, place: str) -> Iterator[str]:
        gone = [name for name in old.get("headers", {}) if name not in new.get("headers", {})]
        yield from (f"{place}: the header {name} is gone" for name in gone)
        yield from self.content(old.get("content", {}), new.get("content", {}), ANSWERED, place)

    # -- both -------------------------------------------------------------------------------------------

    def content(self, old: dict, new: dict, way: str, place: str) -> Iterator[str]:
        for media, found in old.items():
            if media not in new:
                yield f"{place}: {media} is gone"
                continue
            yield from self.schema(found["schema"], new[media]["schema"], way, place)

    def resolved(self, old: dict, new: dict) -> tuple[dict, dict]:
        return follow(self.released, old), follow(self.current, new)

    def schema(self, old: dict, new: dict, way: str, place: str) -> Iterator[str]:
        names = (old.get("$ref", ""), new.get("$ref", ""), way)
        if all(names):
            if names in self.seen:
                return
            self.seen.add(names)
        old, new = self.resolved(old, new)
        if alternatives(old) or alternatives(new):
            yield from self.any_of(alternatives(old) or [old], alternatives(new) or [new], way, place)
            return
        yield from chain(types(old, new, way, place), values(old, new, way, place))
        if way == ASKED:
            yield from limits(old, new, place)
        yield from self.members(old, new, way, place)

    def any_of(self, old: list[dict], new: list[dict], way: str, place: str) -> Iterator[str]:
        """Whatever could be sent still fits one of them; whatever is answered fits one that was there."""
        for one in old if way == ASKED else new:
            pairs = [(one, other) for other in new] if way == ASKED else [(other, one) for other in old]
            if not any(self.fits(before, after, way) for before, after in pairs):
                yield f"{place}: an alternative {'is gone' if way == ASKED else 'is new'}: {sorted(one)}"

    def fits(self, old: dict, new: dict, way: str) -> bool:
        """By a comparison of its own, as this may be no more than a try."""
        tried = Comparison(self.released, self.current)
        tried.seen = set(self.seen)
        return not list(tried.schema(old, new, way, ""))

    def members(self, old: dict, new: dict, way: str, place: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        yield from (f"{place}: the property {name} is gone" for name in before if name not in after)
        yield from required(old, new, way, place)
        for name in [name for name in before if name in after]:
            yield from self.schema(before[name], after[name], way, f"{place}: {name}")
        if "items" in old:
            yield from self.schema(old["items"], new.get("items", {}), way, f"{place}[]")
        rest, now = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if isinstance(rest, dict) and isinstance(now, dict):
            yield from self.schema(rest, now, way, f"{place}: *")
        elif way == ASKED and rest is not False and now is False:
            yield f"{place}: other properties are refused now"


def follow(document: dict, found: dict) -> dict:
    while "$ref" in found:
        target: Any = document
        for name in found["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        found = target
    return found


def alternatives(schema: dict) -> list[dict]:
    return schema.get("anyOf") or schema.get("oneOf") or []


def types(old: dict, new: dict, way: str, place: str) -> Iterator[str]:
    """What could be sent still can; what is answered is of no type that was not answered."""
    before, after = (
        {found} if isinstance(found, str) else set(found or ()) for found in (old.get("type"), new.get("type"))
    )
    inner, outer = (before, after) if way == ASKED else (after, before)
    lost = [one for one in inner if not ({one} | WIDER.get(one, set())) & outer] if outer else []
    if lost or (outer and not inner):
        yield f"{place}: the type was {sorted(before) or 'any'}, is {sorted(after) or 'any'}"


def values(old: dict, new: dict, way: str, place: str) -> Iterator[str]:
    """A new value in an answer is no break: clients are told that words are added."""
    before, after = ([found["const"]] if "const" in found else found.get("enum") for found in (old, new))
    if after is None:
        return
    if before is None:
        yield from [f"{place}: takes {after} alone now"] if way == ASKED else []
        return
    gone = [value for value in before if value not in after]
    if gone:
        yield f"{place}: the values {gone} are gone"


def limits(old: dict, new: dict, place: str) -> Iterator[str]:
    for keyword, is_less in LESS.items():
        if keyword in new and is_less(old.get(keyword), new[keyword]):
            yield f"{place}: {keyword} was {old.get(keyword)}, is {new[keyword]}"


def required(old: dict, new: dict, way: str, place: str) -> Iterator[str]:
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    if way == ASKED:
        yield from (f"{place}: the property {name} is required now" for name in sorted(after - before))
    else:
        kept = new.get("properties", {})
        missing = sorted(name for name in before - after if name in kept)
        yield from (f"{place}: the property {name} may be missing now" for name in missing)


def breaking_changes(released: dict, current: dict) -> list[str]:
    return list(dict.fromkeys(Comparison(released, current).breaks()))


def read(path: str) -> dict:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(Path(path).read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  (a safe one)


def main(released: str, current: str) -> int:
    found = breaking_changes(read(released), read(current))
    for line in found:
        print(line)
    if found:
        print(f"{len(found)} breaking changes since the release of {released}: see docs/api-compatibility.md")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
