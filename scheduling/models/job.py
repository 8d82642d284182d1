import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models.base import OrganizationRow, VersionedQuerySet
from core.models.history import history
from core.zones import local_moment
from scheduling.intervals import Interval
from scheduling.models.close import MAX_TEXT, TEXT
from scheduling.models.contact import Contact, ContactPerson
from scheduling.models.job_type import DURATIONS, JobCategory, JobType
from scheduling.models.resource import Resource


class JobStatus(models.TextChoices):
    NEW = "new", pgettext_lazy("job", "New")
    SCHEDULED = "scheduled", pgettext_lazy("job", "Scheduled")
    UNSCHEDULED = "unscheduled", pgettext_lazy("job", "Unscheduled")
    SENT = "sent", pgettext_lazy("job", "Sent")
    READ = "read", pgettext_lazy("job", "Read")
    ACCEPTED = "accepted", pgettext_lazy("job", "Accepted")
    REFUSED = "refused", pgettext_lazy("job", "Refused")
    ON_THE_WAY = "on_the_way", pgettext_lazy("job", "On the way")
    STARTED = "started", pgettext_lazy("job", "Started")
    SUSPENDED = "suspended", pgettext_lazy("job", "Suspended")
    COMPLETED_OK = "completed_ok", pgettext_lazy("job", "Completed")
    COMPLETED_WITH_ISSUES = "completed_with_issues", pgettext_lazy("job", "Completed with issues")
    CANCELLED = "cancelled", pgettext_lazy("job", "Cancelled")


# States in which planning may still change [contract 20].
PLANNABLE = (
    JobStatus.NEW,
    JobStatus.SCHEDULED,
    JobStatus.UNSCHEDULED,
    JobStatus.SENT,
    JobStatus.READ,
    JobStatus.ACCEPTED,
    JobStatus.REFUSED,
)
COMPLETED = (JobStatus.COMPLETED_OK, JobStatus.COMPLETED_WITH_ISSUES)
ENDED = (*COMPLETED, JobStatus.CANCELLED)
# Named one by one wherever rows are asked for: by what they are not, no index finds the few among all there ever were.
OPEN = tuple(status for status in JobStatus if status not in ENDED)
# Somebody has said yes to it [contract 20: accepted or later].
CONFIRMED = (JobStatus.ACCEPTED, JobStatus.ON_THE_WAY, JobStatus.STARTED, JobStatus.SUSPENDED, *COMPLETED)
BEGUN = (JobStatus.STARTED, JobStatus.SUSPENDED, *COMPLETED)
WAITING = tuple(status for status in OPEN if status not in BEGUN)
# Whom it is with knows of it, and has it in the calendar.
TOLD = (
    JobStatus.SCHEDULED,
    JobStatus.SENT,
    JobStatus.READ,
    JobStatus.ACCEPTED,
    JobStatus.REFUSED,
    JobStatus.ON_THE_WAY,
    JobStatus.STARTED,
    JobStatus.SUSPENDED,
)


class JobQuerySet(VersionedQuerySet):
    def open(self):
        return self.filter(status__in=OPEN)

    def to_plan(self):
        """That wait for a resource or a time."""
        return self.filter(status__in=(JobStatus.NEW, JobStatus.UNSCHEDULED))

    def overdue(self, now: datetime | None = None):
        """Planned to be over by now, and not even begun; or past the day they are due."""
        now = now or timezone.now()
        waiting = self.filter(status__in=WAITING)
        return waiting.filter(models.Q(planned_end_at__lt=now) | models.Q(due_at__lt=now))

    def starting_on(self, day: date):
        """Planned to start on this day of the present time zone; `__date` would read every job there is."""
        zone: Any = timezone.get_current_timezone()
        start, end = (local_moment(one, time(0), zone) for one in (day, day + timedelta(days=1)))
        return self.filter(planned_start_at__gte=start, planned_start_at__lt=end)


