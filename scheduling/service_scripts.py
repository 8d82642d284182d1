from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from core.service_scripts import Run, Shipped, service_script
from scheduling.models import JobOccurrence
from scheduling.services import closes, job_occurrences

EXPIRE_CLOSES = Shipped("expireCloses", "Unclose ended closes", every=timedelta(minutes=1))
MAKE_JOBS = Shipped("makeRecurringJobs", "Make recurring jobs", every=timedelta(minutes=10))


@service_script("unclose_ended_closes", title=_("Ends the closes whose end is past"), ships=EXPIRE_CLOSES)
def unclose_ended_closes(run: Run) -> dict:
    return {"unclosed": closes.unclose_ended(run.organization)}


@service_script("make_recurring_jobs", title=_("Makes the coming jobs of recurrences"), ships=MAKE_JOBS)
def make_recurring_jobs(run: Run) -> dict:
    judged = job_occurrences.make_due(organization=run.organization)
    return {"made": sum(one.outcome != JobOccurrence.Outcome.FAILED for one in judged), "judged": len(judged)}
