"""The title and the comment that clients keep among a row's options."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin.display import EMPTY
from core.admin.forms import ServiceForm

NAMES = ("title", "comment")


class OptionsForm(ServiceForm):
    title = forms.CharField(
        label=_("Title"), required=False, max_length=250, widget=forms.TextInput(attrs={"class": "vTextField"})
    )
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(NAMES) & set(self.fields):
            self.fields[name].initial = text_of(self.instance, name)

    def with_options(self, values: dict) -> dict:
        """What the service takes: the other options are kept."""
        told = {name: values[name] for name in NAMES if name in values}
        others = {name: value for name, value in values.items() if name not in NAMES}
        return {**others, "options": {**self.instance.options, **told}} if told else others


def text_of(row, name: str) -> str:
    value = row.options.get(name, "") if isinstance(row.options, dict) else ""
    return value if isinstance(value, str) else ""


class OptionsShown:
    """For the ModelAdmin of such a form: how the two look to whoever only reads."""

    @admin.display(description=_("Title"))
    def title(self, row):
        return text_of(row, "title") or EMPTY

    @admin.display(description=_("Comment"))
    def comment(self, row):
        return text_of(row, "comment") or EMPTY
