"""Instants on the wire: UTC with Z; in by the seed's own pattern, out with three fraction digits [contract 30]."""

import re
from datetime import datetime

from core.zones import wire_moment

__all__ = ["PATTERN", "read_moment", "wire_moment"]

# As it stands in the seed.
PATTERN = (
    r"^(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29|\d{4}-(?:(?:0[13578]|1[02])-"
    r"(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|(?:02)-(?:0[1-9]|1\d|2[0-8])))T(?:(?:[01]\d|2[0-3]):"
    r"[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z))$"
)
MOMENT = re.compile(PATTERN, re.ASCII)
FRACTION = re.compile(r"\.(\d{1,6})\d*")
NO_MOMENT = "must be a date and time in UTC as 2024-12-01T12:34:56.000Z"


def read_moment(text: str) -> datetime:
    """Digits past microseconds are cut. Raises ValueError, with a text for people."""
    if not MOMENT.fullmatch(text) or text.startswith("0000"):
        raise ValueError(NO_MOMENT)
    return datetime.fromisoformat(FRACTION.sub(lambda found: f".{found[1]:0<6}", text))
