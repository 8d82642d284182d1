from datetime import timedelta

from core.service_scripts import service_script
from interventions.services import routine_runs


@service_script("make_routine_visits", every=timedelta(minutes=10))
def make_routine_visits() -> int:
    return routine_runs.make_due()
