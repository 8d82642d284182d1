from datetime import timedelta

from core.service_scripts import service_script
from scheduling.models import JobOccurrence
from scheduling.services import closes, job_occurrences


@service_script("unclose_ended_closes", every=timedelta(minutes=1))
def unclose_ended_closes() -> int:
    return closes.unclose_ended()


@service_script("make_recurring_jobs", every=timedelta(minutes=10))
def make_recurring_jobs() -> int:
    judged = job_occurrences.make_due()
    return sum(one.outcome != JobOccurrence.Outcome.FAILED for one in judged)
