from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.base import OrganizationRow, VersionedQuerySet
from core.models.history import history
from core.models.organization import check_zone
from interventions.models.texts import LINE, LONG, MAX_LINE, MAX_LONG


class ReferenceQuerySet(VersionedQuerySet):
    def in_use(self) -> Self:
        return self.filter(is_archived=False)


class Site(OrganizationRow):
    """A place whose safety register is kept: a school, a block of flats [contract 30]."""

    name = models.CharField(_("name"), max_length=MAX_LINE, validators=LINE)
    address = models.TextField(_("address"), blank=True, max_length=MAX_LONG, validators=LONG)
    timezone = models.CharField(
        _("time zone"), max_length=64, blank=True, help_text=_("None: the organization's, as Europe/Paris.")
    )
    is_archived = models.BooleanField(_("archived"), default=False)

    objects = ReferenceQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        indexes = [models.Index(fields=["organization", "name", "id"], name="site_organization_name")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.timezone:
            check_zone("timezone", self.timezone)


class CompanyContact(OrganizationRow):
    """Somebody at an outside company who makes visits: the provider. Has no account."""

    name = models.CharField(_("name"), max_length=MAX_LINE, validators=LINE)
    company_name = models.CharField(_("company"), max_length=MAX_LINE, blank=True, validators=LINE)
    first_name = models.CharField(_("first name"), max_length=MAX_LINE, blank=True, validators=LINE)
    last_name = models.CharField(_("last name"), max_length=MAX_LINE, blank=True, validators=LINE)
    email = models.EmailField(_("e-mail"), blank=True, max_length=MAX_LINE)
    phone = models.CharField(_("phone"), max_length=40, blank=True, validators=LINE)
    language = models.CharField(
        _("language"),
        max_length=5,
        blank=True,
        choices=settings.LANGUAGES,
        help_text=_("Of messages and pages. None: the organization's."),
    )
    is_archived = models.BooleanField(_("archived"), default=False)

    objects = ReferenceQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("company contact")
        verbose_name_plural = _("company contacts")
        indexes = [models.Index(fields=["organization", "name", "id"], name="company_contact_name")]

    def __str__(self) -> str:
        return f"{self.name} ({self.company_name})" if self.company_name else self.name
