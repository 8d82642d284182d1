"""`community_services_attributes` of a close, as Rails clients send it [contract 10]."""

from scheduling.api.community.fields import read_whole
from scheduling.api.community.forms import Form, missing, read_form
from scheduling.api.community.serializers import NestedServiceForm
from scheduling.services.closes import Nested

NAME = "community_services_attributes"
MAX_ITEMS = 100
TRUE = {True, "1", "true", "True"}


def read(data: dict, form: Form, creating: bool = False) -> list[Nested]:
    """The services that the request names; what is wrong with one goes to the form's errors."""
    given = data.get(NAME)
    if given in (None, ""):
        return []
    items = _as_list(given)
    if items is None:
        form.errors[NAME] = [("invalid", "must be a list of community services")]
        return []
    if len(items) > MAX_ITEMS:
        form.errors[NAME] = [("too_many", f"must be at most {MAX_ITEMS} community services")]
        return []
    read_items = [_read_one(item, number, form, creating) for number, item in enumerate(items)]
    return [item for item in read_items if item is not None]


def _as_list(given: object) -> list | None:
    """A hash is a list of one; one with numbers for keys is a list as Rails' own forms send it."""
    if isinstance(given, dict):
        numbered = given and all(key.isdecimal() and isinstance(item, dict) for key, item in given.items())
        return list(given.values()) if numbered else [given]
    return given if isinstance(given, list) else None


def _read_one(item: object, number: int, form: Form, creating: bool) -> Nested | None:
    if not isinstance(item, dict):
        form.errors[f"{NAME}[{number}]"] = [("invalid", "must be a community service")]
        return None
    pk = None if creating else _read_pk(item, number, form)
    if _is_true(item.get("_destroy")):
        return Nested(pk=pk, remove=True)
    if pk is None and item.get("duration") in (None, ""):
        raise missing("duration")
    inner = read_form(NestedServiceForm(), item)
    form.errors.update({f"{NAME}[{number}][{name}]": found for name, found in inner.errors.items()})
    return Nested(values=inner.values, pk=pk)


def _is_true(value: object) -> bool:
    return isinstance(value, bool | int | str) and value in TRUE


def _read_pk(item: dict, number: int, form: Form) -> int | None:
    if item.get("id") in (None, ""):
        return None
    try:
        return read_whole(item["id"])
    except ValueError:
        form.errors[f"{NAME}[{number}][id]"] = [("must_exist", "must exist")]
        return None
