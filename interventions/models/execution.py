from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interventions.models.intervention import Intervention
from interventions.models.texts import LINE, LONG, MAX_LINE, MAX_LONG


class Execution(models.Model):
    """What the provider says that was done, and the signature under it. Never changed once written."""

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="executions")
    first_name = models.CharField(_("first name"), max_length=MAX_LINE, validators=LINE)
    last_name = models.CharField(_("last name"), max_length=MAX_LINE, validators=LINE)
    email = models.EmailField(_("e-mail"), blank=True, max_length=MAX_LINE)
    action_comment = models.TextField(_("what was done"), blank=True, max_length=MAX_LONG, validators=LONG)
    comment = models.TextField(_("comment"), blank=True, max_length=MAX_LONG, validators=LONG)
    started_at = models.DateTimeField(_("started"))
    done_at = models.DateTimeField(_("done"))
    # Who is known to have done it: a verifier must be somebody else.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("person")
    )
    # A PNG; empty where a name was typed instead [contract 30: the page without JavaScript].
    signature = models.BinaryField(editable=False, default=b"", blank=True)
    typed_name = models.CharField(_("signed by typing"), max_length=MAX_LINE, blank=True, validators=LINE)
    # Per anomaly as it was told, for an execution that was rejected afterwards: [{anomaly, action, comment}].
    outcomes = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name = _("execution")
        verbose_name_plural = _("executions")
        indexes = [models.Index(fields=["intervention", "id"], name="execution_intervention")]

    def __str__(self) -> str:
        return self.provider_name

    @property
    def provider_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class SignatureUpload(models.Model):
    """A signature that was announced and has yet to arrive; with it the execution takes place [contract 30].

    `values` is what `execute` was told. The address is known by its digest alone, and works once.
    """

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="uploads")
    token_digest = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()
    values = models.JSONField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.intervention}"

    def is_usable(self, now: datetime) -> bool:
        return self.used_at is None and now < self.expires_at


class PdfReport(models.Model):
    """A numbered report of an intervention, kept as it was made; `code` checks it at /verify/<code>."""

    organization = models.ForeignKey("core.Organization", on_delete=models.PROTECT, related_name="+")
    intervention = models.ForeignKey(Intervention, on_delete=models.PROTECT, related_name="reports")
    number = models.PositiveIntegerField(_("number"))
    code = models.CharField(_("check code"), max_length=40, unique=True)
    # SHA-256 over the trail that the report shows, and over the file itself.
    digest = models.CharField(_("audit digest"), max_length=64)
    file_digest = models.CharField(max_length=64)
    content = models.BinaryField(editable=False)
    language = models.CharField(_("language"), max_length=5)
    created_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="one_pdf_report_of_a_number"),
        ]

    def __str__(self) -> str:
        return f"R-{self.number:05d}"
