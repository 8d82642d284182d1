import re
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.base import OrganizationRow
from core.models.history import history

MAX_VALUE = 1000
# What every client can hold: no exponent, 19 digits on each side of the dot.
NUMBER = re.compile(r"\A-?[0-9]{1,19}(\.[0-9]{1,19})?\Z")


class CustomFieldDefinition(OrganizationRow):
    """A field that an organization adds to its jobs and contacts [contract 20]."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        BOOLEAN = "boolean", _("Yes or no")
        CHOICE = "choice", _("Choice")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    choices = models.JSONField(_("choices"), default=list, blank=True, help_text=_("Of a choice: its names."))
    is_required = models.BooleanField(_("required"), default=False)

    history = history()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_texts("choices", self.choices)
        if self.kind == self.Kind.CHOICE and not self.choices:
            raise ValidationError({"choices": ValidationError(_("must be given for a choice"), code="required")})

    def check_value(self, value: str) -> None:
        """Raise ValidationError (no field) unless the text is a value of this kind [contract 20]."""
        if len(value) > MAX_VALUE:
            message = _("is too long (maximum is %(limit_value)d characters)")
            raise ValidationError(message, code="max_length", params={"limit_value": MAX_VALUE})
        if self.kind == self.Kind.NUMBER and not _is_number(value):
            raise ValidationError(_("must be a number, with a dot for decimals"), code="not_a_number")
        if self.kind == self.Kind.DATE and not _is_date(value):
            raise ValidationError(_("must be a date, YYYY-MM-DD"), code="not_a_date")
        if self.kind == self.Kind.BOOLEAN and value not in ("true", "false"):
            raise ValidationError(_("must be true or false"), code="not_a_boolean")
        if self.kind == self.Kind.CHOICE and value not in self.choices:
            message = _("must be one of: %(choices)s")
            raise ValidationError(message, code="inclusion", params={"choices": ", ".join(self.choices)})


def check_texts(field: str, texts: object) -> None:
    """A list of different, short, non-empty texts."""
    if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValidationError({field: ValidationError(_("must be a list of texts"), code="texts")})
    if len(set(texts)) < len(texts):
        raise ValidationError({field: ValidationError(_("must differ from each other"), code="repeated")})
    if len(texts) > 100 or any(len(text) > 120 for text in texts):
        message = _("must be 100 texts of 120 characters at most")
        raise ValidationError({field: ValidationError(message, code="too_many")})


def _is_number(text: str) -> bool:
    return NUMBER.match(text) is not None


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
