"""What staff do to rows besides editing them: one declaration gives the bulk action and the form's button."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, ValidationError
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.errors import Busy, StaleVersion, StateConflict
from core.locks import BUSY, atomic
from core.models import Role

NO_LONGER_THERE = _("no longer there")
NOT_ALLOWED = _("your role in its organization does not allow this")
MOST_ROWS = 500


class RowAction:
    """Subclass it: `check` raises what keeps a row from it, by the service's own check; `run` calls the service.

    `form_class`: a form whose cleaned values go to `run`, asked for on the confirmation page, which is `template`.
    `on_form`, `in_list`: where it is offered.
    """

    name = ""
    label: str | Promise = ""
    role = Role.BASIC_STAFF
    tone = "plain"
    form_class: type[forms.Form] = forms.Form
    template = "admin/action_confirmation.html"
    on_form = True
    in_list = True

    def form(self, data, rows: list) -> forms.Form:
        """The form for these rows; bound where there is data."""
        return self.form_class(data)

    def context(self, rows: list) -> dict:
        """What its page shows beside the rows and the form."""
        return {}

    def check(self, row, user) -> None:
        """Writes nothing; raises what the service would."""

    def note(self, row) -> str:
        """What else it does, beside the row's name before it is confirmed."""
        return ""

    def run(self, row, user, values: dict, versions: list[int] | None) -> None:
        """`versions`: of which the row must have one, where it was looked at before; None for any."""
        raise NotImplementedError

    @property
    def asks(self) -> bool:
        """Whether it needs more than a click."""
        return bool(self.form_class.base_fields)


@dataclass
class Report:
    done: int = 0
    skipped: list[str] = field(default_factory=list)

    def skip(self, row, reason) -> None:
        self.skipped.append(_("#%(pk)s: %(reason)s") % {"pk": row.pk, "reason": reason})

    def sentence(self, action: RowAction) -> str:
        """ "Validate: 12 done; 3 skipped" and a line for each that was skipped."""
        head = ngettext("%(label)s: %(done)d done", "%(label)s: %(done)d done", self.done)
        text = head % {"label": action.label, "done": self.done}
        if not self.skipped:
            return text
        count = len(self.skipped)
        rest = ngettext("%(text)s; %(count)d skipped:", "%(text)s; %(count)d skipped:", count)
        return "\n".join([rest % {"text": text, "count": count}, *self.skipped])


def run_on(action: RowAction, rows: Iterable, back_office, user, values: dict, versions=None) -> Report:
    """Row by row through the service: one that is refused does not stop the others. Raises StaleVersion alone."""
    report = Report()
    for row in rows:
        reason = refusal(action, row, back_office, user) or _reason(row, _attempt, action, row, user, values, versions)
        if reason:
            report.skip(row, reason)
        else:
            report.done += 1
    return report


def refusal(action: RowAction, row, back_office, user) -> str | Promise | None:
    """Why this action is not for this row or this person; None when it is."""
    if not back_office.allows(user, action.role, row):
        return NOT_ALLOWED
    return _reason(row, action.check, row, user)


def obstacle(action: RowAction, row, back_office, user) -> str | None:
    """The rule that keeps this person from an action which the row's state would allow; None where there is none."""
    if not back_office.allows(user, action.role, row):
        return None
    try:
        action.check(row, user)
    except ValidationError as error:
        return sentence_of(error, row)
    except (StateConflict, Busy, ObjectDoesNotExist):
        return None
    return None


def _attempt(action: RowAction, *args) -> None:
    with atomic():
        action.run(*args)


def _reason(row, step: Callable[..., None], *args) -> str | Promise | None:
    """Why this step was refused to this row; None when it was not."""
    try:
        step(*args)
    except StaleVersion:
        raise
    except ValidationError as error:
        return sentence_of(error, row)
    except StateConflict as error:
        return str(error)
    except Busy:
        return BUSY
    except ObjectDoesNotExist:
        return NO_LONGER_THERE
    return None


def sentence_of(error: ValidationError, row) -> str:
    """All that was refused, in one line; behind the name of its field where it has one."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(_about(row, name, ValidationError(errors)) for name, errors in error.error_dict.items())


def _about(row, name: str, error: ValidationError) -> str:
    text = " ".join(error.messages)
    try:
        return f"{capfirst(row._meta.get_field(name).verbose_name)}: {text}"
    except FieldDoesNotExist:
        return text
