"""How tasks and their runs look in lists and pages."""

import json

from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.admin.display import EMPTY, local_span, local_time, pill
from svctasks.admin import intervals
from svctasks.models import RunState, ServiceRun, ServiceTask, SkipReason

S = RunState
TONES: dict[str, str] = {
    S.WAITING: "grey",
    S.RUNNING: "blue",
    S.SUCCEEDED: "green",
    S.FAILED: "red",
    S.LOST: "red",
    S.CANCELLED: "grey",
    S.SKIPPED: "amber",
}
# Characters of a result or an error in a list.
SHORT = 80


def task_pill(task: ServiceTask):
    if task.problem:
        return pill(_("Problem"), "red")
    if task.is_enabled:
        return pill(_("Enabled"), "green")
    if task.is_spent:
        return pill(_("Done"))
    return pill(_("Paused"), "amber") if task.pause_note else pill(_("Disabled"))


def task_state(task: ServiceTask):
    """Its pill, and why."""
    why = task.problem or ("" if task.is_enabled else task.pause_note)
    return format_html('{} <span class="quiet">{}</span>', task_pill(task), why) if why else task_pill(task)


def how_often(task: ServiceTask) -> str:
    if not task.is_regular:
        return _("once")
    often = intervals.every(task.interval_seconds)
    if task.clock != ServiceTask.Clock.LOCAL:
        return often
    anchor = task.anchor.astimezone(task.organization.zone)
    told = {"often": often, "clock": f"{anchor:%H:%M}", "day": WEEKDAYS[anchor.weekday()]}
    is_weekly = task.interval_seconds % intervals.WEEK == 0
    return (_("%(often)s, %(day)s at %(clock)s") if is_weekly else _("%(often)s at %(clock)s")) % told


def state_pill(state: str):
    return pill(RunState(state).label, TONES[state])


def run_pill(run: ServiceRun):
    if run.state == S.RUNNING and run.is_cancel_asked:
        return pill(_("Being cancelled"), "amber")
    return state_pill(run.state)


def run_url(pk: int) -> str:
    return reverse("admin:svctasks_servicerun_change", args=[pk])


def task_url(pk: int) -> str:
    return reverse("admin:svctasks_servicetask_change", args=[pk])


def due(run: ServiceRun) -> str:
    """Its moment; of several that were skipped alike, from the first to the last."""
    zone = run.organization.zone
    if run.count > 1 and run.last_due_at:
        return local_span(run.due_at, run.last_due_at, zone)
    return local_time(run.due_at, zone)


def took(run: ServiceRun) -> str:
    if not (run.started_at and run.finished_at):
        return EMPTY
    return intervals.took((run.finished_at - run.started_at).total_seconds())


def outcome(run: ServiceRun) -> str:
    """What came of it, in a line."""
    if run.state == S.SKIPPED:
        reason = str(SkipReason(run.reason).label) if run.reason else ""
        return _("%(reason)s (%(count)d moments)") % {"reason": reason, "count": run.count} if run.count > 1 else reason
    text = run.error or result_text(run) or (run.progress_text if run.state == S.RUNNING else "")
    return f"{text[:SHORT]}…" if len(text) > SHORT else text


def result_text(run: ServiceRun) -> str:
    return "" if run.result in (None, "", {}, []) else json.dumps(run.result, ensure_ascii=False)
