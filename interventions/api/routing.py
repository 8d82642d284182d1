"""One way to write a route of this dialect: without a final slash; one is let pass."""

from django.urls import re_path


def route(pattern: str, view, name: str, **actions: str):
    """`name` is told apart from other dialects' by its prefix `interventions-`."""
    return re_path(rf"^{pattern}/?\Z", view.as_view(actions), name=f"interventions-{name}")


def part(name: str = "id") -> str:
    """A variable part of the path."""
    return rf"(?P<{name}>[^/]+)"
