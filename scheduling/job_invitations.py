"""A job as an entry of its resource's calendar: REQUEST, and CANCEL once it is theirs no more."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from core import calendars
from core.calendars import Entry, Person, organizer
from core.mail import Attachment
from scheduling.models import Contact, Job

FILE = "job.ics"


@dataclass(frozen=True)
class Meeting:
    """The job as it stands, or as it stood, in the calendar of the person at this address."""

    job: Job
    address: str
    start: datetime | None
    end: datetime | None
    # Greater than that of whatever entry the person has of the job.
    sequence: int
    is_cancelled: bool = False

    @property
    def site(self) -> Contact:
        return self.job.site_contact or self.job.contact


def request(meeting: Meeting, name: str) -> Attachment:
    return calendars.request(FILE, _entry(meeting, name, "CONFIRMED"))


def cancellation(meeting: Meeting, name: str) -> Attachment:
    return calendars.cancellation(FILE, _entry(meeting, name, "CANCELLED"))


def _entry(meeting: Meeting, name: str, status: str) -> Entry:
    job, site = meeting.job, meeting.site
    return Entry(
        uid=str(job.uid),
        sequence=meeting.sequence,
        stamp=job.updated_at,
        # Nobody is told by an entry of what has no time.
        start=cast(datetime, meeting.start),
        end=cast(datetime, meeting.end),
        summary=f"{job.type.name}: {site.name}",
        status=status,
        description="" if meeting.is_cancelled else job.description,
        location=site.address,
        place=_place(site),
        organizer=organizer(job.organization),
        attendee=Person(meeting.address, name),
    )


def _place(site: Contact) -> tuple[float, float] | None:
    if site.latitude is None or site.longitude is None:
        return None
    return site.latitude, site.longitude
