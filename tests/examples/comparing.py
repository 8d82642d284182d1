"""How an answer is held against the example that the document shows of it."""

import re

# What each row, token or moment has of its own: the type and, of a text, the form are compared.
OWN_NAMES = re.compile(r"(^|_)ids?$|Ids?$|^(uid|key|token|secret|access_token|anomalyNumber|nextCursor|codePin|ms)$")
MOMENT = re.compile(r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$")
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
LINK = re.compile(r"^(https?://[^/]+)?/")
# A token at its end, or a number in it.
OWN_PART = re.compile(r"(?<=[/=])[\w:-]{16,}$|\d+")


def differs(example: object, real: object, place: str = "", *, name: str = "") -> list[str]:
    """Where the two have other names, types, numbers of items or values; of ids, moments and links: another form."""
    if type(example) is not type(real):
        return [f"{place}: {example!r} is of another type than {real!r}"]
    if isinstance(example, dict) and isinstance(real, dict):
        names = [f"{place}.{one}: only in one of the two" for one in example.keys() ^ real.keys()]
        shared = [differs(example[one], real[one], f"{place}.{one}", name=one) for one in example.keys() & real.keys()]
        return names + [one for found in shared for one in found]
    if isinstance(example, list) and isinstance(real, list):
        number = [f"{place}: {len(example)} items, not {len(real)}"] if len(example) != len(real) else []
        items = [differs(one, other, f"{place}[]", name=name) for one, other in zip(example, real, strict=False)]
        return number + [one for found in items for one in found]
    return [] if form(example, name) == form(real, name) else [f"{place}: {example!r}, not {real!r}"]


def form(value: object, name: str) -> object:
    """What two examples of the same thing have in common."""
    if OWN_NAMES.search(name):
        return type(value)
    if isinstance(value, str) and MOMENT.match(value):
        return re.sub(r"\d", "0", value)
    if isinstance(value, str) and UUID.match(value):
        return "uuid"
    if isinstance(value, str) and LINK.match(value):
        return OWN_PART.sub("0", LINK.sub("", value))
    return value
