"""How a dialect describes its operations; core.api.openapi makes OpenAPI of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

# A CHANGE answers with the object where Prefer asks for it, an ORDER never; MERGE and RETIRE always do.
LIST, SINGLE, CREATE, CHANGE, ORDER, REMOVE, VALUE = "list", "single", "create", "change", "order", "remove", "value"
MERGE, RETIRE = "merge", "retire"
# A create whose answer names no row.
NEW = "new"
# A POST that answers 200 with the object, whether it makes one or changes it.
ADD = "add"
# A POST that answers 202 with what is to be done.
QUEUE = "queue"


def array_of(schema: dict) -> dict:
    return {"type": "array", "items": schema}


@dataclass(frozen=True)
class Operation:
    """One action of a view.

    kind: what the operation is to its resource, which decides on headers and statuses. answer: the schema of what a 2xx
    holds. parameters: names of components. values: path parameter → schema. refusals: statuses beside those that every
    operation has. media: what a 2xx is written in. is_by_scheme: False where a parameter is the credential.
    is_by_bearer: True where what stands beside OAuth2 is not asked for. trial: the schema of a 200 that tells what
    would be done. method: the one whose place this POST takes, which OpenAPI cannot name.
    """

    id: str
    summary: str
    kind: str
    answer: dict
    description: str = ""
    body: dict | None = None
    parameters: tuple[str, ...] = ()
    values: dict[str, dict] = field(default_factory=dict)
    refusals: tuple[int, ...] = ()
    example: object = None
    body_example: object = None
    media: str = "application/json"
    is_by_scheme: bool = True
    is_by_bearer: bool = False
    trial: dict | None = None
    method: str = ""


@dataclass(frozen=True)
class Documentation:
    """All operations of a dialect's view (by action), and the components that they refer to (by name).

    Every 2xx has the `headers`, a list the `list_headers` too. `organization` is the parameter that names one, `page`
    makes the schema of a list from that of its items. `schemes` are ways to authenticate in the place of
    OAuth2, those of `beside` are asked for with it.
    """

    tag: str
    operations: dict[str, Operation]
    schemas: dict[str, dict] = field(default_factory=dict)
    parameters: dict[str, dict] = field(default_factory=dict)
    headers: dict[str, dict] = field(default_factory=dict)
    list_headers: dict[str, dict] = field(default_factory=dict)
    organization: str | None = "Organization"
    schemes: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    page: Callable[[dict], dict] = array_of


def ref(name: str, kind: str = "schemas") -> dict:
    return {"$ref": f"#/components/{kind}/{name}"}


def obj(properties: dict[str, dict], required: list[str] | None = None, **more) -> dict:
    """An object; all its properties are required unless named otherwise."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
        **more,
    }


def json_content(schema: dict, example: object = None) -> dict:
    return {"application/json": {"schema": schema, **({} if example is None else {"example": example})}}


def in_query(name: str, schema: dict, description: str) -> dict:
    # Nothing is sent but what is filled in: without an example the page makes up a value of each property.
    style = {"style": "deepObject", "explode": True, "example": {}} if schema.get("type") == "object" else {}
    return {"name": name, "in": "query", "description": description, "schema": schema, **style}


def in_header(name: str, description: str, schema: dict | None = None) -> dict:
    return {"name": name, "in": "header", "description": description, "schema": schema or {"type": "string"}}
