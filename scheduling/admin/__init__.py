"""The staff's door to scheduled duties."""

from django.utils.translation import gettext_lazy as _

from core.admin import entities, navigation
from scheduling.admin import (  # noqa: F401
    absences,
    board,
    closes,
    community_services,
    contacts,
    contests,
    custom_fields,
    job_types,
    jobs,
    jobs_today,
    occurrences,
    recurrences,
    resources,
    settings,
    timetables,
    workdays,
)

entities.register(close="scheduling.Close", community_service="scheduling.CommunityService", job="scheduling.Job")
navigation.register(
    "community",
    _("Community service"),
    navigation.Item("scheduling.Close", "lock"),
    navigation.Item("scheduling.CommunityService", "broom"),
    navigation.Item("scheduling.Contest", "scale"),
    order=10,
)
navigation.register(
    "jobs",
    _("Jobs"),
    navigation.Item("scheduling.Job", "calendar", _("Dispatch board"), page="dispatch"),
    navigation.Item("scheduling.Job", "briefcase"),
    navigation.Item("scheduling.JobRecurrence", "repeat"),
    navigation.Item("scheduling.Contact", "building"),
    order=20,
)
navigation.register(
    "resources",
    _("People and vehicles"),
    navigation.Item("scheduling.Resource", "van"),
    navigation.Item("scheduling.Absence", "leave"),
    navigation.Item("scheduling.Timetable", "clock"),
    order=30,
)
navigation.register(
    "job_setup",
    _("Set-up of jobs"),
    navigation.Item("scheduling.JobType", "list"),
    navigation.Item("scheduling.JobCategory", "bookmark"),
    navigation.Item("scheduling.ContactGroup", "people"),
    navigation.Item("scheduling.CustomFieldDefinition", "wrench"),
    order=70,
)
navigation.register(
    "setup",
    _("Set-up"),
    navigation.Item("scheduling.SchedulingSettings", "gear"),
    navigation.Item("scheduling.Workday", "leave"),
    order=80,
)
