"""What staff do to service tasks besides editing them."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.admin.actions import RowAction
from core.errors import StateConflict
from svctasks.models import ServiceTask
from svctasks.services import by_hand
from svctasks.services import tasks as services


class RunNow(RowAction):
    """Whatever its schedule; a disabled task too."""

    name = "run_now"
    label = _("Run now")

    def check(self, row, user) -> None:
        by_hand.check_script(row)

    def run(self, row, user, values, versions) -> None:
        by_hand.run_now(row.pk)


class PauseForm(forms.Form):
    note = ServiceTask._meta.get_field("pause_note").formfield(
        label=_("Why"), required=True, help_text=_("Whoever looks at the task reads it.")
    )


class Pause(RowAction):
    name = "pause"
    label = _("Pause")
    form_class = PauseForm

    def check(self, row, user) -> None:
        if not row.is_enabled:
            raise StateConflict(gettext("is switched off"), [])

    def run(self, row, user, values, versions) -> None:
        services.pause_task(row.pk, values["note"].strip(), versions)


class Enable(RowAction):
    """What was due meanwhile is not made up for."""

    name = "enable"
    label = _("Enable")

    def check(self, row, user) -> None:
        if row.is_enabled:
            raise StateConflict(gettext("is enabled"), [])
        if row.is_spent:
            raise StateConflict(gettext("has run: another start arms it again"), [])

    def run(self, row, user, values, versions) -> None:
        services.update_task(row.pk, {"is_enabled": True}, versions)


ACTIONS = [RunNow(), Pause(), Enable()]
