"""What happens when an organization is made, or its clocks change; apps add their part by the two decorators."""

from collections.abc import Callable

from core.locks import atomic
from core.models import Organization

SetUp = Callable[[Organization], None]
# Given the zone that it had, too.
Follower = Callable[[Organization, str], None]
_set_ups: list[SetUp] = []
_zone_followers: list[Follower] = []


def on_creation(part: SetUp) -> SetUp:
    """Called in the transaction that makes an organization."""
    _set_ups.append(part)
    return part


def on_zone_change(part: Follower) -> Follower:
    """Called in the transaction that gives an organization another time zone, with the row as it is then."""
    _zone_followers.append(part)
    return part


@atomic
def save_organization(organization: Organization) -> Organization:
    """Write a checked organization, new or changed, with what follows from it."""
    is_new = organization._state.adding
    old = None if is_new else Organization.objects.values_list("time_zone", flat=True).get(pk=organization.pk)
    organization.save()
    if old is None:
        for set_up in _set_ups:
            set_up(organization)
    elif old != organization.time_zone:
        for follower in _zone_followers:
            follower(organization, old)
    return organization
