from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Membership, Role
from core.models.base import OrganizationRow, VersionedQuerySet
from core.models.history import history
from scheduling.models.timetable import Timetable


class ResourceQuerySet(VersionedQuerySet):
    def in_use(self) -> Self:
        return self.filter(is_archived=False)

    def without_students(self) -> Self:
        """Without those made for the time of students' community services: who has one is nobody else's business."""
        student = Membership.objects.filter(
            organization=models.OuterRef("organization"), user=models.OuterRef("user"), role=Role.STUDENT
        )
        return self.exclude(models.Exists(student), is_archived=True)


class Resource(OrganizationRow):
    """Somebody or something whose time can be taken: a person, a vehicle, a calendar."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        VEHICLE = "vehicle", _("Vehicle")
        CALENDAR = "calendar", _("Calendar")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=120)
    registration = models.CharField(_("registration"), max_length=20, blank=True, help_text=_("Of a vehicle."))
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="resources",
        verbose_name=_("log-in"),
        help_text=_("Of a person who has one."),
    )
    timetable = models.ForeignKey(
        Timetable,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="resources",
        verbose_name=_("timetable"),
        help_text=_("None: always available."),
    )
    is_archived = models.BooleanField(_("archived"), default=False)

    objects = ResourceQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"],
                condition=models.Q(user__isnull=False),
                name="one_resource_of_a_person",
                violation_error_code="taken",
                violation_error_message=_("is a resource of this organization already"),
            )
        ]
        indexes = [models.Index(fields=["organization", "kind", "name"], name="resource_organization_kind")]

    def __str__(self) -> str:
        return self.name