class Job(OrganizationRow):
    """A visit that a resource, with a vehicle, makes to a contact [seed; contract 20]."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    type = models.ForeignKey(JobType, on_delete=models.PROTECT, related_name="jobs", verbose_name=_("type"))
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="jobs", verbose_name=_("contact"))
    site_contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("site")
    )
    person = models.ForeignKey(
        ContactPerson, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("person")
    )
    category = models.ForeignKey(
        JobCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("category")
    )
    reference = models.CharField(_("reference"), max_length=40, blank=True)
    order_number = models.CharField(_("order number"), max_length=80, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=MAX_TEXT, validators=TEXT)
    planned_duration = models.PositiveIntegerField(_("duration (minutes)"), validators=DURATIONS)
    custom_values = models.JSONField(_("custom fields"), default=dict, blank=True, editable=False)
    internal_comment = models.TextField(_("internal comment"), blank=True, max_length=MAX_TEXT, validators=TEXT)
    contact_comment = models.TextField(_("comment of the contact"), blank=True, max_length=MAX_TEXT, validators=TEXT)
    recurrence = models.ForeignKey(
        "scheduling.JobRecurrence",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="jobs",
        verbose_name=_("recurrence"),
    )
    # What only actions change.
    status = models.CharField(
        _("status"), max_length=25, choices=JobStatus.choices, default=JobStatus.NEW, editable=False
    )
    status_modified_at = models.DateTimeField(_("status since"), default=timezone.now, editable=False)
    resources_comment = models.TextField(_("last comment"), blank=True, editable=False)
    result = models.CharField(_("result"), max_length=120, blank=True, editable=False)
    resource = models.ForeignKey(
        Resource,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="jobs",
        verbose_name=_("resource"),
    )
    vehicle = models.ForeignKey(
        Resource,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="vehicle_jobs",
        verbose_name=_("vehicle"),
    )
    planned_start_at = models.DateTimeField(_("planned start"), null=True, blank=True, editable=False)
    # The start and the duration give it; stored so that lists and the board find it.
    planned_end_at = models.DateTimeField(_("planned end"), null=True, blank=True, editable=False)
    actual_start_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    actual_end_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    # The earliest of its constraints jobMustCompleteBefore.
    due_at = models.DateTimeField(_("due"), null=True, blank=True, editable=False)
    # Grows with each invitation sent, as RFC 5545 asks.
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = JobQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["organization", "created_at", "id"], name="job_created"),
            models.Index(fields=["organization", "planned_start_at", "id"], name="job_planned"),
            models.Index(fields=["organization", "actual_start_at", "id"], name="job_started"),
            models.Index(fields=["organization", "status_modified_at", "id"], name="job_status_modified"),
            models.Index(fields=["organization", "reference", "id"], name="job_reference"),
            models.Index(fields=["type", "reference"], name="job_type_reference"),
            models.Index(fields=["organization", "status", "created_at"], name="job_status_created"),
        ]

    def __str__(self) -> str:
        return self.reference or f"#{self.pk}"

    def save(self, *args, **kwargs):
        self.planned_end_at = self.planned_start_at and self.planned_start_at + self.length
        super().save(*args, **kwargs)

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.planned_duration)

    @property
    def is_told(self) -> bool:
        return self.status in TOLD

    @property
    def is_confirmed(self) -> bool:
        return self.status in CONFIRMED

    @property
    def interval(self) -> Interval | None:
        """The time it takes: none without a start or once cancelled; what is left over when it ended early is free."""
        if self.planned_start_at is None or self.status == JobStatus.CANCELLED:
            return None
        end = self.planned_start_at + self.length
        if self.status in COMPLETED and self.actual_end_at:
            end = min(end, self.actual_end_at)
        return Interval(self.planned_start_at, end) if end > self.planned_start_at else None

    @property
    def resource_ids(self) -> list[int]:
        """Whose time it takes, in order."""
        return sorted({pk for pk in (self.resource_id, self.vehicle_id) if pk})


class JobStatusChange(models.Model):
    """One step of a job's life; the first is `new`. `created_at` is when it happened, as the caller tells."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="status_changes")
    status = models.CharField(_("status"), max_length=25, choices=JobStatus.choices)
    created_at = models.DateTimeField(_("when"))
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")
        indexes = [models.Index(fields=["job", "id"], name="status_change_job")]

    def __str__(self) -> str:
        return self.get_status_display()


class JobConstraint(models.Model):
    """What the planning of a job should respect; it never refuses a change, it reports [contract 20]."""

    class Type(models.TextChoices):
        MUST_START_AFTER = "must_start_after", _("Must start after")
        MUST_START_BEFORE = "must_start_before", _("Must start before")
        MUST_COMPLETE_BEFORE = "must_complete_before", _("Must be complete before")
        RESOURCE = "resource", _("Resource")
        VEHICLE = "vehicle", _("Vehicle")
        MUST_START_IN_AVAILABLE_HOURS = "must_start_in_available_hours", _("Must start in available hours")
        MUST_COMPLETE_IN_AVAILABLE_HOURS = "must_complete_in_available_hours", _("Must be complete in available hours")

    DATED = (Type.MUST_START_AFTER, Type.MUST_START_BEFORE, Type.MUST_COMPLETE_BEFORE)
    NAMED = {
        Type.RESOURCE: (Resource.Kind.PERSON, Resource.Kind.CALENDAR),
        Type.VEHICLE: (Resource.Kind.VEHICLE,),
    }

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="constraints")
    type = models.CharField(_("type"), max_length=40, choices=Type.choices)
    constraint_at = models.DateTimeField(_("moment"), null=True, blank=True)
    entity = models.ForeignKey(
        Resource,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("resource or vehicle"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    history = history()

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name = _("constraint")
        verbose_name_plural = _("constraints")

    def __str__(self) -> str:
        return self.get_type_display()
