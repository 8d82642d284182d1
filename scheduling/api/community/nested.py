"""Nested parameters as Rack reads them: `a[b][]=1&a[c][][d]=2` in a query string or a form [contract 10]."""

import re
from urllib.parse import unquote_to_bytes

from rest_framework.parsers import BaseParser

from core.api.parsers import MAX_DEPTH, check_text, malformed

MAX_PAIRS = 4000
KEY = re.compile(r"\A([^\[\]]*)((?:\[[^\[\]]*\])*)\Z")
PART = re.compile(r"\[([^\[\]]*)\]")


def read_nested(text: str) -> dict:
    """The parameters as dicts and lists of strings; what does not fit together → 400."""
    parameters: dict = {}
    pairs = [pair for pair in text.split("&") if pair]
    if len(pairs) > MAX_PAIRS:
        raise malformed("The request has too many parameters")
    for pair in pairs:
        name, _, value = pair.partition("=")
        _store(parameters, _path(_decoded(name)), _decoded(value))
    return parameters


def _decoded(text: str) -> str:
    try:
        decoded = unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
    except UnicodeDecodeError:
        raise malformed("The parameters are not valid UTF-8") from None
    check_text(decoded)
    return decoded


def _path(name: str) -> list[str]:
    """`a[b][]` → ["a", "b", ""]; a name that is not so built is one plain name, as Rack has it."""
    match = KEY.match(name)
    if not match:
        return [name]
    path = [match[1], *PART.findall(match[2])]
    if len(path) > MAX_DEPTH:
        raise malformed("The parameters are nested too deeply")
    return path


def _store(parent: dict, path: list[str], value: str) -> None:
    name, rest = path[0], path[1:]
    if not rest:
        parent[name] = value
    elif rest[0] == "":
        _store_in_list(_child(parent, name, list), rest[1:], value)
    else:
        _store(_child(parent, name, dict), rest, value)


def _store_in_list(items: list, rest: list[str], value: str) -> None:
    """`[][d]=…` goes into the last hash of the list until that hash has a `d`: then a new one begins."""
    if not rest:
        items.append(value)
        return
    if rest[0] == "":
        raise malformed("The parameters hold a list in a list")
    if not items or not isinstance(items[-1], dict) or _has(items[-1], rest):
        items.append({})
    _store(items[-1], rest, value)


def _has(hash_: dict, path: list[str]) -> bool:
    """Whether this place is taken; a list takes more and more."""
    here: object = hash_
    for name in path:
        if name == "":
            return False
        if not isinstance(here, dict) or name not in here:
            return False
        here = here[name]
    return True


def _child(parent: dict, name: str, kind: type):
    child = parent.setdefault(name, kind())
    if not isinstance(child, kind):
        raise malformed(f"The parameter {name} is given as two different things")
    return child


def read_query(request) -> dict:
    """The query string's parameters; WSGI hands its bytes over as Latin-1."""
    try:
        return read_nested(request.META.get("QUERY_STRING", "").encode("latin-1").decode("utf-8"))
    except UnicodeError:
        raise malformed("The query is not valid UTF-8") from None


class FormParser(BaseParser):
    """application/x-www-form-urlencoded in the bracket style."""

    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return read_nested(stream.read().decode("utf-8").strip())
        except UnicodeDecodeError:
            raise malformed("The form is not valid UTF-8") from None
