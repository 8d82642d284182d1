"""Recurring jobs and what became of their occurrences [contract 20]."""

from django.db.models import QuerySet

from scheduling.api.jobs import recurrence_documentation as documentation
from scheduling.api.jobs.base import READ, WRITE, JobsView
from scheduling.api.jobs.recurrence_wire import OCCURRENCES, RECURRENCE, RECURRENCES, RecurrenceChanges, RecurrenceForm
from scheduling.models import JobRecurrence
from scheduling.services import job_recurrences as services

REQUIRED = ("typeId", "contactId", "startAt", "rrule")


class JobRecurrences(JobsView):
    documentation = documentation.RECURRENCE_OPERATIONS
    accesses = {"list": READ, "retrieve": READ, "occurrences": READ, "create": WRITE, "update": WRITE}

    def rows(self) -> QuerySet[JobRecurrence]:
        return self.in_organizations(JobRecurrence.objects.all())

    def list(self, request):
        return self.page_response(RECURRENCES, self.rows())

    def retrieve(self, request, jobRecurrenceId):
        row = self.find(self.rows().select_related("person"), jobRecurrenceId)
        return self.single(RECURRENCE.of(row), row.version)

    def create(self, request):
        row = self.form(RecurrenceForm, REQUIRED).save(
            save=lambda values: services.create_recurrence(self.organization, values),
            check=lambda values: services.check_new(self.organization, values),
        )
        return self.created(row.pk, row.version)

    def update(self, request, jobRecurrenceId):
        row = self.checked(self.find(self.rows().select_related(*services.RELATED), jobRecurrenceId))
        self.form(RecurrenceChanges).save(
            save=lambda values: services.update_recurrence(row.pk, values, self.expected_versions),
            check=lambda values: services.check_update(row, values),
        )
        return self.done()

    def occurrences(self, request, jobRecurrenceId):
        return self.page_response(OCCURRENCES, self.find(self.rows(), jobRecurrenceId).occurrences.all())
