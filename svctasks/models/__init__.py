from svctasks.models.run import ACTIVE, WENT_WRONG, RunState, ServiceRun, SkipReason
from svctasks.models.script import ServiceScript
from svctasks.models.site import DispatcherBeat, WorkerSite
from svctasks.models.task import ServiceTask

__all__ = [
    "ACTIVE",
    "WENT_WRONG",
    "DispatcherBeat",
    "RunState",
    "ServiceRun",
    "ServiceScript",
    "ServiceTask",
    "SkipReason",
    "WorkerSite",
]
