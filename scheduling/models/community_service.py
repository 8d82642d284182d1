from datetime import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models.base import OrganizationRow, VersionedQuerySet
from core.models.history import history
from scheduling.models.close import Close


class CommunityServiceQuerySet(VersionedQuerySet):
    def undated(self) -> Self:
        """Waiting for the student to pick a day."""
        return self.filter(state=CommunityService.State.SCHEDULE, schedule_at=None)

    def overdue(self, now: datetime | None = None) -> Self:
        """Past their start and not yet judged by staff."""
        return self.filter(state=CommunityService.State.SCHEDULE, schedule_at__lt=now or timezone.now())

    def with_misses(self) -> Self:
        """`misses`: how many services of the same student, there, were missed and made up for."""
        missed = CommunityService.objects.filter(
            organization=OuterRef("organization"), close__user=OuterRef("close__user"), made_up_by__isnull=False
        )
        counted = missed.order_by().values("close__user").annotate(number=Count("pk")).values("number")
        return self.annotate(misses=Coalesce(Subquery(counted), 0))


class CommunityService(OrganizationRow):
    """Work for the community that makes up for a close [seed; contract 10]."""

    class State(models.TextChoices):
        SCHEDULE = "schedule", _("Scheduled")
        VALIDATED = "validated", _("Validated")
        INVALIDATED = "invalidated", _("Invalidated")

    close = models.ForeignKey(
        Close,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="community_services",
        verbose_name=_("close"),
    )
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("supervisor"),
    )
    # Seconds, as the seed has it; an int32, as its clients read it.
    duration = models.PositiveIntegerField(
        _("duration (seconds)"),
        error_messages={"invalid": _("must be a whole number of seconds")},
        validators=[
            MinValueValidator(1, _("must be greater than 0 (a duration is in seconds)")),
            MaxValueValidator(2**31 - 1, _("must be less than 2147483648 (a duration is in seconds)")),
        ],
    )
    occupation = models.CharField(
        _("occupation"),
        max_length=255,
        blank=True,
        error_messages={"max_length": _("is too long (maximum is %(limit_value)d characters)")},
    )
    schedule_at = models.DateTimeField(_("scheduled at"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.SCHEDULE, editable=False)
    makes_up = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="made_up_by",
        verbose_name=_("makes up for"),
    )
    make_up_reason = models.CharField(_("reason of the make-up"), max_length=255, blank=True, editable=False)
    # Grows when the service goes to another student: links mailed before stop working.
    link_version = models.PositiveIntegerField(default=1, editable=False)

    objects = CommunityServiceQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("community service")
        verbose_name_plural = _("community services")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(duration__gt=0),
                name="community_service_duration_positive",
                violation_error_code="min_value",
                violation_error_message=_("must be greater than 0 (a duration is in seconds)"),
            )
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="service_organization_created"),
            models.Index(fields=["organization", "schedule_at"], name="service_organization_schedule"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.occupation}".strip()
