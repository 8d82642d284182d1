"""The demo: two organizations, their people, a client; apps add their own rows by `register`.

Passwords and the client's secret are made once an installation and kept in var/demo.json (mode 600), as only
their hashes are in the database.
"""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from core import demo_webhook
from core.clients import create_client, renew_secret
from core.models import Application, Membership, Organization, Role, User
from core.organizations import save_organization, twin_of

CLIENT_NAME, SANDBOX_CLIENT_NAME = "Demo client", "Demo sandbox client"
CLIENT_SCOPES = [
    *("public", "tig", "jobs:read", "jobs:write", "appointments:read", "appointments:write"),
    *(
        "interventions:read",
        "interventions:write",
        "svctasks:read",
        "svctasks:write",
        "webhooks:read",
        "webhooks:write",
    ),
]


@dataclass(frozen=True)
class DemoPerson:
    """`key` names the person in the command's answer; `elsewhere`: of the other organization."""

    key: str
    login: str
    first_name: str
    last_name: str
    role: Role
    language: str = "en"
    elsewhere: bool = False


PEOPLE = (
    DemoPerson("administrator", "demo-admin", "Agnès", "Martin", Role.ADMINISTRATOR),
    DemoPerson("advanced_staff", "demo-advanced", "Amélie", "Laurent", Role.ADVANCED_STAFF),
    DemoPerson("basic_staff", "demo-basic", "Bruno", "Petit", Role.BASIC_STAFF),
    DemoPerson("student", "demo-student", "Sam", "Durand", Role.STUDENT),
    DemoPerson("student_2", "demo-student-2", "Nora", "Lefèvre", Role.STUDENT, "fr"),
    DemoPerson("student_3", "demo-student-3", "Theo", "Nguyen", Role.STUDENT),
    DemoPerson("basic_staff_2", "demo-basic-2", "Inès", "Moreau", Role.BASIC_STAFF, "fr"),
    DemoPerson("other_staff", "demo-other-staff", "Olivia", "Brown", Role.ADMINISTRATOR, elsewhere=True),
    DemoPerson("other_student", "demo-other-student", "Owen", "Clark", Role.STUDENT, elsewhere=True),
)
LOGINS = [person.login for person in PEOPLE]


@dataclass(frozen=True)
class Demo:
    """What is there: the two organizations, and the people by their keys."""

    organization: Organization
    other_organization: Organization
    people: dict[str, User]


@dataclass(frozen=True)
class Sample:
    """A POST to try. `session`: where to log in first, for a dialect that asks for a person beside the client."""

    path: str
    body: dict
    headers: dict[str, str] = field(default_factory=dict)
    session: str = ""


@dataclass(frozen=True)
class DemoPart:
    """An app's share. `fill(demo, large)` adds its rows where they are not there yet."""

    fill: Callable[[Demo, bool], None]
    sample: Callable[[Demo], Sample]


_parts: list[DemoPart] = []


def register(part: DemoPart) -> None:
    _parts.append(part)


@transaction.atomic
def seed(large: bool = False) -> Demo:
    """Make what of the demo is missing, and give its people the passwords of var/demo.json."""
    demo = _make_people()
    for part in _parts:
        part.fill(demo, large)
    # Last, as it shows what became of the others' events.
    demo_webhook.fill(demo.organization)
    return demo


def find() -> Demo | None:
    """The demo that was seeded before; None when there is none, or not all of it."""
    people = _people_by_key()
    if len(people) < len(PEOPLE):
        return None
    here, there = _organization_of(people["advanced_staff"]), _organization_of(people["other_staff"])
    return Demo(here, there, people) if here and there else None


def samples(demo: Demo) -> list[Sample]:
    return [part.sample(demo) for part in _parts]


def logins(demo: Demo) -> dict[str, dict[str, str]]:
    """Login and password of everybody, by key."""
    passwords = _stored("passwords")
    return {key: {"login": user.login, "password": passwords[user.login]} for key, user in demo.people.items()}


