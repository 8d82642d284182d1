"""Of each dialect the rows that its table's paths and bodies name, and whoever may do all of it.

A new dialect is one more World here and its table in operations.py.
"""

from functools import cached_property
from typing import Any

from appointments.models import CalendarFeed, Hold
from appointments.services.feeds import hash_of
from core.api_keys import new_key
from core.models import Application, Organization, Role
from interventions.services.executing import Signed, announce_upload
from tests import factories
from tests.appointments.test_api_access import make_world as make_appointments
from tests.appointments.wire import SCOPES as OF_APPOINTMENTS
from tests.everywhere.forms import complaint
from tests.everywhere.operations import PNG, Operation, body_of, shown_by
from tests.everywhere.requests import Request
from tests.interventions.register import S
from tests.interventions.test_api_access import World as Register
from tests.interventions.wire import SCOPES as OF_INTERVENTIONS
from tests.interventions.wire import SessionCaller, make_app, provider_caller, session_caller
from tests.scheduling.jobs_calls import SCOPES as OF_JOBS
from tests.scheduling.test_access_table import make_world as make_community
from tests.scheduling.test_jobs_access import make_world as make_jobs
from tests.svctasks.conftest import SCOPES as OF_SVCTASKS
from tests.svctasks.test_api_access import World as Desk
from tests.svctasks.wire import NO_ID
from tests.webhooks.test_api_access import World as Edge
from tests.webhooks.wire import SCOPES as OF_INTEGRATION

NOBODY = "public"


class World:
    """`ids`: name of a row → its id. `unknown`: the same where the id of no row is no number."""

    organization_header = "X-Organization-Id"
    unknown: dict[str, str] = {}
    organization: Organization
    ids: dict[str, Any]

    def headers(self, operation: Operation, *, has_scope: bool = True, has_role: bool = True) -> dict[str, str]:
        """The credentials of one who may do it, but for what he is said to lack."""
        raise NotImplementedError

    def address(self, operation: Operation, **ids: object) -> str:
        return operation.path.format(**{**self.ids, **ids})

    def nowhere(self, operation: Operation) -> str:
        return self.address(operation, **{name: self.unknown.get(name, 10**9) for name in operation.names})

    def foreign(self) -> dict[str, str]:
        """The headers that name an organization which is not granted."""
        return {self.organization_header: str(10**9)}


class Community(World):
    def __init__(self):
        rows = make_community()
        self.organization = rows["organization"]
        self.ids = {name: row.pk for name, row in rows.items()}

    def headers(self, operation, *, has_scope=True, has_role=True):
        scopes = [NOBODY, "tig"] if has_scope else [NOBODY]
        roles = [Role.ADVANCED_STAFF] if has_role else []
        client = factories.make_client(self.organization, roles=roles, allowed_scopes=scopes)
        return bearer(factories.make_token(client))


class Jobs(World):
    organization_header = "Customer-Id"
    unknown = {"person": NO_ID}

    def __init__(self):
        rows = make_jobs()
        self.organization = rows.pop("organization")
        self.ids = {**rows, "member": factories.make_member(self.organization).pk}

    def headers(self, operation, *, has_scope=True, has_role=True):
        customer = {self.organization_header: str(self.organization.pk)}
        return {**program_or_student(self.organization, OF_JOBS, has_scope, has_role), **customer}


class Appointments(World):
    def __init__(self):
        rows = make_appointments()
        self.organization = rows["group"]
        self.ids = {**rows, "group": self.organization.pk, "feed_token": f"token-{rows['feed']}"}

    def headers(self, operation, *, has_scope=True, has_role=True):
        scopes = OF_APPOINTMENTS if has_scope else [NOBODY]
        roles = [Role.BASIC_STAFF] if has_role else []
        client = factories.make_client(self.organization, roles=roles, allowed_scopes=scopes)
        if has_scope and has_role:
            self.give(client)
        return {} if operation.is_by_address else {"X-Api-Key": new_key(client)[1]}

    def give(self, client: Application) -> None:
        """What its maker or reader alone may end."""
        Hold.objects.filter(pk=self.ids["hold"]).update(made_by=client)
        CalendarFeed.objects.filter(pk=self.ids["feed"]).update(
            application=client, token_hash=hash_of(self.ids["feed_token"])
        )


