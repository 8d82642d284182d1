from interventions.models.anomaly import UNRESOLVED, Anomaly, AnomalyStatus, Counter, Report, Risk
from interventions.models.execution import Execution, PdfReport, SignatureUpload
from interventions.models.intervention import (
    AGREED,
    ENDED,
    OPEN,
    WAITING,
    Intervention,
    InterventionAnomaly,
    InterventionStatus,
    InterventionStep,
)
from interventions.models.place import CompanyContact, Site
from interventions.models.routine import Routine, RoutineOccurrence
from interventions.models.session import PinTries, Session

__all__ = [
    "AGREED",
    "ENDED",
    "OPEN",
    "UNRESOLVED",
    "WAITING",
    "Anomaly",
    "AnomalyStatus",
    "CompanyContact",
    "Counter",
    "Execution",
    "Intervention",
    "InterventionAnomaly",
    "InterventionStatus",
    "InterventionStep",
    "PdfReport",
    "PinTries",
    "Report",
    "Risk",
    "Routine",
    "RoutineOccurrence",
    "Session",
    "SignatureUpload",
    "Site",
]
