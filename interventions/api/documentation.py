"""This dialect in OpenAPI: derived from the shapes, forms and listings, so that it cannot differ from them."""

from typing import Any

from core.api.documentation import LIST, Documentation, Operation, array_of, in_header, in_query, obj
from interventions.api.base import SITES_HEADER
from interventions.api.fields import ID
from interventions.api.lists import LARGEST, LAST_PAGE, USUAL, Listing

TAG = "Interventions"
SESSION = ("sessionToken",)
ONE = {"id": ID}
COUNT = {"type": "integer", "minimum": 0}
PAGING: dict[str, dict] = {
    "InterventionsPage": in_query("page", {"type": "integer", "minimum": 1, "maximum": LAST_PAGE}, "1 by default."),
    "InterventionsPageSize": in_query(
        "pageSize", {"type": "integer", "minimum": 1, "maximum": LARGEST}, f"{USUAL} by default."
    ),
}
LABELS = in_query(
    "labels", {"type": "boolean"}, "Adds `<name>Label` after every number, in the language of the session's person."
)
SITES = in_header(SITES_HEADER, "Narrows the call to these sites: `['1', '2']`.")


def data_of(schema: dict) -> dict:
    return obj({"data": schema}, additionalProperties=False)


def page_of(item: dict) -> dict:
    """The envelope of a list."""
    meta = obj({"page": COUNT, "pageSize": COUNT, "total": COUNT}, additionalProperties=False)
    return obj({"data": array_of(item), "meta": meta}, additionalProperties=False)


def page_example(*items: dict) -> dict:
    return {"data": list(items), "meta": {"page": 1, "pageSize": USUAL, "total": len(items)}}


def listing_parameters(name: str, listing: Listing) -> dict[str, dict]:
    """The query parameters of one list, as components: `<name>Sort` and one for each filter."""
    sorts = {"type": "string", "enum": [sign + key for key in listing.sorts for sign in ("", "-")]}
    found = {f"{name}Sort": in_query("sort", sorts, f"`{listing.sort}` by default, then the id.")}
    for key, one in listing.filters.items():
        shown = in_query(f"{key}[]" if one.is_list else key, one.schema, one.description)
        found[f"{name}{key[0].upper()}{key[1:]}"] = shown
    return found


def document(
    operations: dict[str, Operation], schemas: dict[str, dict], parameters: dict[str, dict] | None = None
) -> Documentation:
    """`operations` by the view's actions, `schemas` and `parameters` by their component names."""
    known = {**PAGING, "Labels": LABELS, "Sites": SITES, **(parameters or {})}
    return Documentation(TAG, operations, schemas, known, organization=None, page=page_of, beside=SESSION)


def operation(
    id: str, summary: str, kind: str, answer: dict, *, is_worded: bool = True, is_sited: bool = True, **more: Any
) -> Operation:
    """An Operation with what all of this dialect have. `is_worded`: it takes `labels`; `is_sited`: `x-sites`."""
    names = [*(PAGING if kind == LIST else ()), *(["Labels"] if is_worded else []), *(["Sites"] if is_sited else [])]
    more["parameters"] = (*names, *more.get("parameters", ()))
    refusals = tuple(sorted({500, *more.pop("refusals", ())}))
    return Operation(id, summary, kind, answer, refusals=refusals, **more)
