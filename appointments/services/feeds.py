"""Who may read a calendar as iCalendar: a token each, kept as a hash [contract 40]."""

import hashlib
import secrets
from collections.abc import Collection

from appointments.models import Calendar, CalendarFeed
from core.context import current_actor
from core.locks import atomic
from core.models import Membership, Role

SCOPE = "appointments:read"


def hash_of(token: str) -> str:
    """A fast hash is enough for 256 random bits."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def readable_feed(token: str) -> CalendarFeed | None:
    """The feed that this token reads, as its reader stands now: what is withdrawn from him stops at once."""
    rows = CalendarFeed.objects.select_related("calendar", "organization", "application", "user")
    feed = rows.filter(token_hash=hash_of(token), calendar__is_deleted=False, organization__is_active=True).first()
    return feed if feed and _may_read(feed) else None


def _may_read(feed: CalendarFeed) -> bool:
    """Whether the reader is still staff there, a client with leave to read."""
    client = feed.application
    if client:
        granted = client.organizations.filter(pk=feed.organization_id)
        highest = Role.highest(tuple(Role(word) for word in client.roles if word in Role.values))
        is_staff = highest is not None and highest.rank >= Role.BASIC_STAFF.rank
        return client.is_active and is_staff and SCOPE in client.allowed_scopes and granted.exists()
    staff = Membership.objects.filter(organization=feed.organization_id, role__in=Role.at_least(Role.BASIC_STAFF))
    return feed.user.is_active and (feed.user.is_superuser or staff.filter(user=feed.user_id).exists())


def reader() -> dict:
    """The one who acts, as a feed has its reader: a person, else the client itself."""
    actor = current_actor()
    if actor.user_id:
        return {"user_id": actor.user_id, "application_id": None}
    return {"user_id": None, "application_id": actor.application_id}


@atomic
def issue_feed(calendar: Calendar) -> tuple[CalendarFeed, str]:
    """The reader's feed of this calendar, and a new token that cannot be read again; the old one stops."""
    Calendar.objects.locked(calendar.pk)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.filter(calendar=calendar, **reader()).first()
    feed = feed or CalendarFeed(organization_id=calendar.organization_id, calendar=calendar, **reader())
    feed.token_hash = hash_of(token)
    feed.save()
    return feed, token


@atomic
def revoke_feed(pk: int, versions: Collection[int] | None = None) -> CalendarFeed:
    """Its token opens nothing from now on. Raises DoesNotExist and StaleVersion."""
    feed = CalendarFeed.objects.locked(pk, versions)
    feed.delete()
    feed.pk = pk
    return feed
