"""A visit as an entry of the calendar of who makes it: REQUEST, and CANCEL once it is theirs no more."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from core import calendars
from core.calendars import Entry, Person, organizer
from core.mail import Attachment
from interventions.models import Intervention, InterventionStatus
from interventions.shown import sites_of, what_of

FILE = "intervention.ics"


@dataclass(frozen=True)
class Visit:
    """The intervention as it stands, or as it stood, in the calendar of the person at this address."""

    intervention: Intervention
    start: datetime
    end: datetime
    # Greater than that of whatever entry the person has of it.
    sequence: int
    attendee: Person | None = None


def request(visit: Visit) -> Attachment:
    return calendars.request(FILE, _entry(visit, _standing(visit)))


def cancellation(visit: Visit) -> Attachment:
    return calendars.cancellation(FILE, _entry(visit, "CANCELLED"))


def information(visit: Visit) -> Attachment:
    """For whom nobody invites: to be taken over, not answered."""
    return calendars.attachment(FILE, _entry(visit, _standing(visit)), "PUBLISH")


def uid_of(intervention: Intervention) -> str:
    """The same in every message, and nowhere else in the world."""
    return f"intervention-{intervention.pk}@{urlsplit(settings.SITE_URL).hostname}"


def _standing(visit: Visit) -> str:
    return "TENTATIVE" if visit.intervention.status == InterventionStatus.PROPOSED else "CONFIRMED"


def _entry(visit: Visit, status: str) -> Entry:
    intervention = visit.intervention
    sites = sites_of(intervention)
    return Entry(
        uid=uid_of(intervention),
        sequence=visit.sequence,
        stamp=intervention.updated_at,
        start=visit.start,
        end=visit.end,
        summary=": ".join(part for part in (what_of(intervention), ", ".join(site.name for site in sites)) if part),
        status=status,
        description="" if status == "CANCELLED" else intervention.description,
        location="; ".join(filter(None, (" ".join(site.address.split()) or site.name for site in sites))),
        organizer=organizer(intervention.organization),
        attendee=visit.attendee,
    )
