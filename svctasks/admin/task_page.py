"""What a task's page shows beside its form: its next moments, its last days, its latest runs."""

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from core.admin.dashboard import list_url
from core.admin.display import EMPTY, local_time, pill
from svctasks.admin.display import due, outcome, run_pill, run_url, took
from svctasks.admin.strip import strip_of
from svctasks.due import Coming
from svctasks.models import ACTIVE, ServiceTask
from svctasks.preview import coming
from svctasks.services.tasks import UNREADABLE

MOMENTS, RUNS = 10, 10


def page_of(task: ServiceTask) -> dict:
    """For its template."""
    found = next_moments(task, MOMENTS)
    is_exact = any(one.due.second for one in found)
    return {
        "moments": [_line(one, is_exact) for one in found],
        "strip": strip_of(task),
        "runs": runs_of(task),
    }


def next_moments(task: ServiceTask, count: int) -> list[Coming]:
    """None for a task whose settings cannot be read: its page is where they are mended."""
    try:
        return coming(task, count, timezone.now())
    except UNREADABLE:
        return []


def next_text(task: ServiceTask) -> str:
    found = next_moments(task, 1) if task.is_enabled else []
    return local_time(found[0].due, task.organization.zone) if found else EMPTY


def _line(one: Coming, is_exact: bool) -> dict:
    """`is_exact`: with seconds, where whole minutes would make several moments look alike."""
    notes = [pill(_("the clock skips the time that is meant"), "amber")] if one.is_skipped else []
    notes += [pill(_("the clock shows this time twice"), "amber")] if one.is_doubled else []
    local = local_time(one.due, one.local.tzinfo, is_exact=is_exact)
    return {"local": local, "utc": f"{one.due:%Y-%m-%d %H:%M:%S}", "notes": notes}


def runs_of(task: ServiceTask) -> str:
    """As HTML: the latest runs, which the page asks for anew while one goes on."""
    runs = list(task.runs.select_related("organization").defer("log")[:RUNS])
    lines = [
        {
            "state": run_pill(run),
            "due": due(run),
            "url": run_url(run.pk),
            "site": run.site or EMPTY,
            "cause": run.get_cause_display(),
            "took": took(run),
            "outcome": outcome(run) or EMPTY,
        }
        for run in runs
    ]
    context = {
        "lines": lines,
        "is_active": any(run.state in ACTIVE for run in runs),
        "all_url": list_url("svctasks_servicerun", task=task.pk),
    }
    return render_to_string("admin/svctasks/runs_of.html", context)
