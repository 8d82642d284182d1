"""How long texts may be [annex 30], behind every door."""

from collections.abc import Callable

from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from core.one_line import ONE_LINE

MAX_LINE, MAX_LONG = 250, 2500


NO_NULLS = ProhibitNullCharactersValidator(_("holds a character that no text has"))
LONG: list[Callable[[str], None]] = [
    MaxLengthValidator(MAX_LONG, _("is too long (maximum is %(limit_value)d characters)")),
    NO_NULLS,
]
# A CharField says by itself that a line is too long.
LINE: list[Callable[[str], None]] = [ONE_LINE]
