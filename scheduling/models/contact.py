import uuid

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.base import OrganizationRow
from core.models.history import history
from scheduling.models.close import MAX_TEXT, TEXT


class ContactGroup(OrganizationRow):
    name = models.CharField(_("name"), max_length=120)

    history = history()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("contact group")
        verbose_name_plural = _("contact groups")

    def __str__(self) -> str:
        return self.name


class Contact(OrganizationRow):
    """A customer or a site for whom, and where, jobs are done [contract 20]."""

    class AccountStatus(models.TextChoices):
        NORMAL = "normal", _("Normal")
        ON_STOP = "on_stop", _("On stop")

    reference = models.CharField(_("reference"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=200)
    group = models.ForeignKey(
        ContactGroup,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contacts",
        verbose_name=_("group"),
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("part of")
    )
    extra_information = models.TextField(_("extra information"), blank=True, max_length=MAX_TEXT, validators=TEXT)
    street = models.CharField(_("street"), max_length=200, blank=True)
    town = models.CharField(_("town"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=80, blank=True)
    latitude = models.FloatField(
        _("latitude"), null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        _("longitude"), null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    account_status = models.CharField(
        _("account"), max_length=10, choices=AccountStatus.choices, default=AccountStatus.NORMAL, editable=False
    )
    stop_reason = models.CharField(_("reason of the stop"), max_length=255, blank=True, editable=False)
    stopped_at = models.DateTimeField(_("on stop since"), null=True, blank=True, editable=False)
    custom_values = models.JSONField(_("custom fields"), default=dict, blank=True, editable=False)
    is_archived = models.BooleanField(_("archived"), default=False)

    history = history()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            models.Index(fields=["organization", "name"], name="contact_organization_name"),
            models.Index(fields=["organization", "reference"], name="contact_reference"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            missing = "latitude" if self.latitude is None else "longitude"
            message = _("must be given with the other coordinate")
            raise ValidationError({missing: ValidationError(message, code="required")})

    @property
    def is_on_stop(self) -> bool:
        return self.account_status == self.AccountStatus.ON_STOP

    @property
    def address(self) -> str:
        return address_line(self.street, self.postal_code, self.town, self.country)


def address_line(street: str, postal_code: str, town: str, country: str) -> str:
    """One line: street, postal code and town, country."""
    return ", ".join(part for part in (street, f"{postal_code} {town}".strip(), country) if part)


class ContactPerson(OrganizationRow):
    """Somebody at a contact. Known to clients by its uid."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="persons", verbose_name=_("contact"))
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_primary = models.BooleanField(_("primary"), default=False)
    is_archived = models.BooleanField(_("archived"), default=False)

    history = history()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("contact person")
        verbose_name_plural = _("contact persons")
        constraints = [
            models.UniqueConstraint(
                fields=["contact"], condition=models.Q(is_primary=True), name="one_primary_person_of_a_contact"
            )
        ]

    def __str__(self) -> str:
        return self.name
