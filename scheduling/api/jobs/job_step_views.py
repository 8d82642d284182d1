"""A job's way through its states, and who does it when [contract 20]."""

from functools import partial

from rest_framework.response import Response

from scheduling.api.jobs import job_documentation as documentation
from scheduling.api.jobs.base import WRITE
from scheduling.api.jobs.forms import Form
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
            check_state=partial(job_planning.check_plannable, job),
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
        service = partial(job_states.change_status, action=action)
        return self.take(jobId, action, self.form(StepForm), service, job_states.check_step)

    def result(self, request, jobId):
        form = self.form(ResultForm, ("status",))
        return self.take(jobId, Action.RESULT, form, job_states.set_result, job_states.check_outcome, "type")

    def cancel(self, request, jobId):
        return self.take(jobId, Action.CANCEL, self.form(CancelForm), job_states.cancel_job, lambda job, **values: None)

    def take(self, jobId: str, action: Action, form: Form, service, check, *related: str) -> Response:
        """204 once the service has taken the form's values; `check(job, **values)` is what it asks of them."""
        job: Job = self.find_job(jobId, *related)
        form.save(
            save=lambda values: service(job.pk, **values, versions=self.expected_versions),
            check=lambda values: check(job, **values),
            check_state=partial(job_states.check_action, job, action),
        )
        return self.done()
