from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.base import OrganizationRow
from core.models.history import history
from scheduling.models.close import MAX_TEXT, TEXT
from scheduling.models.custom_field import CustomFieldDefinition, check_texts

# Minutes [contract 20].
DURATIONS = [
    MinValueValidator(1, _("must be at least %(limit_value)d")),
    MaxValueValidator(10080, _("must be at most %(limit_value)d")),
]


class JobCategory(OrganizationRow):
    name = models.CharField(_("name"), max_length=120)
    is_archived = models.BooleanField(_("archived"), default=False)

    history = history()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("job category")
        verbose_name_plural = _("job categories")

    def __str__(self) -> str:
        return self.name


class JobType(OrganizationRow):
    """What jobs of one kind have in common: default duration, references, results, custom fields [contract 20]."""

    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True, max_length=MAX_TEXT, validators=TEXT)
    planned_duration = models.PositiveIntegerField(_("duration (minutes)"), default=60, validators=DURATIONS)
    category = models.ForeignKey(
        JobCategory,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="job_types",
        verbose_name=_("category"),
    )
    is_order_number_required = models.BooleanField(_("order number required"), default=False)
    is_tasks_enabled = models.BooleanField(
        _("tasks enabled"), default=False, help_text=_("Kept for clients that ask; nothing here depends on it.")
    )
    auto_reference_prefix = models.CharField(
        _("prefix of references"),
        max_length=30,
        blank=True,
        help_text=_("Jobs without a reference get PREFIX-000001 and so on. Empty: no reference."),
    )
    positive_results = models.JSONField(_("results of a success"), default=list, blank=True)
    negative_results = models.JSONField(_("results of a failure"), default=list, blank=True)
    custom_field_definitions = models.ManyToManyField(
        CustomFieldDefinition, blank=True, related_name="job_types", verbose_name=_("custom fields")
    )
    is_archived = models.BooleanField(_("archived"), default=False)

    history = history(m2m_fields=["custom_field_definitions"])

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("job type")
        verbose_name_plural = _("job types")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_texts("positive_results", self.positive_results)
        check_texts("negative_results", self.negative_results)


class JobReferenceCounter(models.Model):
    """The last number given for a type. Apart from the type, so that counting is no change of it."""

    type = models.OneToOneField(JobType, on_delete=models.CASCADE, primary_key=True, related_name="reference_counter")
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.type}: {self.last}"
