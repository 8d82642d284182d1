import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.models import Application, Organization
from interventions.models.intervention import Intervention


class SessionQuerySet(models.QuerySet):
    def in_force(self) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class Session(models.Model):
    """Who calls beside an application's bearer: a person of an organization, or a provider on site [contract 30].

    A provider's names one intervention and no user.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    intervention = models.ForeignKey(Intervention, null=True, on_delete=models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user=None) ^ models.Q(intervention=None), name="session_of_user_or_provider"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="session_expires")]

    def __str__(self) -> str:
        return str(self.uid)


class PinTries(models.Model):
    """Wrong code PINs at one door: of an intervention through an application or its page, or of an application at all.

    door: `<application>/<intervention>`, `page/<intervention>`, `<application>`.
    """

    door = models.CharField(max_length=60, primary_key=True)
    wrong = models.PositiveIntegerField(default=0)
    # How often it was locked: each time twice as long.
    locks = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(default=timezone.now)
    locked_until = models.DateTimeField(null=True)
    intervention = models.ForeignKey(Intervention, null=True, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return self.door
