"""This dialect in OpenAPI: derived from the shapes, forms and attributes, so that it cannot differ from them."""

from typing import Any

from rest_framework import serializers

from core.api.documentation import (
    CHANGE,
    CREATE,
    LIST,
    REMOVE,
    SINGLE,
    VALUE,
    Documentation,
    Operation,
    array_of,
    in_query,
    obj,
    ref,
)
from core.models import User
from scheduling.api.community import shapes
from scheduling.api.community.examples import (
    CHANGED_CLOSE,
    CLOSE,
    CLOSE_CHANGES,
    CLOSE_REQUEST,
    NEW_CLOSE,
    PERSON,
    SERVICE,
    SERVICE_CHANGES,
    SERVICE_REQUEST,
)
from scheduling.api.community.filters import CLOSES, COMMUNITY_SERVICES, Attributes
from scheduling.api.community.graph import CALENDAR, CYCLIC, FIELDS
from scheduling.api.community.serializers import CloseForm, CommunityServiceForm, NestedServiceForm
from scheduling.models import Close, CommunityService

TAG = "Community services"
WHOLE, TEXT = {"type": "integer"}, {"type": "string"}
HEADERS = {
    "X-Application-Id": {"description": "The client that called.", "schema": WHOLE},
    "X-Application-Name": {"description": "Its name.", "schema": TEXT},
    "X-Application-Roles": {"description": "Its own roles.", "schema": TEXT},
    **{
        f"X-{window}-RateLimit-{what}": {"description": "Left out where limits are off.", "schema": WHOLE}
        for window in ("Hourly", "Secondly")
        for what in ("Limit", "Remaining")
    },
}
PAGING = {
    "X-Page": {"description": "The number of this page.", "schema": WHOLE},
    "X-Per-Page": {"description": "How many a page holds.", "schema": WHOLE},
    "X-Total": {"description": "How many there are on all pages.", "schema": WHOLE},
    "Link": {"description": "RFC 8288: first, prev, next, last; those that apply.", "schema": TEXT},
}


def form_schema(form: type[serializers.Serializer], *required: str) -> dict:
    fields = form().fields
    return obj({name: _taken(field) for name, field in fields.items()}, list(required))


def _taken(field: Any) -> dict:
    schema = {**field.schema, **({"description": field.help_text} if field.help_text else {})}
    if getattr(field, "words", None):
        schema["enum"] = field.words
    if getattr(field, "max_length", None):
        schema["maxLength"] = field.max_length
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    return {**schema, "type": [*kinds, "null"]} if field.allow_null else schema


def under_root(root: str, name: str) -> dict:
    return obj({root: ref(name)})


def close_schema() -> dict:
    """The services stand before the people, as in the answer."""
    properties = shapes.CLOSE.schema(Close)["properties"]
    people = {name: properties.pop(name) for name in ("user", "closer")}
    nested = shapes.NESTED_SERVICE.schema(CommunityService)["properties"]
    services = {name: schema for name, schema in nested.items() if name != "close_id"}
    members = {"community_services": array_of(obj(services, additionalProperties=False))}
    return obj({**properties, **members, **people}, additionalProperties=False)


def close_form(*required: str) -> dict:
    nested = form_schema(NestedServiceForm)
    nested["properties"] |= {
        "id": {"type": ["integer", "string"]},
        "_destroy": {"type": ["boolean", "integer", "string"]},
    }
    schema = form_schema(CloseForm, *required)
    schema["properties"]["community_services_attributes"] = array_of(nested)
    return schema


def search_parameters(name: str, attributes: Attributes) -> dict[str, dict]:
    words = "|".join(attributes.columns)
    filters = dict.fromkeys(attributes.filters.base_filters, TEXT)
    ranges = {word: {"type": "string", "pattern": "^[^,]*,[^,]*$"} for word in attributes.columns}
    sort = {"type": "string", "pattern": f"^-?({words})(,-?({words}))*$"}
    return {
        f"{name}Filter": in_query("filter", obj(filters, []), "`filter[state]=a,b`: a comma is an or."),
        f"{name}Range": in_query(
            "range", obj(ranges, []), "`range[id]=min,max`: both included, an empty side is open."
        ),
        f"{name}Sort": in_query("sort", sort, "`sort=-created_at,id`; newest first by default."),
    }


PAGE = in_query(
    "page", obj({"number": TEXT, "size": TEXT}, []), "`page[number]=2&page[size]=100`; 30 by default, at most 100."
)
SCHEMAS = {
    "CommunityService": shapes.SERVICE.schema(CommunityService),
    "CommunityServiceForm": form_schema(CommunityServiceForm, "duration"),
    "CommunityServiceChanges": form_schema(CommunityServiceForm),
    "Close": close_schema(),
    "CloseForm": close_form("user_id", "kind", "reason"),
    "CloseOfUserForm": close_form("kind", "reason"),
    "CloseChanges": close_form(),
    "Person": shapes.USER.schema(User),
}
PARAMETERS = {
    "Page": PAGE,
    **search_parameters("Service", COMMUNITY_SERVICES),
    **search_parameters("Close", CLOSES),
}
SERVICE_SEARCH = ("ServiceFilter", "ServiceRange", "ServiceSort")
CLOSE_SEARCH = ("CloseFilter", "CloseRange", "CloseSort")
COUNTS = {"type": "object", "additionalProperties": WHOLE}
GRAPHS = {
    "field": {"type": "string", "enum": list(FIELDS)},
    "interval": {"type": "string", "enum": [*CALENDAR, *CYCLIC]},
}
LOGIN = {"user_id": {"type": "string", "description": "An id or a login.", "pattern": "^[A-Za-z0-9._@+-]+$"}}


