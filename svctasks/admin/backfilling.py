"""Running again what was missed: the moments of a time are listed first, then run."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.admin.actions import sentence_of
from core.admin.dashboard import list_url
from core.admin.display import local_time
from core.errors import Busy, StateConflict
from core.locks import BUSY
from core.zones import local_moment
from scheduling.admin.dispatch_plan import CLOCK, YEARS, LocalTimeField
from svctasks.models import ServiceTask
from svctasks.services.by_hand import backfill, missed_moments

FORMATS = [CLOCK, f"{CLOCK}:%S"]


class BackfillForm(forms.Form):
    """A time on the clock of the task's organization."""

    first = LocalTimeField(label=_("From"), input_formats=FORMATS, validators=YEARS)
    last = LocalTimeField(label=_("To"), input_formats=FORMATS, validators=YEARS)

    def __init__(self, data, task: ServiceTask):
        self.task = task
        super().__init__(data, label_suffix="")

    def clean(self):
        """The moments themselves; of a time that the clock shows twice, from its first to its second."""
        zone, folds = self.task.organization.zone, {"first": 0, "last": 1}
        return {
            name: local_moment(value.date(), value.time().replace(fold=folds[name]), zone)
            for name, value in super().clean().items()
        }

    def refuse(self, error: ValidationError) -> None:
        """What the service refuses, on the field that it names."""
        names = {"from": "first", "to": "last"}
        for name, errors in error.error_dict.items():
            self.add_error(names.get(name), errors)


def is_open_to(back_office, request, task: ServiceTask) -> bool:
    return task.is_regular and task.script_id is not None and back_office.has_change_permission(request, task)


def page(back_office, request, task: ServiceTask):
    """GET asks for the time; POST lists its moments, or runs them where they were confirmed."""
    if not is_open_to(back_office, request, task):
        raise PermissionDenied
    with timezone.override(task.organization.zone):
        form = BackfillForm(request.POST if request.method == "POST" else None, task)
        moments = _moments(form, task) if form.is_valid() else None
        is_exact = any(moment.second for moment in moments or [])
        if moments and "confirmed" in request.POST:
            return _run(back_office, request, task, form)
        context = {
            **back_office.admin_site.each_context(request),
            "title": _("Back-fill: %(task)s") % {"task": task},
            "opts": back_office.opts,
            "task": task,
            "form": form,
            "moments": [local_time(moment, task.organization.zone, is_exact=is_exact) for moment in moments or []],
            "is_listed": moments is not None,
        }
        return TemplateResponse(request, "admin/svctasks/backfill.html", context).render()


def _moments(form: BackfillForm, task: ServiceTask) -> list | None:
    try:
        return missed_moments(task, form.cleaned_data["first"], form.cleaned_data["last"])
    except ValidationError as error:
        form.refuse(error)
        return None


def _run(back_office, request, task: ServiceTask, form: BackfillForm):
    try:
        runs = backfill(task.pk, form.cleaned_data["first"], form.cleaned_data["last"])
    except ValidationError as error:
        problem = sentence_of(error, task)
    except (StateConflict, Busy) as error:
        problem = str(error) if isinstance(error, StateConflict) else str(BUSY)
    else:
        told = ngettext("%(count)d run was written.", "%(count)d runs were written.", len(runs)) % {"count": len(runs)}
        back_office.message_user(request, told)
        return HttpResponseRedirect(list_url("svctasks_servicerun", task=task.pk))
    back_office.message_user(request, problem, messages.WARNING)
    return HttpResponseRedirect(request.path)
