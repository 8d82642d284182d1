"""Which organization a row belongs to, for any model: itself, or by what it hangs on."""

from collections.abc import Iterator
from functools import cache

from django.apps import apps
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalChanges

from core.models import Application, Organization, User

# Everybody's: what hangs on them alone belongs to no organization.
SHARED = (User, Application)


@cache
def path_to_organization(model: type[models.Model]) -> str | None:
    """As in a query: "organization", "job__organization"; None for what belongs to an account alone."""
    fields = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    if any(field.related_model is Organization for field in fields):
        return next(field.name for field in fields if field.related_model is Organization)
    parents = [field for field in fields if not field.null and field.related_model not in (*SHARED, model)]
    paths = ((field.name, path_to_organization(field.related_model)) for field in parents)
    return next((f"{name}__{path}" for name, path in paths if path), None)


def rows_within(model: type[models.Model], organization: Organization | None) -> Q:
    """The rows there, of a model or of a history; without an organization, all. None of what has no place."""
    if organization is None:
        return Q()
    if plain_model(model) is Organization:
        return Q(id=organization.pk)
    path = path_to_organization(plain_model(model))
    if path is None:
        return Q(pk__in=[])
    parent, *rest = path.split("__")
    if not rest or not is_history(model):
        return Q(**{path: organization})
    return Q(**{path: organization}) | _of_deleted_parents(model, parent, organization)


def _of_deleted_parents(model, parent: str, organization: Organization) -> Q:
    kept = getattr(model._meta.get_field(parent).related_model, "history", None)
    if kept is None:
        return Q()
    return Q(**{f"{parent}_id__in": kept.filter(rows_within(kept.model, organization)).values("id")})


def is_history(model: type[models.Model]) -> bool:
    # The library's lists of a many-to-many field are no records of a change.
    return issubclass(model, HistoricalChanges) and hasattr(model, "history_type")


def plain_model(model: type[models.Model]) -> type[models.Model]:
    """Whose history it is; the model itself of one that is none."""
    return model.instance_type if is_history(model) else model  # type: ignore[attr-defined]


def columns_of_people() -> Iterator[tuple[type[models.Model], str]]:
    """Every column that names an account, histories among them."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is User:
                yield model, field.name
