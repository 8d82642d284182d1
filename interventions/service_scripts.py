from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from core.service_scripts import Run, Shipped, service_script
from interventions.services import routine_runs

MAKE_VISITS = Shipped("makeRoutineInterventions", "Make the visits of routines", every=timedelta(minutes=10))


@service_script("make_routine_visits", title=_("Makes the coming visits of routines"), ships=MAKE_VISITS)
def make_routine_visits(run: Run) -> dict:
    return {"judged": routine_runs.make_due(run.organization)}
