"""A job's way through its states, and who does it when [contract 20]."""

from functools import partial

from rest_framework.response import Response

from scheduling.api.jobs import job_documentation as documentation
from scheduling.api.jobs.base import WRITE
from scheduling.api.jobs.job_forms import CancelForm, PlanForm, ResultForm, StepForm
from scheduling.api.jobs.job_views import JobView
from scheduling.models import Job
from scheduling.services import job_planning, job_states
from scheduling.services.job_states import Action

UNPLANNED = {"resource": None, "vehicle": None, "planned_start_at": None}


class JobSteps(JobView):
    documentation = documentation.STEPS
    accesses = dict.fromkeys(("schedule", *Action), WRITE)

    def schedule(self, request, jobId):
        """An absent property is null: an empty object unschedules."""
        job = self.find_job(jobId, "resource", "vehicle")
        self.form(PlanForm).save(
            save=lambda plan: job_planning.schedule_job(
                job.pk, **{**UNPLANNED, **plan}, versions=self.expected_versions
            ),
            check=partial(job_planning.check_plan, job),
        )
        return self.done()

    def send(self, request, jobId):
        return self.step(jobId, Action.SEND)

    def read(self, request, jobId):
        return self.step(jobId, Action.READ)

    def accept(self, request, jobId):
        return self.step(jobId, Action.ACCEPT)

    def refuse(self, request, jobId):
        return self.step(jobId, Action.REFUSE)

    def on_the_way(self, request, jobId):
        return self.step(jobId, Action.ON_THE_WAY)

    def start(self, request, jobId):
        return self.step(jobId, Action.START)

    def suspend(self, request, jobId):
        return self.step(jobId, Action.SUSPEND)

    def resume(self, request, jobId):
        return self.step(jobId, Action.RESUME)

    def step(self, jobId: str, action: Action) -> Response:
        return self.take(jobId, StepForm, (), partial(job_states.change_status, action=action))

    def result(self, request, jobId):
        return self.take(jobId, ResultForm, ("status",), job_states.set_result)

    def cancel(self, request, jobId):
        return self.take(jobId, CancelForm, (), job_states.cancel_job)

    def take(self, jobId: str, form, required: tuple[str, ...], service) -> Response:
        """204 once the service has taken the body's values."""
        job: Job = self.find_job(jobId)
        self.form(form, required).save(
            save=lambda values: service(job.pk, **values, versions=self.expected_versions),
            check=lambda values: None,
        )
        return self.done()
