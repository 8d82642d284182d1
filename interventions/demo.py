"""The demo's safety register: two sites, two providers, an anomaly of each kind, a visit in every state, a routine."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from core.context import acting
from core.demo import Demo, DemoPart, Sample, register
from core.zones import local_moment
from interventions.models import (
    Anomaly,
    CompanyContact,
    Intervention,
    InterventionAnomaly,
    InterventionStatus,
    Site,
)
from interventions.services.anomalies import add_prescriptions, report_observation
from interventions.services.ending import cancel_intervention
from interventions.services.executing import Outcome, Signed, execute
from interventions.services.pins import begin_with_pin, pin_of
from interventions.services.planning import create_curative
from interventions.services.provider import accept_date, refuse_date
from interventions.services.reference import COMPANY_CONTACTS, ROUTINES, SITES
from interventions.services.routine_runs import make_due
from interventions.services.verifying import verify

S, To = InterventionStatus, Intervention.CreationStatus
SESSIONS = "/interventions/v2/sessions"
Action, Decision = InterventionAnomaly.ProviderAction, InterventionAnomaly.ClientDecision
ANOMALIES = (
    ("Fire door does not close", "high", "Ground floor, hall", "P7D"),
    ("Lift stops between floors", "high", "Lift 2", "P2D"),
    ("Emergency light is out", "medium", "Stairs B", "P14D"),
    ("Extinguisher is past its date", "medium", "Kitchen", "P1M"),
    ("Handrail is loose", "low", "Stairs A", "P1M"),
    ("Exit sign is missing", "medium", "Library", "P14D"),
    ("Boiler room is not locked", "low", "Basement", ""),
    ("Smoke detector does not answer", "high", "Room 12", "P2D"),
    ("Ramp is slippery", "low", "Courtyard", "P3M"),
    ("Alarm cannot be heard", "high", "Gymnasium", "P7D"),
)
PRESCRIPTIONS = (("Have the smoke outlets tested", "medium"), ("Renew the evacuation plan", "low"))
# The steps after the creation, by state.
STEPS: dict[InterventionStatus, tuple[str, ...]] = {
    S.DRAFT: (),
    S.PROPOSED: (),
    S.REFUSED: ("refuse",),
    S.PLANNED: ("accept",),
    S.IN_PROGRESS: ("accept", "begin"),
    S.EXECUTED: ("accept", "begin", "execute"),
    S.REJECTED: ("accept", "begin", "execute", "reject"),
    S.VERIFIED: ("accept", "begin", "execute", "verify"),
    S.CANCELLED: ("cancel",),
}


@dataclass(frozen=True)
class Visit:
    """Its state, when (days from today, local hour), and the places of its anomalies in ANOMALIES."""

    status: InterventionStatus
    day: int
    hour: int
    anomalies: tuple[int, ...]


VISITS = (
    Visit(S.VERIFIED, -9, 9, (4,)),
    Visit(S.EXECUTED, -1, 14, (0, 2)),
    Visit(S.REJECTED, -3, 10, (3,)),
    Visit(S.IN_PROGRESS, 0, 8, (1,)),
    Visit(S.PLANNED, 2, 9, (5,)),
    Visit(S.PROPOSED, 4, 13, (7,)),
    Visit(S.REFUSED, 3, 15, (8,)),
    Visit(S.DRAFT, 7, 9, (9,)),
)


def fill(demo: Demo, large: bool) -> None:
    if not Site.objects.filter(organization=demo.organization).exists():
        SafetyRegister(demo).fill()


def sample(demo: Demo) -> Sample:
    """The seed's own request, for an anomaly that is open now; where there is none, one is reported. With a session."""
    free = Anomaly.objects.uncovered().filter(organization=demo.organization).order_by("pk").first()
    if free is None:
        site = Site.objects.in_use().filter(organization=demo.organization).order_by("pk").first()
        values = {"title": "Fire door does not close", "siteId": site.pk if site else None, "risk": 2}
        return Sample("/anomalies/v2/rs/observations", values, session=SESSIONS)
    contact = CompanyContact.objects.in_use().filter(organization=demo.organization).order_by("pk").first()
    body = {
        "scheduledStart": "2026-12-01T12:34:56.000Z",
        "scheduledEnd": "2026-12-05T14:56:23.000Z",
        "anomalyIds": [free.pk],
        "creationStatus": 0,
        "description": "Description of the intervention",
        **({"assignedCompanyContactId": contact.pk} if contact else {}),
        "assignedUserId": demo.people["basic_staff"].pk,
    }
    return Sample("/interventions/v2/rs/curative", body, session=SESSIONS)


