"""The admin's forms write through services: what a service refuses is an error of the form."""

import orjson
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.forms.fields import InvalidJSONInput
from django.forms.formsets import all_valid
from django.utils.translation import gettext_lazy as _

from core.admin.stale import Collision
from core.api.errors import Refusal
from core.api.parsers import check_tree
from core.errors import Busy, StaleVersion, StateConflict
from core.free_json import holds_huge_number
from core.locks import BUSY, atomic

LIMITS = (MinValueValidator, MaxValueValidator, MaxLengthValidator)


def changed_forms(formset) -> list:
    """The inline rows that say something, in order: what goes to the service."""
    return [form for form in formset.forms if form.has_changed()]


def name_for_readers(field) -> None:
    """Tell a screen reader what the field is, where the page shows its label elsewhere or once for two boxes."""
    parts = getattr(field.widget, "widgets", None)
    if parts is None:
        # Related rows come in a wrapper, which keeps its own attributes to itself.
        getattr(field.widget, "widget", field.widget).attrs["aria-label"] = field.label
        return
    for part, word in zip(parts, (_("date"), _("time")), strict=True):
        part.attrs["aria-label"] = f"{field.label}: {word}"


def take_sentences(form: forms.ModelForm) -> None:
    """Refuse what cannot be read in the model's own words, as the other doors do."""
    own = {field.name: field._error_messages or {} for field in form._meta.model._meta.fields}
    for name, field in form.fields.items():
        field.error_messages |= own.get(name, {})


class FreeJSONField(forms.JSONField):
    """Reads as strictly as the APIs do, what Python lets through: NaN, NUL, half a character, endless depth."""

    def to_python(self, value):
        if value and isinstance(value, str) and not self.disabled:
            self._check(value)
        return super().to_python(value)

    def _check(self, text: str) -> None:
        try:
            found = orjson.loads(text)
            check_tree(found)
        except (orjson.JSONDecodeError, Refusal):
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": text}) from None
        if holds_huge_number(found):
            raise ValidationError(_("must hold no number past 64 bits"), code="range")

    def bound_data(self, data, initial):
        """What was written comes back letter by letter."""
        is_written = isinstance(data, str) and not self.disabled
        return InvalidJSONInput(data) if is_written else super().bound_data(data, initial)


class RowFormSet(forms.BaseInlineFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            name_for_readers(field)


class RowForm(forms.ModelForm):
    """One row of an inline: only its values are read here; the service judges them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        take_sentences(self)

    def _post_clean(self):
        pass


class ServiceForm(forms.ModelForm):
    """Runs its ModelAdmin's `create_row` or `update_row` once all that the form itself checks is right.

    `back_office` (the ModelAdmin) and `request` are set on the class by `get_form`. The row that was
    written becomes `instance`, so that the admin goes on with it.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    back_office = None
    request = None
    collision: Collision | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.opened = self.instance
        self.is_new = self.instance._state.adding
        take_sentences(self)
        self.fields["version"].initial = None if self.is_new else getattr(self.instance, "version", None)
        for field in self.fields.values():
            # The model's own limits have better sentences, and the service says them.
            field.validators = [each for each in field.validators if not isinstance(each, LIMITS)]
            if hasattr(field.widget, "widgets"):
                name_for_readers(field)

    @property
    def formsets(self) -> list:
        """The inlines, in the admin's order."""
        return getattr(self.opened, "nested_formsets", [])

    def _post_clean(self):
        # Not Django's own: it would judge the row by other sentences, before the service does.
        if not self.errors and all_valid(self.formsets):
            self._write()

    def _write(self) -> None:
        try:
            with atomic():
                self._run()
        except StaleVersion:
            self._collide()
        except ValidationError as error:
            self.refuse(error)
        except StateConflict as error:
            self.add_error(None, str(error))
        except Busy:
            self.add_error(None, BUSY)

    def _run(self) -> None:
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if self.is_new:
            self.instance = self.back_office.create_row(self.request, values, self)
            return
        # Alone what was touched: a form shows an instant without its milliseconds.
        values = {name: value for name, value in values.items() if name in self.changed_data}
        versions = [self.cleaned_data["version"] or 0]
        self.instance = self.back_office.update_row(self.request, self.instance, versions, values, self)

    def refuse(self, error: ValidationError) -> None:
        """Put a service's sentences on the fields that they name; on the form where it has no such field."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)

    def _collide(self) -> None:
        current = type(self.instance)._default_manager.get(pk=self.instance.pk)
        self.collision = Collision.between(self, current)
        self.data = self.collision.merged_data()
        self.add_error(NON_FIELD_ERRORS, self.collision.sentence())
