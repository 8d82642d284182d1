"""iCalendar, written: entries for feeds, and requests and cancellations that go along with e-mails [RFC 5545, 5546].

The library is imported when it is needed: it costs every start of every command 0.15 s.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING

from django.conf import settings

from core.mail import Attachment
from core.models import Organization
from core.one_line import one_line

if TYPE_CHECKING:
    from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT = "-//Dutyboard//EN"


@dataclass(frozen=True)
class Person:
    address: str
    name: str


@dataclass(frozen=True)
class Entry:
    """`uid` is the same, and `sequence` greater, in each later entry of the same thing; `stamp`: when it was so."""

    uid: str
    sequence: int
    stamp: datetime
    start: datetime
    end: datetime
    summary: str
    status: str = ""
    description: str = ""
    location: str = ""
    # Latitude and longitude.
    place: tuple[float, float] | None = None
    organizer: Person | None = None
    attendee: Person | None = None


def request(name: str, entry: Entry) -> Attachment:
    return attachment(name, entry, "REQUEST")


def cancellation(name: str, entry: Entry) -> Attachment:
    return attachment(name, entry, "CANCEL")


def attachment(name: str, entry: Entry, method: str) -> Attachment:
    """The file of this name that a mail program offers to take over."""
    calendar = _calendar()
    calendar.add("method", method)
    calendar.add_component(_event(entry))
    return Attachment(name, calendar.to_ical(), f"text/calendar; method={method}")


def feed(name: str, entries: Iterable[Entry], refresh: timedelta) -> bytes:
    """What a calendar program subscribes to, and should ask for again so often."""
    from icalendar import vDuration

    calendar = _calendar()
    for label in ("name", "x-wr-calname"):
        calendar.add(label, _text(name))
    calendar.add("refresh-interval", refresh, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(refresh))
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def organizer(organization: Organization) -> Person:
    """Of what it sends."""
    return Person(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], organization.name)


def _calendar() -> "Calendar":
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    return calendar


def _event(entry: Entry) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp)
    event.add("dtstart", entry.start.astimezone(UTC))
    event.add("dtend", entry.end.astimezone(UTC))
    event.add("summary", one_line(entry.summary))
    for name in ("status", "location", "description"):
        if getattr(entry, name):
            event.add(name, getattr(entry, name))
    if entry.place:
        event.add("geo", entry.place)
    if entry.organizer:
        event.add("organizer", _address(entry.organizer))
    if entry.attendee:
        event.add("attendee", _invited(entry.attendee))
    return event


def _invited(person: Person) -> "vCalAddress":
    """Nobody reads answers by mail, so none is asked for."""
    attendee = _address(person)
    attendee.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"})
    return attendee


def _text(text: str) -> "vText":
    """Escaped, also for properties that the library does not know; one line even where an old row has several."""
    from icalendar import vText

    return vText(one_line(text))


def _address(person: Person) -> "vCalAddress":
    from icalendar import vCalAddress, vText

    address = vCalAddress(f"mailto:{person.address}")
    # A parameter holds no quotation mark and no control character, quoted or not.
    address.params["CN"] = vText(one_line(person.name.replace('"', "'")))
    return address