class Interventions(World):
    def __init__(self):
        self.rows = Register()
        self.organization = self.rows.town
        self.begun = self.rows.register.in_state(S.IN_PROGRESS)
        upload = announce_upload(self.begun.pk, Signed("Jean", "Petit"), size=len(PNG))
        self.ids = {**self.rows.ids, "begun": self.begun.pk, "upload": upload, "login": self.rows.register.mara.login}

    def headers(self, operation, *, has_scope=True, has_role=True):
        if operation.is_by_address:
            return {}
        app = make_app(self.organization, scopes=OF_INTERVENTIONS if has_scope else [NOBODY])
        if operation.route == "interventions-sessions" and operation.method == "POST":
            return bearer(factories.make_token(app))
        if operation.route == "interventions-execute" and has_role:
            return both(provider_caller(self.begun, app))
        return both(session_caller(self.organization, Role.ADVANCED_STAFF if has_role else Role.STUDENT, app=app))


class Svctasks(World):
    def __init__(self):
        self.desk = Desk()
        self.organization, self.ids = self.desk.town, self.desk.ids
        self.unknown = dict.fromkeys(self.ids, NO_ID)

    def headers(self, operation, *, has_scope=True, has_role=True):
        return program_or_student(self.organization, OF_SVCTASKS, has_scope, has_role)


class Integration(World):
    def __init__(self):
        edge = Edge()
        self.organization, self.ids = edge.town, edge.ids

    def headers(self, operation, *, has_scope=True, has_role=True):
        return program_or_student(self.organization, [*OF_INTEGRATION, "tig"], has_scope, has_role)


def program_or_student(place: Organization, scopes: list[str], has_scope: bool, has_role: bool) -> dict[str, str]:
    """Where an application needs no role, it is a person who lacks one."""
    client = factories.make_client(place, roles=[], allowed_scopes=scopes if has_scope else [NOBODY])
    return bearer(factories.make_token(client, None if has_role else factories.make_member(place, Role.STUDENT)))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def both(caller: SessionCaller) -> dict[str, str]:
    return {**bearer(str(caller.token)), "x-session-token": str(caller.session)}


WORLDS: dict[str, type[World]] = {
    "community": Community,
    "jobs": Jobs,
    "appointments": Appointments,
    "interventions": Interventions,
    "svctasks": Svctasks,
    "common": Integration,
}


class Scene:
    """An operation with a world around it, and the request that does it."""

    def __init__(self, operation: Operation, world: World):
        self.operation, self.world = operation, world
        self.ids = self.world.ids
        self.good = self.request(operation, self.world.headers(operation))
        # The address with ids of no row.
        self.nowhere = self.world.nowhere(operation)

    @cached_property
    def lacking(self) -> dict[frozenset[str], dict[str, str]]:
        """The credentials of those who lack scope or role, or both."""
        return {
            lacks: self.world.headers(self.operation, **{f"has_{name}": False for name in lacks})
            for lacks in (frozenset({"scope"}), frozenset({"role"}), frozenset({"scope", "role"}))
        }

    def request(self, operation: Operation, headers: dict[str, str]) -> Request:
        body = body_of(operation, self.ids)
        kind = "image/png" if isinstance(operation.body, bytes) else "application/json"
        return Request(operation.method, self.world.address(operation), headers, body, kind)

    def reading(self) -> Request | None:
        """The GET of the row that is written."""
        shown = shown_by(self.operation)
        return self.request(shown, self.good.headers) if shown else None

    def complaint(self, response, *statuses: int) -> str:
        return complaint(self.operation.dialect, response, *statuses)
