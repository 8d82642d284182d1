"""Moments as the pages of appointments ask for them: on the clock of the organization, which is the current zone."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.zones import is_skipped
from scheduling.admin.dispatch_plan import CLOCK, YEARS, LocalTimeField

SKIPPED = _("This time does not exist: the clocks skip it.")


class ClockField(LocalTimeField):
    """A local time that the clock shows; a job's form takes the first moment after a gap instead."""

    def __init__(self, **kwargs):
        super().__init__(input_formats=[CLOCK, f"{CLOCK}:%S"], validators=YEARS, **kwargs)

    def run_validators(self, value) -> None:
        super().run_validators(value)
        if value and is_skipped(value, timezone.get_current_timezone()):
            raise ValidationError(SKIPPED, code="skipped")
