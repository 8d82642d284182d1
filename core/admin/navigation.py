"""The sidebar: by task, not by app. Each app registers its own lists, at import of its admin."""

from collections import defaultdict
from dataclasses import dataclass

from django.apps import apps
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst

Text = str | Promise


@dataclass(frozen=True)
class Item:
    """One line: the list of a model ("scheduling.Close"), or another page of its admin that needs no row.

    `icon`: the id of a symbol in core/icons.svg.
    """

    model: str
    icon: str
    label: Text = ""
    page: str = "changelist"


@dataclass(frozen=True)
class Link:
    label: Text
    url: str
    icon: str
    is_current: bool


@dataclass(frozen=True)
class Section:
    title: Text
    items: list[Link]


_order: dict[str, int] = {}
_items: dict[str, list[Item]] = defaultdict(list)
_titles: dict[str, Text] = {}


def register(key: str, title: Text, *items: Item, order: int = 50) -> None:
    """Add lines to the section `key`; the first to name a section gives its title and place (small = high)."""
    _titles.setdefault(key, title)
    _order.setdefault(key, order)
    _items[key].extend(items)


def sections_for(site, request) -> list[Section]:
    """The sections that this person may open, without empty ones."""
    keys = sorted(_titles, key=lambda key: _order[key])
    sections = [Section(_titles[key], _links(site, request, _items[key])) for key in keys]
    return [section for section in sections if section.items]


def _links(site, request, items: list[Item]) -> list[Link]:
    allowed = [item for item in items if _may_open(site, request, item)]
    # A model's other pages stand below its list's address: of several that fit, the longest is the current one.
    current = max((url for url in map(_url, allowed) if request.path.startswith(url)), key=len, default="")
    return [Link(_label(item), _url(item), item.icon, _url(item) == current) for item in allowed]


def _may_open(site, request, item: Item) -> bool:
    model = apps.get_model(item.model)
    return site.is_registered(model) and site.get_model_admin(model).has_module_permission(request)


def _url(item: Item) -> str:
    options = apps.get_model(item.model)._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{item.page}")


def _label(item: Item) -> Text:
    return item.label or capfirst(apps.get_model(item.model)._meta.verbose_name_plural)
