"""`community_services_attributes` of a close, as Rails clients send it [contract 10]."""

from scheduling.api.community.fields import read_whole
from scheduling.api.community.forms import Errors, read_form, require
from scheduling.api.community.serializers import NestedServiceForm
from scheduling.services.closes import Nested

NAME = "community_services_attributes"
MAX_ITEMS = 100
# What Rails takes for false, 0 among it, as Python's False is; it takes everything else for true.
FALSE = {False, "0", "f", "F", "false", "FALSE", "off", "OFF", "", None}


def read(data: dict, creating: bool = False) -> tuple[list[Nested], Errors]:
    """The services that the request names, and what is wrong with them; one without duration → 400."""
    given = data.get(NAME)
    if given in (None, ""):
        return [], {}
    items = _as_list(given)
    if items is None:
        return [], {NAME: [("invalid", "must be a list of community services")]}
    if len(items) > MAX_ITEMS:
        return [], {NAME: [("too_many", f"must be at most {MAX_ITEMS} community services")]}
    errors: Errors = {}
    read_items = [_read_one(item, number, errors, creating) for number, item in enumerate(items)]
    return [item for item in read_items if item is not None], errors


def _as_list(given: object) -> list | None:
    """A hash is a list of one; one with numbers for keys is a list as Rails' own forms send it."""
    if isinstance(given, dict):
        numbered = given and all(key.isdecimal() and isinstance(item, dict) for key, item in given.items())
        return list(given.values()) if numbered else [given]
    return given if isinstance(given, list) else None


def _read_one(item: object, number: int, errors: Errors, creating: bool) -> Nested | None:
    if not isinstance(item, dict):
        errors[f"{NAME}[{number}]"] = [("invalid", "must be a community service")]
        return None
    pk = None if creating else _read_pk(item, number, errors)
    if _is_removal(item.get("_destroy"), number, errors):
        return Nested(pk=pk, remove=True)
    if pk is None:
        require(item, "duration")
    inner = read_form(NestedServiceForm(), item)
    errors.update({f"{NAME}[{number}][{name}]": found for name, found in inner.errors.items()})
    return Nested(values=inner.values, pk=pk)


def _is_removal(said: object, number: int, errors: Errors) -> bool:
    if isinstance(said, list | dict):
        errors[f"{NAME}[{number}][_destroy]"] = [("invalid", "must be true or false")]
        return False
    return said not in FALSE


def _read_pk(item: dict, number: int, errors: Errors) -> int | None:
    if item.get("id") in (None, ""):
        return None
    try:
        return read_whole(item["id"])
    except ValueError:
        errors[f"{NAME}[{number}][id]"] = [("must_exist", "must exist")]
        return None
