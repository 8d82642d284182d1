"""Every route of the project, as the URL configuration has it."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

# Django's own back office; who may enter it is tested route by route in core/test_closed_by_default.py.
ADMIN = "admin/"


def all_routes(patterns=None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(the whole pattern as text, the route)"""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        text = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from all_routes(pattern.url_patterns, text)
        else:
            yield text, pattern


def label(text: str, pattern: URLPattern) -> str:
    """What a table calls a route: its name, or its pattern where it has none."""
    return pattern.name or text


def methods(pattern: URLPattern) -> set[str]:
    """The methods that the route's view has a function for: of an API all, of others GET and POST."""
    view = pattern.callback
    if hasattr(view, "actions"):
        return {name.upper() for name in view.actions} - {"HEAD"}
    kind = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if kind is None:
        return {"GET"}
    return {name.upper() for name in ("get", "post") if name in kind.http_method_names and hasattr(kind, name)}


def is_catch_all(text: str) -> bool:
    return r"[\s\S]*" in text
