"""A job as an entry of its resource's calendar [RFC 5545, RFC 5546]: REQUEST, and CANCEL once it is theirs no more."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr

from django.conf import settings

from core.mail import Attachment
from scheduling.models import Contact, Job


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
    return _entry(meeting, name, "REQUEST", "CONFIRMED")


def cancellation(meeting: Meeting, name: str) -> Attachment:
    return _entry(meeting, name, "CANCEL", "CANCELLED")


def _entry(meeting: Meeting, name: str, method: str, status: str) -> Attachment:
    # Imported when it is needed: it costs every start of every command 0.15 s.
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Dutyboard//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(meeting, name, status))
    return Attachment("job.ics", calendar.to_ical(), f"text/calendar; method={method}")


def _event(meeting: Meeting, name: str, status: str):
    from icalendar import Event

    job, site = meeting.job, meeting.site
    event = Event()
    event.add("uid", str(job.uid))
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", job.updated_at)
    event.add("dtstart", meeting.start.astimezone(UTC))
    event.add("dtend", meeting.end.astimezone(UTC))
    event.add("summary", f"{job.type.name}: {site.name}")
    event.add("status", status)
    event.add("organizer", _organizer(job))
    event.add("attendee", _attendee(meeting, name))
    _add_place(event, site)
    if job.description and not meeting.is_cancelled:
        event.add("description", job.description)
    return event


def _add_place(event, site: Contact) -> None:
    if site.address:
        event.add("location", site.address)
    if site.latitude is not None and site.longitude is not None:
        event.add("geo", (site.latitude, site.longitude))


def _organizer(job: Job):
    return _person(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], job.organization.name)


def _attendee(meeting: Meeting, name: str):
    """Nobody reads answers by mail, so none is asked for."""
    attendee = _person(meeting.address, name)
    attendee.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"})
    return attendee


def _person(address: str, name: str):
    from icalendar import vCalAddress, vText

    person = vCalAddress(f"mailto:{address}")
    # A parameter holds no quotation mark and no control character, quoted or not.
    person.params["CN"] = vText(" ".join(name.replace('"', "'").split()))
    return person
