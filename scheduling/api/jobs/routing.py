"""One way to write a route under /v1: without a final slash; one is let pass."""

from django.urls import re_path


def route(pattern: str, view, name: str, **actions: str):
    """`name` is told apart from other dialects' by its prefix `jobs-`."""
    return re_path(rf"^{pattern}/?\Z", view.as_view(actions), name=f"jobs-{name}")


def part(name: str) -> str:
    """A variable part of the path."""
    return rf"(?P<{name}>[^/]+)"
