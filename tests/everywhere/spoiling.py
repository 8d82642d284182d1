"""Good requests made bad."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.everywhere.requests import Request


def leaves_replaced(value: Any, by: Callable[[Any], Any]) -> Any:
    """The body with every text, number and null in it replaced."""
    if isinstance(value, dict):
        return {name: leaves_replaced(item, by) for name, item in value.items()}
    return [leaves_replaced(item, by) for item in value] if isinstance(value, list) else by(value)


def with_leaves(request: Request, by: Callable[[Any], Any]) -> Request:
    return replace(request, body=json.dumps(leaves_replaced(json.loads(request.body), by)).encode())


def with_bad_fields(request: Request) -> Request:
    """Every value is an object now, which no field of any dialect takes."""
    return with_leaves(request, lambda _value: {"no": "value"})
