"""What the dashboard says of jobs."""

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.admin.dashboard import Card, Panel, Row, card, list_url, panel
from core.admin.display import local_time, pill
from core.models import Role
from scheduling.admin.job_display import TONES, conflicts_to_solve
from scheduling.models import Job, JobStatus
from scheduling.models.job import ENDED

LIST = "scheduling_job"
NEXT = 8


def _jobs(user):
    return Job.objects.filter(organization__in=user.organization_ids(Role.BASIC_STAFF))


def _card(label, rows, quick: str, tone: str) -> Card:
    value = rows.count()
    return Card(label, value, list_url(LIST, quick=quick), tone if value else "grey")


@card(order=100)
def to_plan(user):
    return _card(_("Jobs to plan"), _jobs(user).to_plan(), "to_plan", "amber")


@card(order=110)
def jobs_today(user):
    rows = _jobs(user).starting_on(timezone.localdate())
    return _card(_("Jobs today"), rows, "today", "blue")


@card(order=120)
def overdue_jobs(user):
    return _card(_("Overdue jobs"), _jobs(user).overdue(), "overdue", "red")


@card(order=130)
def conflicts(user):
    return _card(_("Job conflicts"), conflicts_to_solve(_jobs(user)), "conflicts", "red")


@panel(order=30)
def next_jobs(user):
    rows = _jobs(user).open().filter(Q(planned_end_at__gt=timezone.now()), resource__isnull=False)
    rows = rows.select_related("contact", "resource", "organization").order_by("planned_start_at", "id")[:NEXT]
    return Panel(
        _("Next jobs"),
        url=list_url(LIST),
        columns=[_("Job"), _("Contact"), _("Resource"), _("Planned"), _("Status")],
        rows=[_row(job) for job in rows],
        empty=_("None yet."),
    )


def _row(job) -> Row:
    when = local_time(job.planned_start_at, job.organization.zone)
    state = pill(job.get_status_display(), TONES[job.status])
    url = f"{list_url(LIST)}{job.pk}/change/"
    return Row(str(job), url, [job.contact, job.resource, when, state])


@panel(order=40)
def jobs_by_status(user):
    """Of the open ones."""
    counts = dict(_jobs(user).open().order_by().values_list("status").annotate(Count("id")))
    shown = [status for status in JobStatus if status not in ENDED and counts.get(status)]
    return Panel(_("Open jobs by status"), chart=[(status.label, counts[status], TONES[status]) for status in shown])
