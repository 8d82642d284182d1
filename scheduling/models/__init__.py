from scheduling.models.busy import Absence, BusyInterval
from scheduling.models.close import Close, Contest
from scheduling.models.community_service import CommunityService
from scheduling.models.contact import Contact, ContactGroup, ContactPerson
from scheduling.models.custom_field import CustomFieldDefinition
from scheduling.models.job import Job, JobConstraint, JobStatus, JobStatusChange
from scheduling.models.job_recurrence import JobOccurrence, JobRecurrence
from scheduling.models.job_type import JobCategory, JobReferenceCounter, JobType
from scheduling.models.resource import Resource
from scheduling.models.settings import SchedulingSettings
from scheduling.models.timetable import Hours, SpecialDay, Timetable
from scheduling.models.workday import Workday

__all__ = [
    "Absence",
    "BusyInterval",
    "Close",
    "CommunityService",
    "Contact",
    "ContactGroup",
    "ContactPerson",
    "Contest",
    "CustomFieldDefinition",
    "Hours",
    "Job",
    "JobCategory",
    "JobConstraint",
    "JobOccurrence",
    "JobRecurrence",
    "JobReferenceCounter",
    "JobStatus",
    "JobStatusChange",
    "JobType",
    "Resource",
    "SchedulingSettings",
    "SpecialDay",
    "Timetable",
    "Workday",
]
