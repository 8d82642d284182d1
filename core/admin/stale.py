"""Two people had the same form open: what the second one is shown instead of overwriting the first."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core.admin.display import local_time, value_text


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
        base = current.history.filter(version=form.cleaned_data["version"]).order_by("-history_id").first()
        latest = current.history.select_related("history_user", "application").order_by("-history_id").first()
        who = str(latest.history_user or latest.application or latest.door) if latest else ""
        collision = cls(form, current, base or current, who, latest.history_date if latest else current.updated_at, [])
        collision.differences = [row for row in map(collision._compare, form.fields) if row]
        return collision

    def sentence(self) -> str:
        return _(
            "%(who)s saved this at %(when)s, after you opened it, so nothing of yours was saved. "
            "Look at the differences below, then save again."
        ) % {"who": self.who or _("Somebody"), "when": local_time(self.when)}

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
