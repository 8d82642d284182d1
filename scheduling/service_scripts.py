from datetime import timedelta

from core.service_scripts import service_script
from scheduling.services import closes


@service_script("unclose_ended_closes", every=timedelta(minutes=1))
def unclose_ended_closes() -> int:
    return closes.unclose_ended()
