"""What an organization decides about its appointments, and what it is called, changed as one thing [contract 40]."""

from collections.abc import Collection
from copy import copy
from functools import partial

from django.utils.translation import gettext as _

from appointments.models import BookingSettings
from core.changes import apply_changes, check_all, check_fields, refuse
from core.errors import StaleVersion
from core.locks import atomic
from core.models import Organization

OF_ORGANIZATION = {"name", "time_zone"}


def version_of(organization: Organization) -> int:
    """Grows with every write of either row."""
    settings = BookingSettings.of(organization)
    return organization.version + (0 if settings._state.adding else settings.version)


@atomic
def update_settings(pk: int, values: dict, versions: Collection[int] | None = None) -> Organization:
    """values: fields of BookingSettings, and name and time_zone of its organization; only what differs is written.

    Raises ValidationError, StaleVersion.
    """
    organization = Organization.objects.locked(pk)
    found = BookingSettings.objects.select_for_update(of=("self",)).filter(organization=organization).first()
    # Known by the organization from here on too.
    settings = found or BookingSettings()
    settings.organization = organization
    if versions is not None and version_of(organization) not in versions:
        raise StaleVersion
    for row, changed in _checked(organization, settings, values):
        if changed:
            row.save()
    return organization


def check_update(organization: Organization, values: dict) -> None:
    """Every rule that these values would break; writes nothing."""
    _checked(copy(organization), copy(BookingSettings.of(organization)), values)


def _checked(organization: Organization, settings: BookingSettings, values: dict) -> list[tuple]:
    """(row, what of it changed), once every rule agrees."""
    own = {name: value for name, value in values.items() if name in OF_ORGANIZATION}
    rest = {name: value for name, value in values.items() if name not in OF_ORGANIZATION}
    changes = [(row, apply_changes(row, wanted)) for row, wanted in ((organization, own), (settings, rest))]
    checks = [partial(check_fields, row, changed) for row, changed in changes if changed]
    check_all(*checks, partial(_check_notice, settings, changes[1][1]))
    return changes


def _check_notice(settings: BookingSettings, changed: set[str]) -> None:
    """Else no start could ever be booked."""
    notice, horizon = settings.min_notice, settings.booking_horizon
    limits = [name for name in ("min_notice", "booking_horizon") if name in changed]
    if limits and notice is not None and horizon is not None and notice > horizon:
        refuse(limits[0], "order", _("the notice is longer than one books ahead: nothing could be booked"))
