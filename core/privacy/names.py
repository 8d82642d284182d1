"""What names a person in an organization, as rows bear it and bore it, and finding that in texts."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.db.models import QuerySet

from core.places import path_to_organization
from core.privacy.answers import SHORTEST
from core.privacy.found import Found, in_batches
from core.privacy.parts import ANONYMISED, Part

Names = dict[int, set[str]]


def names_by_place(found: Found, of: Callable[[Part], object] = bool) -> Names:
    """By the id of each organization that knows the person; of these parts alone, and of the account."""
    subject = found.subject
    names: Names = defaultdict(set)
    if subject.organization:
        names[subject.organization.pk] = set()
    for part in found.parts:
        for place, name in _borne(found, part) if path_to_organization(part.model) else ():
            names[place] |= {name} if of(part) else set()
    own = subject.full_names | subject.emails
    return {place: {name for name in borne | own if _is_telling(name)} for place, borne in names.items()}


def pattern(names: Collection[str]) -> re.Pattern[str] | None:
    """These as whole words: a name as it is written, an address in any case. None of no name."""
    # Of two of which one begins with the other, the longer is to be found.
    forms = [f"(?i:{re.escape(name)})" if "@" in name else re.escape(name) for name in sorted(names, key=len)[::-1]]
    return re.compile(rf"(?<!\w)(?<!\w[-.+])(?:{'|'.join(forms)})(?!\w|[-.]\w)") if forms else None


def _is_telling(name: str) -> bool:
    return len(name) >= SHORTEST and name != ANONYMISED


def _borne(found: Found, part: Part) -> Iterator[tuple[int, str]]:
    for pks in in_batches(found.live(part)):
        yield from _read(part.model._base_manager.filter(pk__in=pks), part)
    if not part.names:
        return
    others = _of_others(found, part)
    for records in found.records(part):
        yield from ((place, name) for place, name in _read(records, part) if name not in others)


def _of_others(found: Found, part: Part) -> set[str]:
    """A row that was handed on keeps its name, which is the other's then."""
    ids = {pk for records in found.records(part) for pk in records.values_list("id", flat=True)}
    batches = in_batches(ids - set(found.live(part)))
    return {name for pks in batches for _place, name in _read(part.model._base_manager.filter(pk__in=pks), part)}


def _read(rows: QuerySet, part: Part) -> Iterator[tuple[int, str]]:
    path = str(path_to_organization(part.model))
    columns = [column for name in part.names for column in name.split()]
    for row in rows.values(path, *columns):
        yield from ((row[path], name) for name in _names_of(row, part) or [""])


def _names_of(row: dict[str, Any], part: Part) -> list[str]:
    return [" ".join(str(row[column]) for column in name.split()).strip() for name in part.names]