class SafetyRegister:
    """Makes it all through the services, as people would."""

    def __init__(self, demo: Demo):
        self.place, self.people = demo.organization, demo.people
        self.anomalies: list[Anomaly] = []

    def fill(self) -> None:
        with acting(user_id=self.people["advanced_staff"].pk):
            self.make_places()
            self.make_anomalies()
            for visit in VISITS:
                self.make_visit(visit)
            self.make_own_visit()
            self.make_routine()
        make_due()

    def at(self, day: int, hour: int) -> datetime:
        return local_moment(self.place.local_date() + timedelta(days=day), time(hour), self.place.zone)

    def make_places(self) -> None:
        names = (("École Pasteur", "3 rue du Port, Paris"), ("Library of the Lilacs", "12 rue des Lilas, Paris"))
        self.sites = [SITES.create(self.place, {"name": name, "address": address}) for name, address in names]
        companies = (("Jean Petit", "Doors & Locks", "en"), ("Awa Diallo", "Ascenseurs du Nord", "fr"))
        self.providers = [
            COMPANY_CONTACTS.create(
                self.place,
                {
                    "name": name,
                    "company_name": company,
                    "email": f"provider-{language}@example.org",
                    "language": language,
                },
            )
            for name, company, language in companies
        ]

    def make_anomalies(self) -> None:
        for number, (title, risk, location, delay) in enumerate(ANOMALIES):
            values = {
                "title": title,
                "risk": risk,
                "location": location,
                "resolution_delay": delay,
                "site": self.sites[number % 2],
                "observed_at": self.at(-20 + number, 10),
            }
            self.anomalies.append(report_observation(self.place, values, reported_by=self.people["basic_staff"]))
        rows = [{"title": title, "risk": risk, "site": self.sites[0]} for title, risk in PRESCRIPTIONS]
        add_prescriptions(self.place, 2026, rows, reported_by=self.people["advanced_staff"])

    # -- visits ---------------------------------------------------------------------------------------------

    def make_visit(self, visit: Visit) -> None:
        start = self.at(visit.day, visit.hour)
        values = {
            "scheduled_start": start,
            "scheduled_end": start + timedelta(hours=2),
            "creation_status": To.DRAFT if visit.status == S.DRAFT else To.TO_AGREE,
            "description": "Bring the keys of the caretaker.",
            "assigned_company_contact": self.providers[visit.hour % 2],
            "anomaly_ids": [self.anomalies[number].pk for number in visit.anomalies],
        }
        made = create_curative(self.place, values, created_by=self.people["advanced_staff"])
        for step in STEPS[visit.status]:
            getattr(self, step)(made)

    def make_own_visit(self) -> None:
        """By one of the house, whose jobs and appointments know of it."""
        own = {
            "scheduled_start": self.at(1, 10),
            "scheduled_end": self.at(1, 12),
            "creation_status": To.CONFIRMED,
            "assigned_user": self.people["basic_staff_2"],
            "anomaly_ids": [self.anomalies[6].pk],
        }
        create_curative(self.place, own, created_by=self.people["advanced_staff"])

    def make_routine(self) -> None:
        values = {
            "name": "Monthly check of the lifts",
            "rrule": "FREQ=MONTHLY;BYDAY=1TU",
            "start_at": self.at(1, 9),
            "duration": 90,
            "auto_create_enabled": True,
            "assigned_company_contact": self.providers[1],
            "sites": self.sites,
        }
        ROUTINES.create(self.place, values)

    # -- steps ----------------------------------------------------------------------------------------------

    def accept(self, visit: Intervention) -> None:
        accept_date(visit.pk, "I come with a colleague")

    def refuse(self, visit: Intervention) -> None:
        refuse_date(visit.pk, "Provider refused the intervention due to scheduling conflicts.")

    def begin(self, visit: Intervention) -> None:
        begin_with_pin(visit.pk, pin_of(visit) or 0)

    def execute(self, visit: Intervention) -> None:
        first, _space, last = visit.assigned_company_contact.name.partition(" ")
        done = [Outcome(link.anomaly_id, Action.DONE, "Replaced and tested") for link in visit.links.all()]
        execute(visit.pk, Signed(first, last, "", "Replaced and tested", "All well", done), image=scribble())

    def verify(self, visit: Intervention) -> None:
        verify(visit.pk, Decision.ACCEPTED, "Seen on site", user=self.people["advanced_staff"])

    def reject(self, visit: Intervention) -> None:
        verify(visit.pk, Decision.REFUSED, "The same fault came back the next day", user=self.people["advanced_staff"])

    def cancel(self, visit: Intervention) -> None:
        cancel_intervention(visit.pk, "Done by somebody else")


def scribble() -> bytes:
    image = Image.new("RGBA", (300, 100))
    points = [(10, 70), (60, 20), (90, 80), (140, 30), (170, 75), (230, 40), (290, 60)]
    ImageDraw.Draw(image).line(points, fill="black", width=3, joint="curve")
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


register(DemoPart(fill, sample))
