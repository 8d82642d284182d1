"""What an example finds beside the world's rows, or does not find any more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from appointments.models import Appointment, Calendar, Customer, Service
from interventions.api.intervention_shapes import signature_path
from interventions.models import Anomaly, CompanyContact, Execution, Intervention
from interventions.services.ending import cancel_intervention
from interventions.services.executing import Outcome, Signed, execute
from interventions.services.pins import begin_with_pin, pin_of
from scheduling.models import BusyInterval, Close, Job, Workday
from scheduling.services.job_states import TRANSITIONS, Action
from svctasks.models import ServiceRun, ServiceScript, ServiceTask
from tests import factories
from tests.appointment_factories import make_calendar
from tests.examples.booking_rows import MONDAYS
from tests.examples.requests import Case
from tests.examples.world import World
from tests.intervention_factories import png

Step = Callable[[World], object]
SECRET = "its-secret"


def without(*found: QuerySet) -> Step:
    """What the example makes itself, or does not show."""
    return lambda world: [rows.all().delete() for rows in found]


def with_two_services(world: World) -> None:
    factories.make_community_service(Close.objects.get())


def with_two_calendars(world: World) -> None:
    make_calendar(world.place, Service.objects.get(), pk=16, opening_hours=MONDAYS, slot_step=15, capacity=2)


def with_other_appointment(world: World) -> None:
    """From 10:15 to 10:45 of that day."""
    start = datetime(2026, 1, 5, 9, 15, tzinfo=UTC)
    resource = Calendar.objects.get().resource
    times = {"start": start, "end": start + timedelta(minutes=30)}
    own = {"organization": world.place, "resource": resource, "source_id": Appointment.objects.get().pk}
    BusyInterval.objects.create(kind="appointment", is_hard=True, **own, **times)


def with_no_visit(world: World) -> None:
    """Its anomaly is free."""
    Intervention.objects.all().delete()
    Anomaly.objects.update(status="open")


def with_begun_visit(world: World) -> None:
    visit = Intervention.objects.get(pk=1)
    begin_with_pin(1, pin_of(visit) or 0)
    world.become_provider(visit)


def with_executed_visit(world: World) -> None:
    begin_with_pin(1, pin_of(Intervention.objects.get(pk=1)) or 0)
    execute(1, Signed("Jean", "Petit", anomalies=[Outcome(1, "done")]), image=png())


def with_signature(world: World) -> None:
    with_executed_visit(world)
    signed = Execution.objects.get()
    world.ids["token"] = str(signature_path(signed.pk, 1)).rpartition("/")[2]


def with_daily_task_at_the_end_of_summer(world: World) -> None:
    start = datetime(2026, 10, 24, 0, 30, tzinfo=UTC)
    daily = {"starts_at": start, "stops_at": None, "interval_seconds": 86400, "clock": "local", "schedule": "always"}
    ServiceTask.objects.update(**daily)


def with_public_client(world: World) -> None:
    """26 s after it got its token."""
    scopes = ["public", "tig"]
    world.client.client_secret, world.client.allowed_scopes = SECRET, scopes
    world.client.save()
    expires = timezone.now() + timedelta(seconds=7174)
    get_access_token_model().objects.update(scope=" ".join(scopes), expires=expires)


PREPARATIONS: dict[str, Step] = {
    **dict.fromkeys([f"count_community_services{of}" for of in ("", "_on", "_on_by")], with_two_services),
    "createFiche": lambda world: Customer.objects.update(email=""),
    "listFreeSlots": with_two_calendars,
    "listVevents": without(Appointment.objects),
    "explainSlot": with_other_appointment,
    "listAnomalies": without(Intervention.objects, Anomaly.objects.filter(pk=1)),
    "listCompanyContacts": without(Intervention.objects, CompanyContact.objects.exclude(pk=7)),
    "listInterventions": without(Intervention.objects.filter(pk=2)),
    "createCurativeIntervention": with_no_visit,
    "executeIntervention": with_begun_visit,
    "createFollowUpIntervention": lambda world: cancel_intervention(1, "Not needed"),
    "getInterventionReport": with_executed_visit,
    "getSignature": with_signature,
    "verifyIntervention": with_executed_visit,
    "createWorkday": without(Workday.objects),
    "createSvcscript": without(ServiceScript.objects.filter(code="nightlyCleaning")),
    "listSvcscripts": without(ServiceTask.objects, ServiceScript.objects.exclude(code="nightlyCleaning")),
    **dict.fromkeys(["backfillSvctask", "deleteSvctask"], without(ServiceRun.objects)),
    "listSvctaskMoments": with_daily_task_at_the_end_of_summer,
}


def prepare(case: Case, world: World) -> None:
    if case.name in PREPARATIONS:
        PREPARATIONS[case.name](world)
    if case.path.startswith("/v1/jobs/{jobId}/"):
        bring_job_before(case.name)
    if case.path.startswith(("/oauth/", "/auth/")):
        with_public_client(world)
    if "/preventive/{id}" in case.path:
        world.ids["interventions"] = world.ids["preventive"]


def bring_job_before(step: str) -> None:
    """Into a state in which it may be taken."""
    action = next((one for one in Action if step == f"{camel(one)}Job"), None)
    if action in TRANSITIONS:
        Job.objects.filter(pk=123).update(status=TRANSITIONS[action].sources[0])


def camel(action: str) -> str:
    first, *rest = action.split("_")
    return first + "".join(word.capitalize() for word in rest)
