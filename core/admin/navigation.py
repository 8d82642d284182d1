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
    """One line: the list of a model ("scheduling.Close"). `icon`: the id of a symbol in core/icons.svg."""

    model: str
    icon: str
    label: Text = ""


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
    links = (_link(site, request, item) for item in items)
    return [link for link in links if link]


def _link(site, request, item: Item) -> Link | None:
    model = apps.get_model(item.model)
    if not site.is_registered(model) or not site.get_model_admin(model).has_module_permission(request):
        return None
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    label = item.label or capfirst(model._meta.verbose_name_plural)
    return Link(label, url, item.icon, request.path.startswith(url))
