"""The index: cards that count what waits for somebody, short lists, a chart. Each app registers its own."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode

Text = str | Promise


@dataclass(frozen=True)
class Card:
    """One number. `tone`: grey, blue, green, amber or red; `url`: the list that it counts."""

    label: Text
    value: int
    url: str
    tone: str = "grey"


@dataclass(frozen=True)
class Row:
    title: str
    url: str
    cells: list


@dataclass(frozen=True)
class Panel:
    """A short list (`columns` and `rows`) or a chart (`chart`: bars of label, value, tone)."""

    title: Text
    url: str = ""
    columns: list = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    chart: list[tuple[Text, int, str]] = field(default_factory=list)
    empty: Text = ""


_cards: list[tuple[int, Callable]] = []
_panels: list[tuple[int, Callable]] = []


def card(order: int = 50):
    """Register `function(user) -> Card`, or None for nothing to show. One count query each."""
    return _register(_cards, order)


def panel(order: int = 50):
    """Register `function(user) -> Panel`, or None for nothing to show."""
    return _register(_panels, order)


def cards_for(user) -> list[Card]:
    return _collect(_cards, user)


def panels_for(user) -> list[Panel]:
    return _collect(_panels, user)


def list_url(model: str, **filters) -> str:
    """The list of a model ("scheduling_close") with these filters of its query string."""
    url = reverse(f"admin:{model}_changelist")
    return f"{url}?{urlencode(filters)}" if filters else url


def _register(registry: list, order: int):
    def keep(function):
        registry.append((order, function))
        return function

    return keep


def _collect(registry: list, user) -> list:
    made = (function(user) for _order, function in sorted(registry, key=lambda entry: entry[0]))
    return [item for item in made if item]
