"""A customer with what a job needs, and the calls that the tests of /v1/jobs make again and again."""

from datetime import UTC, datetime

from core.models import Organization, OutboxMessage
from scheduling.models import Job, JobStatusChange, Resource
from tests.factories import make_organization
from tests.job_factories import make_contact, make_contact_person, make_job, make_job_type, make_resource
from tests.scheduling.jobs_calls import jobs_program, made

NINE, TEN, NOON = (f"2026-11-23T{hour:02d}:00:00.000Z" for hour in (9, 10, 12))
# States in which a job stands in the plan, and what it needs to be in them.
PLANLESS = {"new", "unscheduled"}


class World:
    """`api`: a client program with both scopes."""

    def __init__(self, organization: Organization | None = None):
        self.organization = organization or make_organization()
        self.api = jobs_program(self.organization)
        self.type = make_job_type(self.organization)
        self.contact = make_contact(self.organization)
        self.person = make_contact_person(self.contact, is_primary=True)
        self.ann = make_resource(self.organization, "Ann", email="ann@example.org")

    def post(self, **changes):
        """Create with a good body but for the changes."""
        return self.api.post("/v1/jobs", {"typeId": self.type.pk, "contactId": self.contact.pk, **changes})

    def create(self, **changes) -> int:
        return made(self.post(**changes))

    def job_in(self, status: str, **fields) -> Job:
        """Straight into the table."""
        planned = {} if status in PLANLESS else {"resource": self.ann, "planned_start_at": datetime.fromisoformat(NINE)}
        job = make_job(self.organization, type=self.type, contact=self.contact, **{"person": self.person, **fields})
        Job.objects.filter(pk=job.pk).update(status=status, **planned)
        job.refresh_from_db()
        return job

    def get(self, pk: int) -> dict:
        response = self.api.get(f"/v1/jobs/{pk}")
        assert response.status_code == 200, response.content
        return response.json()

    def patch(self, pk: int, **changes):
        return self.api.patch(f"/v1/jobs/{pk}", changes)

    def put(self, pk: int, action: str, **body):
        return self.api.put(f"/v1/jobs/{pk}/{action}", body)

    def schedule(self, pk: int, resource: Resource | None = None, start: str = NINE, **body):
        """With Ann at nine, where nothing else is said."""
        return self.put(pk, "schedule", resourceId=(resource or self.ann).pk, plannedStartAt=start, **body)

    def statuses(self, pk: int) -> list[str]:
        return list(JobStatusChange.objects.filter(job=pk).order_by("pk").values_list("status", flat=True))


def done(response) -> None:
    assert (response.status_code, response.content) == (204, b""), response.content


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def told() -> list[tuple[str, str]]:
    """What was queued for whom, in order."""
    return list(OutboxMessage.objects.order_by("pk").values_list("kind", "address"))
