"""The two ends of a visit, asked for outside of its form: on the clock of the row's organization."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.zones import local_moment
from scheduling.admin.dispatch_plan import CLOCK, YEARS, LocalTimeField

FORMATS = [CLOCK, f"{CLOCK}:%S"]


class DatesForm(forms.Form):
    """`row`: what it is for, with its organization; `initial` has aware moments."""

    scheduled_start = LocalTimeField(label=_("Planned start"), input_formats=FORMATS, validators=YEARS)
    scheduled_end = LocalTimeField(label=_("Planned end"), input_formats=FORMATS, validators=YEARS)

    def __init__(self, data, row, initial: dict | None = None):
        self.zone = row.organization.zone
        shown = {name: self._shown(value) for name, value in (initial or {}).items()}
        super().__init__(data, initial=shown, label_suffix="")
        if "scheduled_start" in self.fields:
            self.fields["scheduled_start"].help_text = gettext("On the clock of %(zone)s.") % {"zone": self.zone.key}

    def _shown(self, value):
        if not hasattr(value, "astimezone"):
            return value
        return timezone.localtime(value, self.zone).replace(second=0, microsecond=0, tzinfo=None)

    def clean(self):
        """The moments themselves, as services take them."""
        values = super().clean()
        for name in ("scheduled_start", "scheduled_end"):
            if values.get(name):
                values[name] = local_moment(values[name].date(), values[name].time(), self.zone)
        return values
