"""Ids of what is not modelled here: kept and echoed by their wire names, never checked [contract 30]."""

from typing import Any

from core.api.columns import Made, made
from core.api.documentation import array_of
from interventions.api.fields import ID, ID_OR_NULL

IDS = array_of(ID)


def outside(name: str, schema: dict = ID_OR_NULL, path: str = "") -> Made:
    """One of a row's, as it was given."""
    default: Any = [] if schema["type"] == "array" else None
    return made(f"{path}outside_ids", lambda stored: stored.get(name, default), schema)


def with_outside(values: dict, names: tuple[str, ...], row: Any = None) -> dict:
    """The values, those of these names put together as the row's `outside_ids`; what is absent stays."""
    given = {name: values[name] for name in names if name in values}
    rest = {name: value for name, value in values.items() if name not in names}
    return {**rest, "outside_ids": {**(row.outside_ids if row else {}), **given}} if given else rest
