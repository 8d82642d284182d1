"""Whatever keeps something of people is known to the export and the erasure."""

import re

from django.apps import apps
from django.db import models

from core.models import User
from core.places import is_history
from core.privacy.parts import impersonal, parts

# Columns that mostly tell who somebody is, or something about him.
TELLING = re.compile(r"name|login|mail|phone|birth|address|comment|note|reason|reporter|taker|signature|\bby\b")
TEXTS = (models.CharField, models.TextField, models.BinaryField, models.DateField)


def telling_columns(model) -> list[str]:
    fields = [field for field in model._meta.concrete_fields if not field.choices and not field.primary_key]
    return [field.name for field in fields if _tells(field)]


def _tells(field) -> bool:
    if isinstance(field, models.ForeignKey):
        return field.related_model is User
    return isinstance(field, models.EmailField) or (isinstance(field, TEXTS) and bool(TELLING.search(field.name)))


def test_every_model_that_may_tell_of_people_is_registered():
    known = {part.model._meta.label for part in parts()} | impersonal()
    living = [model for model in apps.get_models(include_auto_created=True) if not is_history(model)]
    missing = {model._meta.label: found for model in living if (found := telling_columns(model))}
    assert {label: found for label, found in missing.items() if label not in known} == {}


def test_no_model_is_both():
    assert {part.model._meta.label for part in parts()} & impersonal() == set()


def test_every_kind_is_named_once():
    kinds = [part.kind for part in parts()]
    assert sorted(set(kinds)) == sorted(kinds)


def test_what_is_blanked_and_shown_are_columns():
    for part in parts():
        named = {*part.blanks, *part.shown, *part.hidden, *part.files, *part.through}
        assert named <= {field.name for field in part.model._meta.concrete_fields}, part.kind
