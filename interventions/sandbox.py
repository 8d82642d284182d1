"""What a new sandbox has of interventions: a site, a provider to give them to, and an anomaly to be mended."""

from django.utils import timezone

from core.models import Organization
from core.organizations import People, on_sandbox
from interventions.services.anomalies import report_observation
from interventions.services.reference import COMPANY_CONTACTS, SITES

PROVIDER = {"name": "Dominique Example", "company_name": "Example & Sons", "email": "provider@example.invalid"}


@on_sandbox
def fill(sandbox: Organization, people: People) -> None:
    site = SITES.create(sandbox, {"name": "Example site", "address": "1 Example Street"})
    COMPANY_CONTACTS.create(sandbox, {**PROVIDER, "language": sandbox.language})
    found = {"title": "A door does not close", "risk": "medium", "site": site, "observed_at": timezone.now()}
    report_observation(sandbox, found, reported_by=people["staff"])
