"""Two people had the same page open: what the second one is shown instead of overwriting the first."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core.admin.display import local_time, value_text
from core.admin.history import Change, changes_between, who

# A version has at most 31 bits.
MOST_DIGITS = 9


def seen_version(request) -> int:
    """Of the row as it stood on the page that the request comes from; 0 where it says none."""
    text = request.POST.get("version") or request.GET.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0


def sent_versions(request, row) -> list[int] | None:
    """As services take them; None for rows that have none, and for a page that is only opened by its address."""
    opened = request.method != "POST" and "version" not in request.GET
    return None if opened or not hasattr(row, "version") else [seen_version(request)]


def _records(current: Model, version: int) -> tuple:
    """(the row as it was in this version, as it was last saved), both of its history; None where that has none."""
    known = current.history.order_by("-history_id")
    return known.filter(version=version).first(), known.select_related("history_user", "application").first()


def _who_and_when(current: Model, latest) -> tuple[str, datetime]:
    return (who(latest), latest.history_date) if latest else (str(_("Somebody")), current.updated_at)


@dataclass(frozen=True)
class Overtaken:
    """A button was pressed on a page that somebody has saved since."""

    who: str
    when: datetime
    changes: list[Change]

    @classmethod
    def of(cls, current: Model, version: int) -> "Overtaken":
        """`current` is the row as it is saved now, `version` what was looked at."""
        base, latest = _records(current, version)
        changes = changes_between(base, latest) if base and latest else []
        return cls(*_who_and_when(current, latest), changes)

    def sentence(self) -> str:
        return _(
            "%(who)s saved this at %(when)s, after you opened it, so nothing was done. "
            "Look at the differences below, then decide again."
        ) % {"who": self.who, "when": local_time(self.when)}


@dataclass(frozen=True)
class Difference:
    """One field: as it was when the form was opened, as it is saved now, as it was sent."""

    name: str
    label: str
    before: str
    theirs: str
    yours: str
    is_clash: bool


@dataclass
class Collision:
    form: forms.ModelForm
    current: Model
    base: object
    who: str
    when: datetime
    differences: list[Difference]

    @classmethod
    def between(cls, form, current: Model) -> "Collision":
        """`current` is the row as it is saved now; what it was before comes from its history."""
        base, latest = _records(current, form.cleaned_data["version"] or 0)
        collision = cls(form, current, base or current, *_who_and_when(current, latest), [])
        collision.differences = [row for row in map(collision._compare, form.fields) if row]
        return collision

    def sentence(self) -> str:
        return _(
            "%(who)s saved this at %(when)s, after you opened it, so nothing of yours was saved. "
            "Look at the differences below, then save again."
        ) % {"who": self.who, "when": local_time(self.when)}

    def merged_data(self):
        """What was sent, on the current version; fields that only the other person changed have their value."""
        data = self.form.data.copy()
        data[self.form.add_prefix("version")] = str(self.current.version)
        for row in self.differences:
            if not row.is_clash:
                self._take_over(data, row.name)
        return data

    def _compare(self, name: str) -> Difference | None:
        field = self._model_field(name)
        if field is None:
            return None
        before, theirs = getattr(self.base, field.attname), getattr(self.current, field.attname)
        yours = self._sent(field)
        if theirs in (before, yours):
            return None
        return Difference(
            name,
            str(self.form.fields[name].label or field.verbose_name),
            self._text(self.base, field),
            self._text(self.current, field),
            value_text(self.form.cleaned_data.get(name), field),
            is_clash=yours != before,
        )

    def _model_field(self, name: str):
        try:
            field = self.current._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        return None if field.many_to_many or not field.editable else field

    def _sent(self, field):
        value = self.form.cleaned_data.get(field.name)
        return getattr(value, "pk", value) if field.is_relation else value

    def _text(self, row, field) -> str:
        return value_text(getattr(row, field.name, None), field)

    def _take_over(self, data, name: str) -> None:
        bound = self.form[name]
        value = bound.field.prepare_value(getattr(self.current, self.current._meta.get_field(name).attname))
        if not isinstance(bound.field.widget, forms.MultiWidget):
            data[bound.html_name] = "" if value is None else str(bound.field.widget.format_value(value) or value)
            return
        for position, part in enumerate(bound.field.widget.decompress(value) or []):
            widget = bound.field.widget.widgets[position]
            data[f"{bound.html_name}_{position}"] = widget.format_value(part) or ""
