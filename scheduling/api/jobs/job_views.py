"""Jobs: read, made, changed [seed; contract 20]. Their way through the states is in job_step_views.py."""

from django.db.models import QuerySet
from django.http import Http404

from scheduling.api.jobs import job_documentation as documentation
from scheduling.api.jobs.base import READ, WRITE, JobsView, read_key
from scheduling.api.jobs.job_bulk import update_many
from scheduling.api.jobs.job_details import complete_jobs
from scheduling.api.jobs.job_forms import JobChanges, JobForm
from scheduling.api.jobs.job_lists import JOBS
from scheduling.api.jobs.job_shapes import VERSION, VERSIONED_JOB, with_duplicates
from scheduling.models import Job
from scheduling.services import jobs
from scheduling.services.job_steps import RELATED


class JobView(JobsView):
    def rows(self) -> QuerySet[Job]:
        return self.in_organizations(Job.objects.all())

    def find_job(self, jobId: str, *related: str) -> Job:
        """The job, once If-Match agrees with its version."""
        return self.checked(self.find(self.rows().select_related(*related), jobId))


class Jobs(JobView):
    documentation = documentation.JOB_OPERATIONS
    accesses = {"list": READ, "retrieve": READ, "create": WRITE, "update": WRITE, "update_many": WRITE}
    array_actions = unversioned = frozenset({"update_many"})

    def list(self, request):
        return self.page_response(JOBS, self.rows(), complete_jobs)

    def retrieve(self, request, jobId):
        found = VERSIONED_JOB.dicts(with_duplicates(self.rows().filter(pk=read_key(jobId, "pk"))))
        if not found:
            raise Http404
        version = found[0].pop(VERSION)
        complete_jobs(found)
        return self.single(found[0], version)

    def create(self, request):
        form = self.form(JobForm, ("typeId", "contactId"))
        # Null and nothing are the same: the type's own.
        if form.values.get("planned_duration") is None:
            form.values.pop("planned_duration", None)
        job = form.save(
            save=lambda values: jobs.create_job(self.organization, values),
            check=lambda values: jobs.check_new(self.organization, values),
        )
        return self.created(job.pk, job.version)

    def update(self, request, jobId):
        job = self.find_job(jobId, *RELATED)
        self.form(JobChanges).save(
            save=lambda values: jobs.update_job(job.pk, values, self.expected_versions),
            check=lambda values: jobs.check_update(job, values),
        )
        return self.done()

    def update_many(self, request):
        update_many(self, self.data)
        return self.done()
