"""What others were told and keep, and that names a person: found by the name, as nothing leads to it."""

import re
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import Q

from core.models import OutboxMessage, SavedView
from core.privacy.answers import SHORTEST
from core.privacy.names import Names, pattern
from core.privacy.parts import ANONYMISED

TEXTS = ("subject", "text", "error", "params")
SUBJECT_MOST = OutboxMessage._meta.get_field("subject").max_length
BATCH = 500


def forget_in_messages(names: Names) -> int:
    """The placeholder's word stands for the name in what messages said, in these organizations."""
    patterns = ((place, pattern(borne)) for place, borne in names.items())
    return sum(_forget_in(place, named) for place, named in patterns if named)


def _forget_in(place: int, named: re.Pattern[str]) -> int:
    return sum(_rewrite(message, named) for message in _messages(place))


def _messages(place: int) -> Iterator[dict[str, Any]]:
    last = 0
    rows = OutboxMessage.objects.filter(organization=place).order_by("pk").values("pk", *TEXTS)
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1]["pk"]


def _rewrite(message: dict[str, Any], named: re.Pattern[str]) -> bool:
    said = {name: message[name] for name in TEXTS}
    left = {name: _without(value, named) for name, value in said.items()}
    if left == said:
        return False
    left["subject"] = left["subject"][:SUBJECT_MOST]
    return bool(OutboxMessage.objects.filter(pk=message["pk"]).update(**left))


def _without(value: Any, named: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return named.sub(ANONYMISED, value)
    if isinstance(value, dict):
        return {key: _without(one, named) for key, one in value.items()}
    return [_without(one, named) for one in value] if isinstance(value, list) else value


def forget_in_views(names: Names, texts: Collection[str]) -> int:
    """Colleagues' searches by any word of the name or by the address go; so does a view that was nothing else."""
    borne = set(texts).union(*names.values())
    words = {word for name in borne if "@" not in name for word in _words(name) if len(word) >= SHORTEST}
    addresses = [name.casefold() for name in borne if "@" in name]
    there = Q(user__memberships__organization__in=names) | Q(user__is_superuser=True)
    views = list(SavedView.objects.filter(there).distinct().order_by("pk"))
    return sum(_clear(view, words, addresses) for view in views)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _clear(view: SavedView, words: set[str], addresses: list[str]) -> bool:
    def is_telling(text: str) -> bool:
        return bool(_words(text) & words) or any(address in text.casefold() for address in addresses)

    asked = parse_qsl(view.query_string, keep_blank_values=True)
    left = [(name, value) for name, value in asked if not is_telling(value)]
    if left == asked and not is_telling(view.name):
        return False
    if not left or is_telling(view.name):
        return bool(view.delete())
    return bool(SavedView.objects.filter(pk=view.pk).update(query_string=urlencode(left)))
