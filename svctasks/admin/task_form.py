"""The form of a service task: intervals and periods in words, sites to tick."""

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.admin.several import SeveralField
from scheduling.admin.options import OptionsForm
from scheduling.admin.periods import PeriodsField
from scheduling.minutes import WEEK
from svctasks.admin import intervals
from svctasks.models import ServiceTask, WorkerSite


def label_of(name: str):
    return capfirst(ServiceTask._meta.get_field(name).verbose_name)


class SitesField(SeveralField):
    """Those that workers serve or served, and those that the task names."""

    def __init__(self, **kwargs):
        super().__init__(required=False, label=label_of("sites"), **kwargs)

    def offer(self, named: list[str]) -> None:
        known = list(WorkerSite.objects.values_list("name", flat=True))
        self.choices = [(name, name) for name in [*known, *(one for one in named if one not in known)]]


class ServiceTaskForm(OptionsForm):
    interval_seconds = intervals.IntervalField(label=_("Interval"), empty=0)
    misfire_seconds = intervals.IntervalField(
        label=_("May be late by"),
        empty=None,
        help_text=_("A moment missed for longer is skipped. Empty: one interval."),
    )
    sites = SitesField(help_text=_("Where it runs at listed sites."))
    periods = PeriodsField(end=WEEK, label=label_of("periods"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "sites" in self.fields:
            self.fields["sites"].offer([name for name in self.instance.sites if isinstance(name, str)])
        if "script" in self.fields:
            self._limit_scripts()

    def _limit_scripts(self) -> None:
        """To those of the task's organization, as soon as it is known."""
        field = self.fields["script"]
        place = self.back_office.place_to_add(self.request) if self.is_new else self.instance.organization
        if place:
            field.queryset = field.queryset.filter(organization=place)
        else:
            field.queryset = field.queryset.select_related("organization").order_by("organization__name", "code")
            field.label_from_instance = lambda script: f"{script.organization} · {script.name}"