def mend_passwords(demo: Demo) -> None:
    """A password that var/demo.json no longer knows is replaced by a new one."""
    known = _stored("passwords")
    for user in demo.people.values():
        if user.login not in known:
            _set_password(user)


def stored_passwords() -> dict[str, str]:
    """By login; empty where no demo was ever seeded on this installation."""
    return _stored("passwords")


def client_credentials(demo: Demo) -> dict[str, str]:
    """client_id and client_secret of the demo's client; a new secret where the old one is lost."""
    return _credentials(demo, "client", CLIENT_NAME, is_sandbox=False)


def sandbox_credentials(demo: Demo) -> dict[str, str]:
    """The same of its sandbox client."""
    return _credentials(demo, "sandbox_client", SANDBOX_CLIENT_NAME, is_sandbox=True)


def _credentials(demo: Demo, key: str, name: str, *, is_sandbox: bool) -> dict[str, str]:
    kept = _stored(key)
    place = twin_of(demo.organization) if is_sandbox else demo.organization
    client = Application.objects.filter(name=name, organizations=place).order_by("pk").first()
    if client and not set(CLIENT_SCOPES) <= set(client.allowed_scopes):
        # Made by an earlier version, which had fewer dialects.
        client.changed(allowed_scopes=CLIENT_SCOPES).save()
    if client and client.client_id == kept.get("client_id"):
        return kept
    client, secret = (client, renew_secret(client.pk, timedelta(0))) if client else _make_client(place, name)
    made = {"client_id": client.client_id, "client_secret": secret}
    _store(key, made)
    return made


def _make_client(place: Organization, name: str) -> tuple[Application, str]:
    client = Application(
        name=name,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        allowed_scopes=CLIENT_SCOPES,
        roles=[Role.ADVANCED_STAFF],
        is_sandbox=place.is_sandbox,
    )
    return create_client(client, [place])


def _make_people() -> Demo:
    found = _people_by_key()
    here = _organization_of(found.get("advanced_staff")) or _make_organization("École démo", "Europe/Paris")
    there = _organization_of(found.get("other_staff")) or _make_organization("Demo College", "America/New_York")
    people = {each.key: _make_person(each, there if each.elsewhere else here, found.get(each.key)) for each in PEOPLE}
    return Demo(here, there, people)


def _make_organization(name: str, time_zone: str) -> Organization:
    organization = Organization(name=name, time_zone=time_zone)
    organization.full_clean()
    return save_organization(organization)


def _make_person(each: DemoPerson, organization: Organization, user: User | None) -> User:
    if user is None:
        names = {"first_name": each.first_name, "last_name": each.last_name, "language": each.language}
        user = User.objects.create_user(each.login, email=f"{each.login}@example.org", **names)
    Membership.objects.get_or_create(user=user, organization=organization, defaults={"role": each.role})
    _set_password(user)
    return user


def _set_password(user: User) -> None:
    passwords = _stored("passwords")
    if user.login not in passwords:
        passwords[user.login] = secrets.token_urlsafe(12)
        _store("passwords", passwords)
    if not user.check_password(passwords[user.login]):
        user.set_password(passwords[user.login])
        user.save()


def _people_by_key() -> dict[str, User]:
    by_login = {user.login: user for user in User.objects.filter(login__in=LOGINS)}
    return {each.key: by_login[each.login] for each in PEOPLE if each.login in by_login}


def _organization_of(user: User | None) -> Organization | None:
    memberships = user.memberships.select_related("organization").order_by("pk") if user else []
    return next((membership.organization for membership in memberships), None)


def _path() -> Path:
    return settings.VAR_DIR / "demo.json"


def _stored(name: str) -> dict:
    path = _path()
    return json.loads(path.read_text()).get(name, {}) if path.exists() else {}


def _store(name: str, value: dict) -> None:
    path = _path()
    everything = json.loads(path.read_text()) if path.exists() else {}
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({**everything, name: value}, file, indent=2)
    new.replace(path)
