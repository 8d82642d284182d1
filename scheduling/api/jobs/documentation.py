"""This dialect in OpenAPI: derived from the shapes, forms and listings, so that it cannot differ from them."""

from typing import Any

from core.api.documentation import CREATE, LIST, SINGLE, Documentation, Operation, array_of, in_header, in_query, obj
from scheduling.api.jobs.fields import MAX_ID
from scheduling.api.jobs.forms import BodyForm
from scheduling.api.jobs.lists import DEFAULT_SIZE, DIRECTIONS, MAX_NUMBER, MAX_SIZE, Listing

TAG = "Jobs"
# The annex documents it everywhere.
SERVER_ERROR = 500
ID = {"type": "integer", "format": "int64", "minimum": 1, "maximum": MAX_ID}
UID = {"type": "string", "format": "uuid"}
COUNT = {"type": "integer", "minimum": 0}
CUSTOMER: dict = {
    **in_header("Customer-Id", "The organization's id.", {"type": "integer", "format": "int64"}),
    "required": True,
}
PAGING: dict[str, dict] = {
    "PageNumber": in_query("pageNumber", {"type": "integer", "minimum": 1, "maximum": MAX_NUMBER}, "1 by default."),
    "PageSize": in_query(
        "pageSize", {"type": "integer", "minimum": 1, "maximum": MAX_SIZE}, f"{DEFAULT_SIZE} by default."
    ),
    "Direction": in_query("direction", {"type": "string", "enum": list(DIRECTIONS)}, "`ascending` by default."),
    "IncludeTotal": in_query("includeTotal", {"type": "boolean"}, "Adds `totalItemCount`."),
    "Cursor": in_query(
        "cursor",
        {"type": "string"},
        "The `nextCursor` of the page before, with the same filters and order and without `pageNumber`.",
    ),
}
PARAMETERS: dict[str, dict] = {"Customer": CUSTOMER, **PAGING}


def page_of(item: dict) -> dict:
    """The envelope of a list."""
    counts = dict.fromkeys(("pageNumber", "pageSize", "pageItemCount", "totalItemCount"), COUNT)
    members = {"items": array_of(item), **counts, "nextCursor": {"type": ["string", "null"]}}
    return obj(members, [name for name in members if name != "totalItemCount"], additionalProperties=False)


def new_row(id_schema: dict | None = None) -> dict:
    """The answer of a create."""
    return obj({"id": id_schema or ID}, additionalProperties=False)


def body_schema(form: type[BodyForm], *required: str) -> dict:
    """Of what the form takes."""
    return obj({name: _taken(field) for name, field in form().fields.items()}, list(required))


def _taken(field: Any) -> dict:
    if not field.allow_null:
        return field.schema
    nullable = {**field.schema, "type": [field.schema["type"], "null"]}
    return {**nullable, "enum": [*nullable["enum"], None]} if "enum" in nullable else nullable


def listing_parameters(name: str, listing: Listing) -> dict[str, dict]:
    """The query parameters of one list, as components: `<name>SortBy`, `<name>Id` and so on."""
    sorts = {"type": "string", "enum": list(listing.sorts)}
    found = {"sortBy": in_query("sortBy", sorts, f"`{next(iter(listing.sorts))}` by default, then the id.")}
    for key, one in listing.filters.items():
        for parameter, schema in one.schemas(key).items():
            found[parameter] = in_query(parameter, schema, _meaning(parameter, schema))
    return {f"{name}{parameter[0].upper()}{parameter[1:]}": shown for parameter, shown in found.items()}


def _meaning(parameter: str, schema: dict) -> str:
    if schema["type"] == "array":
        return "Any of these: repeat the key."
    if schema.get("format") == "date-time":
        return "Included." if parameter.endswith("From") else "Not included."
    return "All without it."


def document(operations: dict[str, Operation], schemas: dict[str, dict], parameters: dict[str, dict]) -> Documentation:
    """`operations` by the view's actions, `schemas` and `parameters` by their component names."""
    return Documentation(TAG, operations, schemas, {**PARAMETERS, **parameters}, organization="Customer", page=page_of)


def operation(id: str, summary: str, kind: str, answer: dict | None = None, **more) -> Operation:
    """An Operation with what all of this dialect have. Those that read single rows and pages take no body."""
    refusals = {SERVER_ERROR, *more.pop("refusals", ()), *((422,) if kind in {LIST, CREATE} else ())}
    if kind == LIST:
        more["parameters"] = (*PAGING, *more.get("parameters", ()))
    if kind not in {LIST, SINGLE, CREATE}:
        answer = {}
    return Operation(id, summary, kind, answer or new_row(), refusals=tuple(sorted(refusals)), **more)
