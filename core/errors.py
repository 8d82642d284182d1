"""The errors of the inside: no HTTP shape, a stable code. The others are Django's ValidationError."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class StaleVersion(ValidationError):
    """The row was written since the caller read it (If-Match in the APIs, the hidden version in the admin)."""

    def __init__(self) -> None:
        super().__init__(_("somebody else changed this in the meantime"), code="stale")


class StateConflict(Exception):
    """The state does not allow this; `allowed` lists the states that do."""

    def __init__(self, message: str, allowed: Sequence[str]) -> None:
        super().__init__(message)
        self.allowed = list(allowed)


class Busy(Exception):
    """A lock was not to be had in time, or the time was taken by somebody else in this very moment."""
