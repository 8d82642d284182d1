"""One way to write a route of this dialect: each with and without `.json` and a final slash; `.xml` is 406."""

from django.urls import re_path

ENDING = r"(?:\.(?P<format>json|xml))?/?\Z"


def route(pattern: str, view, name: str, **actions: str):
    """Under a group. `name` is told apart from other dialects' by its prefix `appointments-`."""
    return root_route(f"groups/{part('group_id')}/{pattern}", view, name, **actions)


def root_route(pattern: str, view, name: str, **actions: str):
    return re_path(rf"^{pattern}{ENDING}", view.as_view(actions), name=f"appointments-{name}")


def part(name: str) -> str:
    """A variable part of the path."""
    return rf"(?P<{name}>[^/.]+)"
