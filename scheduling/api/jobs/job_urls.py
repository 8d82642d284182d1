"""The routes of jobs under /v1."""

from scheduling.api.jobs.errors import camel
from scheduling.api.jobs.job_part_views import JobConstraints, JobHistory
from scheduling.api.jobs.job_step_views import JobSteps
from scheduling.api.jobs.job_views import Jobs
from scheduling.api.jobs.routing import part, route
from scheduling.services.job_states import Action

JOB = f"jobs/{part('jobId')}"

job_routes = [
    route("jobs", Jobs, "jobs", get="list", post="create", patch="update_many"),
    route(JOB, Jobs, "job", get="retrieve", patch="update"),
    *(route(f"{JOB}/{camel(action)}", JobSteps, f"job-{action}", put=action) for action in ("schedule", *Action)),
    route(f"{JOB}/statusHistory", JobHistory, "status-history", get="list"),
    # Another client library knows it under this address.
    route(f"{JOB}/status/history", JobHistory, "status-history-by-words", get="list_by_words"),
    route(f"{JOB}/constraints", JobConstraints, "constraints", get="list", post="create"),
    route(f"{JOB}/constraints/{part('constraintId')}", JobConstraints, "constraint", delete="destroy"),
]
