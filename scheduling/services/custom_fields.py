"""Every change of custom field definitions, for every door [contract 20]."""

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext_lazy as _

from core.changes import check_all, check_fields, refuse
from scheduling.models import Contact, CustomFieldDefinition, Job, JobRecurrence
from scheduling.services.reference_rows import ReferenceRows


class CustomFieldDefinitions(ReferenceRows):
    """values: name, kind, choices, is_required. What is stored already stays readable as what it was written for."""

    model = CustomFieldDefinition

    def check(self, row: CustomFieldDefinition, changed: set[str], values: dict) -> None:
        checks = [partial(check_fields, row, changed)]
        if not row._state.adding:
            checks += [partial(check, row) for name, check in FROZEN.items() if name in changed]
        check_all(*checks)


def _check_kind(definition: CustomFieldDefinition) -> None:
    if any(True for _value in values_of(definition)):
        refuse("kind", "in_use", _("cannot be changed once a value is stored"))


def _check_choices(definition: CustomFieldDefinition) -> None:
    """A choice that a row has stays in the list."""
    if definition.kind != CustomFieldDefinition.Kind.CHOICE:
        return
    used = sorted(set(values_of(definition)).difference(definition.choices))
    if used:
        refuse("choices", "in_use", _("must still hold what is used: %(choices)s"), choices=", ".join(used))


FROZEN = {"kind": _check_kind, "choices": _check_choices}


def values_of(definition: CustomFieldDefinition) -> Iterator[str]:
    """Every stored value of this field."""
    key = str(definition.pk)
    for model in (Job, JobRecurrence, Contact):
        rows = model.objects.filter(organization_id=definition.organization_id, custom_values__has_key=key)
        for values in rows.values_list("custom_values", flat=True).iterator():
            yield values[key]


DEFINITIONS = CustomFieldDefinitions()
