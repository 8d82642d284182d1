"""One way to write a route of this dialect: without a final slash; one is let pass."""

from django.urls import re_path

ID = r"(?P<id>[^/]+)"


def route(pattern: str, view, name: str, **actions: str):
    """`name` is told apart from other dialects' by its prefix `svctasks-`."""
    return re_path(rf"^{pattern}/?\Z", view.as_view(actions), name=f"svctasks-{name}")


def row_routes(path: str, view, name: str) -> list:
    """The six verbs. A POST does what the method LOOKUP does, which proxies drop."""
    return [
        route(path, view, name, get="list", post="create", lookup="look_up"),
        route(f"{path}/lookup", view, f"{name}-lookup", post="look_up"),
    ]


def one_route(path: str, view, name: str):
    return route(f"{path}/{ID}", view, f"{name}-one", get="retrieve", patch="update", delete="destroy")
