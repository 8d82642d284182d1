"""Forms of rows that have custom fields: one form field for each definition, judged by the service."""

from collections.abc import Iterable
from datetime import date

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.admin.forms import ServiceForm
from scheduling.admin.reference import LinesField, ReferenceAdmin
from scheduling.job_rules import CustomValue
from scheduling.models import CustomFieldDefinition, JobType
from scheduling.services.custom_fields import DEFINITIONS

Kind = CustomFieldDefinition.Kind
PREFIX = "custom_"


class CustomFieldsForm(ServiceForm):
    """`definitions` are set on the class that `form_with` makes."""

    definitions: list[CustomFieldDefinition] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        stored = self.instance.custom_values or {}
        for definition in self.definitions:
            self.fields[field_name(definition)].initial = _to_python(definition, stored.get(str(definition.pk)))

    def custom_fields(self) -> list[CustomValue]:
        """What the form says of the custom fields: all of a new row, else what differs."""
        stored = self.instance.custom_values or {}
        given = [CustomValue(one.pk, _to_text(self.cleaned_data.get(field_name(one)))) for one in self.definitions]
        if self.is_new:
            return [one for one in given if one.value is not None]
        return [one for one in given if stored.get(str(one.definition_id)) != one.value]

    def service_values(self, values: dict) -> dict:
        """The form's values as the services take them."""
        own = {field_name(one) for one in self.definitions} | {"organization"}
        plain = {name: value for name, value in values.items() if name not in own}
        return {**plain, "custom_fields": self.custom_fields()}

    def refuse(self, error: ValidationError) -> None:
        """The service numbers the custom fields as they were given: their sentences go back to where they stand."""
        if not hasattr(error, "error_dict"):
            super().refuse(error)
            return
        given = self.custom_fields()
        for path, errors in error.error_dict.items():
            name, number, *_rest = (*path.split("."), None)
            if name == "custom_fields" and number:
                path = f"{PREFIX}{given[int(number)].definition_id}"
            super().refuse(ValidationError({path: errors}))


def field_name(definition: CustomFieldDefinition) -> str:
    return f"{PREFIX}{definition.pk}"


def definitions_of(job_type: JobType | None) -> list[CustomFieldDefinition]:
    return list(job_type.custom_field_definitions.order_by("name", "pk")) if job_type else []


def form_with(base: type[CustomFieldsForm], definitions: Iterable[CustomFieldDefinition]) -> type[CustomFieldsForm]:
    """The form with these custom fields too."""
    fields = {field_name(one): _field(one) for one in definitions}
    return type(base.__name__, (base,), {**fields, "definitions": list(definitions)})


def _field(definition: CustomFieldDefinition) -> forms.Field:
    kinds = {Kind.TEXT: _text, Kind.NUMBER: _number, Kind.DATE: _date, Kind.BOOLEAN: _boolean, Kind.CHOICE: _choice}
    field = kinds[Kind(definition.kind)](definition)
    field.label = f"{definition.name} *" if definition.is_required else definition.name
    return field


def _text(definition) -> forms.Field:
    return forms.CharField(required=False, widget=AdminTextInputWidget)


def _number(definition) -> forms.Field:
    widget = AdminTextInputWidget(attrs={"inputmode": "decimal", "class": "vIntegerField"})
    return forms.CharField(required=False, widget=widget, help_text=_("A number, with a dot for decimals."))


def _date(definition) -> forms.Field:
    return forms.DateField(required=False, widget=AdminDateWidget)


def _boolean(definition) -> forms.Field:
    return forms.ChoiceField(required=False, choices=[("", "–"), ("true", _("Yes")), ("false", _("No"))])


def _choice(definition) -> forms.Field:
    return forms.ChoiceField(required=False, choices=[("", "–"), *((name, name) for name in definition.choices)])


def _to_python(definition: CustomFieldDefinition, value: str | None):
    return date.fromisoformat(value) if value and definition.kind == Kind.DATE else value


def _to_text(value) -> str | None:
    if value in (None, ""):
        return None
    return value.isoformat() if isinstance(value, date) else str(value)


class DefinitionForm(ServiceForm):
    choices = LinesField(label=_("Choices"), help_text=_("Of a choice: its names, one a line."))


@admin.register(CustomFieldDefinition)
class CustomFieldsAdmin(ReferenceAdmin):
    service = DEFINITIONS
    form = DefinitionForm
    fieldsets = [(None, {"fields": ["name", "kind", "choices", "is_required"]})]
    list_display = ["name", "kind_text", "is_required"]
    list_filter = ["kind", "is_required", *ReferenceAdmin.list_filter]
    search_fields = ["name", "=id"]
    search_help_text = _("Search by name or number")
    export_columns = ["id", "organization__name", "name", "kind", "choices", "is_required"]

    @admin.display(description=_("kind"), ordering="kind")
    def kind_text(self, row):
        return row.get_kind_display()
