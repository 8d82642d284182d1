"""Service tasks: the six verbs, and what is done with one [contract 50]."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.response import Response

from svctasks.api import documentation
from svctasks.api.base import READ, WRITE
from svctasks.api.errors import invalid
from svctasks.api.rows_views import RowsView
from svctasks.api.run_shapes import BACKFILL_FORM, NOTE_FORM, RUN, RUNS, listed_runs, wire_coming
from svctasks.api.task_shapes import TASK, TASK_FORM, TASKS
from svctasks.due import told
from svctasks.models import ServiceTask
from svctasks.preview import coming
from svctasks.schedules import rule_of
from svctasks.services import by_hand, tasks

USUAL_COUNT, MOST_COUNT = 5, 1000


class Tasks(RowsView):
    accesses = {
        **RowsView.accesses,
        **dict.fromkeys(("runs", "next_moments", "preview"), READ),
        **dict.fromkeys(("run", "pause", "backfill"), WRITE),
    }
    documentation = documentation.TASKS_DOCUMENTED
    stateless = RowsView.stateless | {"preview"}
    shape, listing, form = TASK, TASKS, TASK_FORM

    def rows(self) -> QuerySet[ServiceTask]:
        return self.in_organizations(ServiceTask.objects.select_related("script", "organization"))

    def add(self, values: dict) -> ServiceTask:
        return tasks.create_task(self.organization, values)

    def change(self, pk: int, values: dict) -> ServiceTask:
        return tasks.update_task(pk, values, self.expected_versions)

    def remove(self, pk: int) -> None:
        tasks.delete_task(pk, self.expected_versions)

    # -- to come ----------------------------------------------------------------------------------------

    def count(self) -> int:
        found = self.query.between("count", 1, MOST_COUNT)
        self.query.check()
        return found or USUAL_COUNT

    def next_moments(self, request, id: str) -> Response:
        """The moments at which it will run next; of a disabled one, if it were enabled now."""
        count, task = self.count(), self.find(self.rows(), id)
        return self.json([wire_coming(one) for one in coming(task, count, timezone.now())])

    def preview(self, request) -> Response:
        """The same of a body that is not stored."""
        count, values = self.count(), self.read(self.form)
        values |= {"name": values.get("name") or "preview", "is_enabled": False}
        now = timezone.now()
        task = ServiceTask(organization=self.organization, created_at=now, counted_until=now, **values)
        tasks.check_task(task)
        return self.json([wire_coming(one) for one in coming(task, count, now)])

    # -- runs -------------------------------------------------------------------------------------------

    def runs(self, request, id: str) -> Response:
        task = self.find(self.rows(), id)
        return self.json(RUNS.page(self.query, listed_runs(task)))

    def run(self, request, id: str) -> Response:
        """One at each of its sites; the first is answered."""
        task = self.find(self.rows(), id)
        return self.json(RUN.of(by_hand.run_now(task.pk)[0]))

    def pause(self, request, id: str) -> Response:
        task = self.checked(self.find(self.rows(), id))
        note = self.read(NOTE_FORM).get("note", "")
        return self.shown(tasks.pause_task(task.pk, note, self.expected_versions))

    def backfill(self, request, id: str) -> Response:
        task = self.find(self.rows(), id)
        values = self.read(BACKFILL_FORM, is_new=True)
        first, last = values["from"], values["to"]
        missing = [name for name in ("from", "to") if values[name] is None]
        if missing:
            raise invalid({name: [("required", "must be a date and time")] for name in missing})
        if values.get("dryrun"):
            return self.json(self.missed(task, first, last))
        return self.json([RUN.of(run) for run in by_hand.backfill(task.pk, first, last)])

    def missed(self, task: ServiceTask, first: datetime, last: datetime) -> list[dict]:
        rule, zone = rule_of(task), task.organization.zone
        return [wire_coming(told(rule, moment, zone)) for moment in by_hand.missed_moments(task, first, last)]
