"""Boxes to tick for a field that is a list of words, in groups where the choices have such."""

import json

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class SeveralWidget(forms.CheckboxSelectMultiple):
    """`name` alone may hold the whole list as JSON: so a form comes back merged after somebody else's save."""

    def __init__(self, attrs=None, choices=()):
        super().__init__({"class": "scopes", **(attrs or {})}, choices)

    def format_value(self, value):
        return value

    def optgroups(self, name, value, attrs=None):
        return super().optgroups(name, json.loads(value) if isinstance(value, str) else value or [], attrs)

    def value_from_datadict(self, data, files, name):
        sent = super().value_from_datadict(data, files, name)
        found = _list_in(sent[0]) if sent else None
        return sent if found is None else found


def _list_in(text: str) -> list | None:
    """None in what is no such JSON: it is no choice then."""
    try:
        return json.loads(text) if text.startswith("[") else None
    except (ValueError, RecursionError):
        return None


class GroupedWidget(SeveralWidget):
    """Each group of choices under its name."""

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        context = self.get_context(name, value, attrs)
        groups = [
            (title, [one for _name, boxes, _index in group for one in boxes]) for title, group in _by_title(context)
        ]
        return render_to_string("admin/widgets/groups.html", {**context, "groups": groups})


def _by_title(context: dict) -> list[tuple]:
    """Choices without a group come first and have none."""
    found: dict = {}
    for group in context["widget"]["optgroups"]:
        found.setdefault(group[0] or "", []).append(group)
    return list(found.items())


class SeveralField(forms.MultipleChoiceField):
    widget = SeveralWidget

    def prepare_value(self, value):
        return json.dumps(value) if isinstance(value, list) else value

    def has_changed(self, initial, data) -> bool:
        return sorted(initial or []) != sorted(data or [])
