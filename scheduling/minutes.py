"""Periods in minutes of a day or of a week from Monday 00:00: [{"start", "stop"}]. Pure."""

import itertools
from datetime import time

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DAY = 24 * 60
WEEK = 7 * DAY
OF_DAY = _("must be periods in minutes, start before stop, from 0 to %(end)d")
OF_WEEK = _(
    "must be periods in minutes, start before stop, from 0 (Monday 00:00) to %(end)d; "
    "from Sunday to Monday there are two: one to %(end)d, one from 0"
)


def clock(minute: int) -> time:
    """The local time of this minute of a day."""
    return time(*divmod(minute, 60))


def check_periods(field: str, periods, end: int) -> None:
    """Refuse, on this field, what is no list of periods within [0, end], each with length and none over another."""
    if not isinstance(periods, list) or not all(_is_period(one, end) for one in periods):
        message = OF_WEEK if end == WEEK else OF_DAY
        raise ValidationError({field: ValidationError(message, code="invalid", params={"end": end})})
    ordered = sorted(periods, key=lambda one: one["start"])
    if any(one["stop"] > following["start"] for one, following in itertools.pairwise(ordered)):
        raise ValidationError({field: ValidationError(_("must not overlap"), code="overlap")})


def _is_period(one, end: int) -> bool:
    if not isinstance(one, dict) or set(one) != {"start", "stop"}:
        return False
    if not all(type(value) is int for value in one.values()):
        return False
    return 0 <= one["start"] < one["stop"] <= end
