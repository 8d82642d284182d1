"""Secrets and keys whose end is near: their clients' keepers are warned in time, each time once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.emails import queue_expiring
from core.locks import atomic
from core.models import ApiKey, Application, Organization
from core.people import keepers
from core.service_scripts import Run, Shipped, service_script

Expiring = Application | ApiKey
# So many days before the end, on the organization's calendar.
WARNINGS = (1, 7, 30)
SOON = timedelta(days=max(WARNINGS))
WARNING = Shipped("warnOfExpiry", "Warn of expiring secrets and keys", every=timedelta(days=1), hour=6)


def ending_secrets() -> QuerySet[Application]:
    """Clients in use whose secret ends within 30 days, or has ended."""
    kept = Application.objects.filter(is_active=True, client_type=Application.CLIENT_CONFIDENTIAL)
    return kept.filter(secret_expires_at__lt=timezone.now() + SOON)


def ending_keys() -> QuerySet[ApiKey]:
    """The same of API keys."""
    used = ApiKey.objects.filter(is_active=True, application__is_active=True)
    return used.filter(expires_at__lt=timezone.now() + SOON)


def ending_clients() -> QuerySet[Application]:
    """Those of either."""
    return Application.objects.filter(
        Q(pk__in=ending_secrets().values("pk")) | Q(pk__in=ending_keys().values("application"))
    )


@service_script("warn_of_expiry", title=_("Warns of secrets and API keys that expire soon"), ships=WARNING)
def warn_of_expiry(run: Run) -> dict:
    return {"warned": sum(warn(row, run.organization) for row in _ending_in(run.organization))}


def _ending_in(organization: Organization) -> Iterator[Expiring]:
    secrets = ending_secrets().filter(organizations=organization)
    keys = ending_keys().filter(application__organizations=organization)
    return chain(secrets, keys.select_related("application"))


@atomic
def warn(row: Expiring, organization: Organization) -> bool:
    """Tell the keepers of all the client's organizations, where a warning is due on this one's calendar."""
    ends = end_of(row)
    if ends is None or not _is_due(ends, row.warned_at, organization):
        return False
    # Of several organizations that look at the same time, one tells all.
    if not type(row)._base_manager.filter(pk=row.pk, warned_at=row.warned_at).update(warned_at=timezone.now()):
        return False
    _tell(row)
    return True


def end_of(row: Expiring) -> datetime | None:
    return row.expires_at if isinstance(row, ApiKey) else row.secret_expires_at


def _is_due(ends: datetime, warned_at: datetime | None, organization: Organization) -> bool:
    """Whether the last day for a warning that has come was not met by one yet."""
    left = (organization.local_date(ends) - organization.local_date()).days
    nearest = next((days for days in WARNINGS if left <= days), None)
    if nearest is None or ends <= timezone.now():
        return False
    day = organization.local_date(ends) - timedelta(days=nearest)
    return warned_at is None or organization.local_date(warned_at) < day


def _tell(row: Expiring) -> None:
    client = row.application if isinstance(row, ApiKey) else row
    places = client.organizations.filter(is_active=True).select_related("sandbox_of").order_by("pk")
    # Somebody who keeps several of them is told once, for the first.
    people = {person.pk: (person, place) for place in reversed(places) for person in keepers(place)}
    for person, place in people.values():
        # A sandbox's own mail would be captured.
        queue_expiring(row, place.sandbox_of or place, person)
