"""What belongs to one job: the history of its states, its constraints [contract 20]."""

from functools import partial

from scheduling.api.jobs import job_documentation as documentation
from scheduling.api.jobs.base import READ, WRITE
from scheduling.api.jobs.job_details import complete_constraints
from scheduling.api.jobs.job_forms import ConstraintForm
from scheduling.api.jobs.job_lists import CONSTRAINTS, STATUS_CHANGES
from scheduling.api.jobs.job_views import JobView
from scheduling.models import JobConstraint
from scheduling.services import job_constraints


class JobHistory(JobView):
    documentation = documentation.HISTORY
    accesses = {"list": READ, "list_by_words": READ}

    def list(self, request, jobId):
        return self.page_response(STATUS_CHANGES, self.find_job(jobId).status_changes.all())

    def list_by_words(self, request, jobId):
        return self.list(request, jobId)


class JobConstraints(JobView):
    documentation = documentation.CONSTRAINT_OPERATIONS
    accesses = {"list": READ, "create": WRITE, "destroy": WRITE}

    def list(self, request, jobId):
        hours = ("resource__timetable__hours", "resource__timetable__special_days")
        related = self.rows().select_related("organization", "resource__timetable__organization")
        job = self.find(related.prefetch_related(*hours), jobId)
        return self.page_response(CONSTRAINTS, job.constraints.all(), partial(complete_constraints, job))

    def create(self, request, jobId):
        job = self.find_job(jobId)
        form = self.form(ConstraintForm, ("type",))
        constraint = form.save(
            save=lambda values: job_constraints.add_constraint(job.pk, **values, versions=self.expected_versions),
            # What else must be given depends on the type.
            check=lambda values: job_constraints.check_new(job, **values) if "type" in values else None,
        )
        return self.created(constraint.pk, constraint.job.version)

    def destroy(self, request, jobId, constraintId):
        job = self.find_job(jobId)
        constraint = self.find(JobConstraint.objects.filter(job=job), constraintId)
        job_constraints.remove_constraint(job.pk, constraint.pk, self.expected_versions)
        return self.done()