def service(id: str, summary: str, kind: str, **more) -> Operation:
    if kind != REMOVE:
        more.setdefault("example", SERVICE if kind != LIST else [SERVICE])
    return Operation(f"{id}_community_service{'s' * (kind == LIST)}", summary, kind, ref("CommunityService"), **more)


def close(id: str, summary: str, kind: str, **more) -> Operation:
    if kind != REMOVE:
        more.setdefault("example", CLOSE if kind != LIST else [CLOSE])
    return Operation(f"{id}_close{'s' * (kind == LIST)}", summary, kind, ref("Close"), **more)


def changes_nothing_else(text: str) -> str:
    return f"{text} The same again changes nothing. 204, or 200 with the object under `Prefer: return=representation`."


KEPT = "An absent field is kept, null unsets what may be null. PUT does what PATCH does."
SERVICES = Documentation(
    TAG,
    {
        "list": service("list", "List community services", LIST, parameters=("Page", *SERVICE_SEARCH)),
        "of_close": service(
            "list_close", "List a close's community services", LIST, parameters=("Page", *SERVICE_SEARCH)
        ),
        "retrieve": service("get", "Read a community service", SINGLE),
        "create": service(
            "create", "Assign a community service", CREATE,
            description="Durations are in seconds. The close's student is told by e-mail.",
            body=under_root("community_service", "CommunityServiceForm"),
            body_example={"community_service": SERVICE_REQUEST},
        ),
        "update": service(
            "update", "Change a community service", CHANGE, description=changes_nothing_else(KEPT),
            body=under_root("community_service", "CommunityServiceChanges"),
            body_example={"community_service": SERVICE_CHANGES}, example={**SERVICE, **SERVICE_CHANGES},
        ),
        "validate": service(
            "validate", "It was done", CHANGE, description=changes_nothing_else(""),
            example={**SERVICE, "state": "validated"},
        ),
        "invalidate": service(
            "invalidate", "It was not done", CHANGE, description=changes_nothing_else(""),
            example={**SERVICE, "state": "invalidated"},
        ),
        "destroy": service("delete", "Delete a community service", REMOVE),
        "graph": Operation(
            "count_community_services", "Count by period", VALUE, COUNTS, values=GRAPHS, refusals=(422,),
            parameters=SERVICE_SEARCH, example={"11": 2},
            description="In the organization's local time; by month of the year, unless the path says else.",
        ),
    },
    SCHEMAS, PARAMETERS, HEADERS, PAGING,
)  # fmt: skip
CLOSE_OPERATIONS = Documentation(
    TAG,
    {
        "list": close("list", "List closes", LIST, parameters=("Page", *CLOSE_SEARCH)),
        "of_user": close(
            "list_user", "List a student's closes", LIST, parameters=("Page", *CLOSE_SEARCH), values=LOGIN
        ),
        "retrieve": close("get", "Read a close", SINGLE),
        "create": close(
            "create", "Close an account", CREATE,
            description="All or nothing: a bad nested service writes no close. Each nested service is told by e-mail.",
            body=under_root("close", "CloseForm"), body_example={"close": CLOSE_REQUEST}, example=NEW_CLOSE,
        ),
        "create_for_user": close(
            "create_user", "Close this student's account", CREATE, values=LOGIN,
            body=under_root("close", "CloseOfUserForm"),
            body_example={"close": {name: value for name, value in CLOSE_REQUEST.items() if name != "user_id"}},
            example=NEW_CLOSE,
        ),
        "update": close(
            "update", "Change a close", CHANGE, description=changes_nothing_else(KEPT),
            body=under_root("close", "CloseChanges"), body_example={"close": CLOSE_CHANGES}, example=CHANGED_CLOSE,
        ),
        "close": close(
            "close", "Close the account again", CHANGE, description=changes_nothing_else(""),
            example={**CLOSE, "state": "close"},
        ),
        "unclose": close("unclose", "Open the account again", CHANGE, description=changes_nothing_else("")),
        "destroy": close("delete", "Delete a close and its services", REMOVE),
    },
    SCHEMAS, PARAMETERS, HEADERS, PAGING,
)  # fmt: skip
PEOPLE = Documentation(
    TAG,
    {"retrieve": Operation("get_user", "Read a person", SINGLE, ref("Person"), values=LOGIN, example=PERSON)},
    SCHEMAS, PARAMETERS, HEADERS, PAGING,
)  # fmt: skip
