from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from appointments.models.texts import LivingQuerySet, line
from core.models.base import OrganizationRow
from core.models.client import Application
from core.models.history import history
from scheduling.models.close import MAX_TEXT, TEXT


class CustomerQuerySet(LivingQuerySet):
    def of_address(self, email: str) -> Self:
        """The living ones with this address, compared case-folded; an empty one is nobody's, as their index has it."""
        return self.alive().exclude(email="").annotate(folded=Lower("email")).filter(folded=email.lower())


class Customer(OrganizationRow):
    """Who books. `made_by` and `made_by_user`: the credential that created it, which alone may name it from outside."""

    lastname = line(_("last name"), 64)
    firstname = line(_("first name"), 64)
    firstphone = line(_("phone"), 25)
    secondphone = line(_("second phone"), 25)
    email = models.EmailField(_("e-mail"), max_length=255, blank=True)
    birthdate = models.DateField(_("date of birth"), null=True, blank=True)
    comments = models.TextField(
        _("comments"), blank=True, max_length=MAX_TEXT, validators=TEXT, help_text=_("The customer never sees them.")
    )
    from_web = models.BooleanField(_("from the web"), default=False)
    wants_email_reminders = models.BooleanField(_("reminded by e-mail"), default=True)
    wants_sms_reminders = models.BooleanField(_("reminded by text message"), default=True)
    external_id = models.BigIntegerField(_("number elsewhere"), null=True, blank=True)
    made_by = models.ForeignKey(
        Application, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    made_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    is_deleted = models.BooleanField(_("deleted"), default=False, editable=False)

    objects = CustomerQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ["lastname", "firstname", "id"]
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                condition=models.Q(is_deleted=False) & ~models.Q(email=""),
                name="one_customer_of_an_address",
                violation_error_code="email_taken",
                violation_error_message=_("belongs to another customer"),
            )
        ]
        indexes = [models.Index(fields=["organization", "lastname", "firstname", "id"], name="customer_name")]

    def __str__(self) -> str:
        return self.full_name or self.email or f"#{self.pk}"

    @property
    def full_name(self) -> str:
        return f"{self.firstname} {self.lastname}".strip()
