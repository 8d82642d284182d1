"""The rows that the examples of the OpenAPI document show, under the very ids that these name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from uuid import UUID

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.utils import timezone

from core.models import Application, Membership, Organization, Role, User
from interventions.models import Intervention
from interventions.sessions import open_for_person, open_for_provider, token_of
from scheduling.models import Workday
from svctasks.models import DispatcherBeat
from tests import factories, svctask_factories, webhook_factories
from tests.examples import booking_rows, job_rows, register_rows

DIALECTS = ("jobs", "appointments", "interventions", "svctasks", "webhooks")
SCOPES = ["public", "tig", *(f"{dialect}:{right}" for dialect in DIALECTS for right in ("read", "write"))]
TASK = UUID("380daae6-016c-cdd4-606e-50e54938780c")


@dataclass
class World:
    """`ids`: path parameter, or the collection before `{id}` → value."""

    place: Organization
    client: Application
    # Staff, a closer, a student.
    agnes: User
    tiger: User
    student: User
    ids: dict = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def become_provider(self, visit: Intervention) -> None:
        """From here on the caller is the one who makes this visit, on site."""
        self.headers["X-Session-Token"] = token_of(open_for_provider(self.client.pk, visit))


def make_world(path: str) -> World:
    """With the rows of this path's part of the API."""
    place = factories.make_organization("Practice", pk=4, start=time(7))
    people = [person(pk, login, place) for pk, login in ((1, "agnes"), (2, "tiger"), (7, "student"))]
    client = factories.make_client(place, roles=[Role.ADVANCED_STAFF], allowed_scopes=SCOPES, client_id="a-client")
    ada = factories.make_member(place, Role.ADVANCED_STAFF, "ada", password="correct horse", pk=4)
    world = World(place, client, *people)
    world.headers = {
        "Authorization": f"Bearer {factories.make_token(client)}",
        "X-Session-Token": token_of(open_for_person(client.pk, place.pk, ada)),
        "Customer-Id": "4",
    }
    world.ids = next(make for start, make in PARTS.items() if path.startswith(start))(world)
    pass_over_given_ids()
    return world


def pass_over_given_ids() -> None:
    """PostgreSQL counts on from its own numbers, whatever stands in the table."""
    statements = connection.ops.sequence_reset_sql(no_style(), apps.get_models())
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def person(pk: int, login: str, place: Organization) -> User:
    user = factories.make_person(login, pk=pk)
    role = Role.STUDENT if login == "student" else Role.ADVANCED_STAFF
    Membership.objects.create(user=user, organization=place, role=role)
    return user


def community(world: World) -> dict:
    people = {"student": world.student, "closer": world.tiger}
    close = factories.make_close(world.place, pk=2, **people, state="unclose")
    occupation = "Regarder Shrek, en entier, avec Mathieu Trentin"
    start = datetime(2017, 11, 27, 6, tzinfo=UTC)
    factories.make_community_service(close, pk=3, duration=14400, occupation=occupation, schedule_at=start)
    words = {"field": "created_at", "interval": "month_of_year"}
    return {"closes": 2, "community_services": 3, "user_id": "student", "close_id": 2, **words}


def webhooks(world: World) -> dict:
    place = world.place
    webhook = webhook_factories.make_webhook(place, types=["appointment.booked", "appointment.cancelled"])
    event = webhook_factories.make_event(place, "appointment.booked", 51)
    moment = event.created_at
    done = {"attempts": 1, "delivered_at": moment, "answer_status": 204}
    delivery = webhook_factories.make_delivery(webhook, event, state="delivered", **done)
    return {"webhooks": webhook.pk, "delivery": delivery.pk}


def service_tasks(world: World) -> dict:
    place = world.place
    DispatcherBeat.objects.create(seen_at=timezone.now())
    svctask_factories.make_site()
    script = svctask_factories.make_script(place, "dialByCallList")
    unused = svctask_factories.make_script(place, "nightlyCleaning", name="Nightly cleaning")
    dates = {"starts_at": datetime(2019, 2, 20, 8, tzinfo=UTC), "stops_at": datetime(2020, 2, 20, 8, tzinfo=UTC)}
    task = svctask_factories.make_task(place, script, public_id=TASK, name="Debtor calls", schedule="work", **dates)
    due = datetime(2019, 8, 26, 13, tzinfo=UTC)
    skipped = datetime(2019, 8, 25, 16, tzinfo=UTC)
    svctask_factories.make_skips(task, "outside_schedule", skipped, 15)
    progress = {"progress_done": 20, "progress_total": 80, "progress_text": "calling"}
    log = "2019-08-26T13:00:00Z 80 calls\n"
    run = svctask_factories.make_run(task, due, state="running", started_at=due, log=log, **progress)
    day = Workday.objects.create(organization=place, day=date(2019, 9, 1), kind="like_weekday", like="friday")
    rows = {"svctasks": task, "svcscripts": unused, "workdays": day, "runs": run}
    return {name: str(row.public_id) for name, row in rows.items()}


PARTS: dict[str, Callable[[World], dict]] = {
    "/v2/": community,
    "/v1/": lambda world: job_rows.make(world.place),
    "/api/v1/": lambda world: booking_rows.make(world.place, world.client),
    "/api/": webhooks,
    "/rest/v1/": service_tasks,
    "/readyz": service_tasks,
    "/": lambda world: register_rows.make(world.place, world.agnes, User.objects.get(login="ada")),
}
