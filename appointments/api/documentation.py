"""This dialect in OpenAPI: derived from the shapes, forms and listings, so that it cannot differ from them."""

from typing import Any

from appointments.api.conditions import MOST as MOST_CONDITIONS
from appointments.api.fields import ID, MAX_INT
from appointments.api.lists import DIRECTIONS, MOST, USUAL, Listing
from core.api.documentation import LIST, MERGE, RETIRE, Documentation, Operation, array_of, in_query, obj

TAG = "Appointments"
SCHEMES = ("apiKey", "apiKeyHeader")
COUNT = {"type": "integer", "minimum": 0}
GROUP = {"group_id": ID}
ONE = {**GROUP, "id": ID}
PAGING: dict[str, dict] = {
    "Results": in_query(
        "results",
        {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST}, {"const": "all"}]},
        f"{USUAL} by default; `all` is at most {MOST}.",
    ),
    "StartIndex": in_query("startIndex", {"type": "integer", "minimum": 0, "maximum": MAX_INT}, "0 by default."),
    "Dir": in_query("dir", {"type": "string", "enum": list(DIRECTIONS)}, "Beside `sort` alone; `asc` by default."),
    "Search": in_query("search", {"type": "string"}, "Each word somewhere in the record's names."),
    "Conditions": in_query(
        "conditions",
        {"type": "object", "additionalProperties": {"type": "object"}},
        "`conditions[0][field]`, `[op]` and `[value]`, and so on: all must hold. Ops: `=`, `>`, `>=`, `<`, `<=`, `!=`, "
        "`like`, `not like` (`%` stands for any letters), `in`, `not in` (values apart by commas). "
        f"At most {MOST_CONDITIONS}.",
    ),
}


def page_of(record: dict) -> dict:
    """The envelope of a list."""
    names = ("totalRecords", "startIndex", "recordsReturned", "pageSize")
    members = {
        "records": array_of(record),
        "sort": {"type": ["string", "null"]},
        "dir": {"type": ["string", "null"], "enum": [*DIRECTIONS, None]},
        **dict.fromkeys(names, COUNT),
    }
    return obj(members, additionalProperties=False)


def under(root: str, schema: dict) -> dict:
    """A body: the object stands under its root."""
    return obj({root: schema})


def listing_parameters(name: str, listing: Listing) -> dict[str, dict]:
    """The query parameters of one list, as components: `<name>Sort` and one for each filter."""
    sorts = {"type": "string", "enum": list(listing.attributes)}
    found = {f"{name}Sort": in_query("sort", sorts, "Then by id.")}
    for key in listing.filters:
        title = "".join(part.title() for part in key.split("_"))
        found[f"{name}{title}"] = in_query(f"{key}[]", array_of(ID), "Ids; `[1,2]` is read too.")
    return found


def document(
    operations: dict[str, Operation], schemas: dict[str, dict], parameters: dict[str, dict] | None = None
) -> Documentation:
    """`operations` by the view's actions, `schemas` and `parameters` by their component names."""
    return Documentation(
        TAG, operations, schemas, {**PAGING, **(parameters or {})}, organization=None, page=page_of, schemes=SCHEMES
    )


def operation(id: str, summary: str, kind: str, answer: dict, **more: Any) -> Operation:
    """An Operation with what all of this dialect have."""
    refusals = {500, *more.pop("refusals", ()), *((409,) if kind in {MERGE, RETIRE} else ())}
    if kind == LIST:
        more["parameters"] = (*PAGING, *more.get("parameters", ()))
    return Operation(id, summary, kind, answer, refusals=tuple(sorted(refusals)), **more)
