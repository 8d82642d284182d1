"""Where the back office shows the rows that events tell of: each app says so for its own."""

from dataclasses import dataclass

from django.apps import apps
from django.urls import reverse
from django.utils.text import capfirst

from core.models import Event


@dataclass(frozen=True)
class Page:
    """`model`: "scheduling.Close". `key`: the field by which the entity's own API names its rows."""

    model: str
    key: str = "pk"


_pages: dict[str, Page] = {}


def register(**models: str | Page) -> None:
    """entity="scheduling.Close", …"""
    _pages.update({name: Page(model) if isinstance(model, str) else model for name, model in models.items()})


def title_of(entity: str) -> str:
    """What people call such rows."""
    page = _pages.get(entity)
    return capfirst(apps.get_model(page.model)._meta.verbose_name_plural) if page else entity


def url_of(event: Event) -> str | None:
    """The page of the row that it tells of; None where that is no longer there."""
    page = _pages.get(event.kind.partition(".")[0])
    if page is None:
        return None
    model = apps.get_model(page.model)
    rows = model._default_manager.filter(**{page.key: event.entity_id}, organization=event.organization_id)
    pk = rows.values_list("pk", flat=True).first()
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[pk]) if pk else None
