"""Nothing is kept of people here but who made a script or a task, which the history says."""

from core.privacy.parts import nothing_about
from svctasks.models import ServiceRun, ServiceScript, ServiceTask, WorkerSite

nothing_about(ServiceScript, ServiceTask, ServiceRun, WorkerSite)
