"""What the examples of interventions, sites, anomalies, contacts and routines are about."""

from datetime import UTC, datetime, timedelta

from core.models import Organization, User
from interventions.models import Counter, Intervention, Site
from interventions.services.pins import give_pin
from tests.intervention_factories import make_anomaly, make_company_contact, make_intervention, make_routine, make_site

START = datetime(2026, 12, 5, 8, tzinfo=UTC)
OBSERVED = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)


def make(place: Organization, agnes: User, ada: User) -> dict:
    site = make_site(place, "École Pasteur", pk=1, address="3 rue du Port, Marseille")
    who = {"first_name": "Jean", "last_name": "Petit", "email": "jean@example.org", "phone": "+33 4 91 00 00 00"}
    lifts = make_company_contact(place, "Lifts & Co", pk=1, email="visit@example.org")
    contacts = [make_company_contact(place, pk=pk, **who) for pk in (2, 7)]
    rule = {"rrule": "FREQ=MONTHLY;INTERVAL=1", "start_at": START, "creation_status": "confirmed"}
    routine = make_routine(place, site, pk=1, assigned_company_contact=contacts[1], **rule)
    Counter.objects.create(organization=place, name=Counter.Name.ANOMALY, last=12)
    planned = make_visit(place, site, agnes, lifts)
    times = {"scheduled_start": START, "scheduled_end": START + timedelta(hours=1)}
    preventive = {"kind": "preventive", "routine": routine, "assigned_company_contact": lifts}
    preventive |= {"creation_status": "confirmed", "created_by": agnes}
    by_routine = make_intervention(place, pk=2, **times, **preventive)
    ids = {"sites": 1, "company-contacts": 7, "anomalies": make_free_anomaly(site, ada).pk, "routines": 1}
    return {**ids, "interventions": planned.pk, "reportId": 5, "preventive": by_routine.pk}


def make_visit(place: Organization, site: Site, agnes: User, contact) -> Intervention:
    """The seed's, which nobody made."""
    door = {"number": 1, "risk": "high", "location": "Hall B"}
    anomaly = make_anomaly(site, "The door of the lift does not close", pk=1, **door)
    visit = make_intervention(
        place,
        anomaly,
        pk=1,
        description="Description of the intervention",
        creation_status="confirmed",
        scheduled_start=datetime(2024, 12, 1, 12, 34, 56, tzinfo=UTC),
        scheduled_end=datetime(2024, 12, 5, 14, 56, 23, tzinfo=UTC),
        assigned_company_contact=contact,
        assigned_user=agnes,
        created_by=agnes,
    )
    give_pin(visit)
    visit.save()
    return visit


def make_free_anomaly(site: Site, ada: User):
    """In no visit yet."""
    text = "The closer of the door to staircase B is loose."
    where = {"location": "Staircase B, 2nd floor", "description": text, "number": 12, "risk": "medium"}
    times = {"observed_at": OBSERVED, "resolution_delay": "P7D", "due_at": OBSERVED + timedelta(days=7)}
    return make_anomaly(site, pk=12, reported_by=ada, **where, **times)
