"""The rows that the bench works on: some organizations to read, others to write, so that lists keep their size."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from oauth2_provider.models import AccessToken

from bench.practices import Practices, fill_practices
from core.models import Application, Membership, Organization, Role, User
from scheduling.models import Close, Resource, SchedulingSettings

ORGANIZATIONS = 50
WRITTEN = 10
TOKENS = 1_000
STUDENTS = 20
CLOSES = 40_000
SECRET = "client-secret-" + "s" * 40

FILL_CLOSES = """
INSERT INTO scheduling_close
       (id, created_at, updated_at, version, organization_id, user_id, closer_id, kind, reason, state)
SELECT %(close)s + n, now() - n * interval '1 minute', now() - n * interval '1 minute', 1, %(organization)s + place,
       %(student)s + place * %(students)s + n %% %(students)s, %(staff)s + place, 'agu', 'Connecticut giants', 'unclose'
  FROM (SELECT n, n / %(per_organization)s AS place FROM generate_series(0, %(closes)s - 1) AS n) AS numbers
"""
FILL_SERVICES = """
INSERT INTO scheduling_communityservice
       (created_at, updated_at, version, organization_id, close_id, supervisor_id, duration, occupation, schedule_at,
        state, make_up_reason, link_version)
SELECT now() - n * interval '7 seconds', now() - n * interval '7 seconds', 1, organization_id, id, closer_id, 14400,
       CASE WHEN n %% 10 = 0 THEN '' ELSE 'Regarder Shrek, en entier, avec Mathieu Trentin ' || n END,
       now() - n * interval '7 seconds' + interval '3 days',
       (ARRAY['schedule', 'validated', 'invalidated'])[1 + n %% 3], '', 1
  FROM generate_series(1, %(services)s) AS n JOIN scheduling_close ON scheduling_close.id = %(close)s + n %% %(closes)s
"""


@dataclass(frozen=True)
class Client:
    """One organization's client program, with what its requests name. `checksum` is that of `tokens[0]`."""

    client_id: str
    tokens: list[str]
    organization_id: int
    supervisor_id: int
    close_id: int
    closes: int

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.tokens[0].encode()).hexdigest()

    # -- what moves from one replayed request to the next, for pgbench ------------------------------------

    def variables(self) -> list[str]:
        return [f"\\set close random({self.close_id}, {self.close_id + self.closes - 1})"]

    def moving(self, answer: Any) -> dict[object, str]:
        """Captured value → what stands for it."""
        if isinstance(answer, dict) and "close" in answer:
            return {answer["id"]: ":scheduling_communityservice_id", answer["close"]["id"]: ":close"}
        if isinstance(answer, dict) and "access_token" in answer:
            checksum = hashlib.sha256(answer["access_token"].encode()).hexdigest()
            return {checksum: "encode(sha256(int8send(:nonce)), 'hex')"}
        return {}

    def moment(self, value: datetime, answer: Any) -> str | None:
        return None


@dataclass(frozen=True)
class Sample:
    readers: list[Client]
    writers: list[Client]
    practices: Practices


def fill(services: int) -> Sample:
    """An empty, migrated PostgreSQL database gets its rows."""
    with transaction.atomic():
        _space_ids()
        organizations = _organizations()
        staff, students = _people(organizations)
        first_close = _closes_and_services(services, organizations[0].pk, staff[0].pk, students[0].pk)
        clients = [
            _client(place, organization, staff[place], first_close) for place, organization in enumerate(organizations)
        ]
        practices = fill_practices()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Sample(readers=clients[WRITTEN:], writers=clients[:WRITTEN], practices=practices)


def _space_ids() -> None:
    """No two tables share an id, so that a parameter of a captured statement tells which row it names."""
    with connection.cursor() as cursor:
        for number, model in enumerate(apps.get_models(), 1):
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [model._meta.db_table, model._meta.pk.column])
            sequence = cursor.fetchone()[0]
            if sequence:
                cursor.execute("SELECT setval(%s, %s)", [sequence, number * 20_000_000])


def _organizations() -> list[Organization]:
    rows = [Organization(name=f"Campus {number}", time_zone="Europe/Paris") for number in range(ORGANIZATIONS)]
    organizations = Organization.objects.bulk_create(rows)
    starts = [SchedulingSettings(organization=row, community_service_start="07:00") for row in organizations]
    SchedulingSettings.objects.bulk_create(starts)
    return organizations


def _people(organizations: list[Organization]) -> tuple[list[User], list[User]]:
    """A supervisor for each organization, then its students, in the order of the organizations."""
    staff = User.objects.bulk_create([_person("staff", place) for place in range(ORGANIZATIONS)])
    students = User.objects.bulk_create([_person("student", place) for place in range(ORGANIZATIONS * STUDENTS)])
    supervisors = [
        Membership(user=one, organization=there, role=Role.BASIC_STAFF)
        for one, there in zip(staff, organizations, strict=True)
    ]
    learners = [Membership(user=one, organization=organizations[n // STUDENTS]) for n, one in enumerate(students)]
    Membership.objects.bulk_create(supervisors + learners)
    resources = [Resource(organization=organizations[n // STUDENTS], user=one) for n, one in enumerate(students)]
    Resource.objects.bulk_create(resources)
    return staff, students


def _person(kind: str, number: int) -> User:
    return User(login=f"{kind}-{number}", email=f"{kind}-{number}@example.org", first_name=kind, last_name=str(number))


def _closes_and_services(services: int, organization: int, staff: int, student: int) -> int:
    """The id of the first close; each organization has its own block of them."""
    sequence = f"pg_get_serial_sequence('{Close._meta.db_table}', 'id')"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval({sequence})")
        first = cursor.fetchone()[0]
        values = {
            "organization": organization, "staff": staff, "student": student, "students": STUDENTS, "close": first,
            "closes": CLOSES, "per_organization": CLOSES // ORGANIZATIONS, "services": services,
        }  # fmt: skip
        cursor.execute(FILL_CLOSES, values)
        cursor.execute(FILL_SERVICES, values)
        cursor.execute(f"SELECT setval({sequence}, %s)", [first + CLOSES])
    return first


def _client(place: int, organization: Organization, supervisor: User, first_close: int) -> Client:
    application = Application.objects.create(
        name=f"Timetable {place}",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        client_secret=make_password(SECRET, hasher="client_sha256"),
        allowed_scopes=["public", "tig"],
        roles=[Role.BASIC_STAFF],
    )
    application.organizations.add(organization)
    tokens = _tokens(application)
    closes = CLOSES // ORGANIZATIONS
    return Client(application.client_id, tokens, organization.pk, supervisor.pk, first_close + place * closes, closes)


def _tokens(application: Application) -> list[str]:
    tokens = [secrets.token_urlsafe(22) for _ in range(TOKENS // ORGANIZATIONS)]
    expires = application.created_at.replace(year=application.created_at.year + 1)
    rows = [AccessToken(application=application, expires=expires, scope="public tig") for _ in tokens]
    for row, token in zip(rows, tokens, strict=True):
        row._raw_token, row.token = token, ""
    AccessToken.objects.bulk_create(rows)
    return tokens


def set_close_states(writers: list[Client], state: str) -> None:
    """The closes that the bench writes under, all in this state before a measurement."""
    rows = Close.objects.filter(organization_id__in=[one.organization_id for one in writers])
    rows.exclude(state=state).update(state=state)
