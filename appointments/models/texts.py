"""What the texts and numbers of this app have in common."""

from collections.abc import Callable
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.base import VersionedQuerySet
from core.one_line import ONE_LINE

# As `#dddddd` [doc].
COLOUR: list[Callable[[str], None]] = [RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("must be a colour, as #dddddd"))]
# A year of minutes, and then some: what a length or a rule may be.
MOST_MINUTES = 1_000_000


class LivingQuerySet(VersionedQuerySet):
    """Rows that are deleted by a mark, so that they can be restored."""

    def alive(self) -> Self:
        return self.filter(is_deleted=False)


def line(verbose_name, length: int = 255) -> models.CharField:
    """A line of text that may be empty."""
    return models.CharField(verbose_name, max_length=length, blank=True, validators=[ONE_LINE])


def required_line(verbose_name, length: int = 255) -> models.CharField:
    """A line of text that says something."""
    return models.CharField(verbose_name, max_length=length, validators=[ONE_LINE])
