from datetime import timedelta

from appointments.services import holds
from core.service_scripts import service_script


@service_script("forget_expired_holds", every=timedelta(minutes=1))
def forget_expired_holds() -> int:
    return holds.forget_expired()
