"""What a name is: one line, without what moves a cursor or turns the reading direction round."""

import re

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# What no keyboard writes into a line, and what ends one.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# The same, and the characters that make the rest of a text be read backwards.
UNSEEMLY = r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
ONE_LINE = RegexValidator(UNSEEMLY, _("must be one line without control characters"), "controls", inverse_match=True)


def one_line(text: str) -> str:
    """Of a text that was stored before the rule."""
    return " ".join(re.sub(UNSEEMLY, " ", text).split())
