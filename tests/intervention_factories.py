"""As tests/factories.py, for interventions. Straight into the tables: no rule, no busy time, no e-mail."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count

from PIL import Image, ImageDraw

from core.models import Organization
from interventions.models import (
    Anomaly,
    AnomalyStatus,
    CompanyContact,
    Intervention,
    InterventionAnomaly,
    InterventionStatus,
    Routine,
    Site,
)

START = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
_numbers = count(1)


def make_site(organization: Organization, name: str = "", **fields) -> Site:
    return Site.objects.create(organization=organization, name=name or f"School {next(_numbers)}", **fields)


def make_company_contact(organization: Organization, name: str = "Lift Doctor", **fields) -> CompanyContact:
    defaults = {"company_name": "Lifts & Co", "email": "lift@example.org"}
    return CompanyContact.objects.create(organization=organization, name=name, **{**defaults, **fields})


def make_anomaly(site: Site, title: str = "Fire door does not close", **fields) -> Anomaly:
    defaults = {"number": 10_000 + next(_numbers), "observed_at": START - timedelta(days=30)}
    return Anomaly.objects.create(organization=site.organization, site=site, title=title, **{**defaults, **fields})


def make_intervention(organization: Organization, *anomalies: Anomaly, **fields) -> Intervention:
    defaults = {"scheduled_start": START, "scheduled_end": START + HOUR, "status": InterventionStatus.PLANNED}
    intervention = Intervention.objects.create(organization=organization, **{**defaults, **fields})
    for anomaly in anomalies:
        InterventionAnomaly.objects.create(intervention=intervention, anomaly=anomaly, is_holding=intervention.is_open)
        if intervention.is_open and anomaly.status == AnomalyStatus.OPEN:
            Anomaly.objects.filter(pk=anomaly.pk).update(status=AnomalyStatus.PLANNED)
    intervention.sites.set({anomaly.site for anomaly in anomalies})
    return intervention


def make_routine(organization: Organization, *sites: Site, **fields) -> Routine:
    defaults = {"name": "Lift check", "rrule": "FREQ=WEEKLY", "start_at": START, "auto_create_enabled": True}
    routine = Routine.objects.create(organization=organization, **{**defaults, **fields})
    routine.sites.set(sites)
    return routine


def png(width: int = 300, height: int = 100) -> bytes:
    """A scribble as a canvas gives it."""
    image = Image.new("RGBA", (width, height))
    ImageDraw.Draw(image).line([(5, height // 2), (width // 2, 5), (width - 5, height - 5)], fill="black", width=3)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
