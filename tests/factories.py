"""What tests start from. Each function makes one thing, with the data that a test does not care about filled in.

People have no password (`password=` gives one), clients have a token that was never asked for at /oauth/token.
"""

import secrets
from datetime import datetime, time, timedelta
from itertools import count

from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from core.models import Application, Membership, Organization, Role, User
from scheduling.models import Close, CommunityService, SchedulingSettings

CLIENT_SECRET = "client-secret-" + "s" * 40
_numbers = count(1)


def make_organization(name: str = "", *, time_zone: str = "Europe/Paris", start: time | None = None, **fields):
    """`start` is the local hour at which its community services start."""
    name = name or f"Campus {next(_numbers)}"
    organization = Organization.objects.create(name=name, time_zone=time_zone, **fields)
    if start is not None:
        SchedulingSettings.objects.create(organization=organization, community_service_start=start)
    return organization


def make_person(login: str = "", *, password: str | None = None, **fields) -> User:
    login = login or f"person{next(_numbers)}"
    return User.objects.create_user(login, password, **{"email": f"{login}@example.org", **fields})


def make_member(organization: Organization, role: Role = Role.STUDENT, login: str = "", **fields) -> User:
    """A new person with this role there."""
    person = make_person(login or f"{role.value.replace('_', '-')}{next(_numbers)}", **fields)
    Membership.objects.create(user=person, organization=organization, role=role)
    return person


def make_client(*organizations: Organization, **fields) -> Application:
    """A client program granted to these organizations: scopes public and tig, role Basic staff."""
    defaults = {
        "name": f"Client {next(_numbers)}",
        "client_type": Application.CLIENT_CONFIDENTIAL,
        "authorization_grant_type": Application.GRANT_CLIENT_CREDENTIALS,
        "client_secret": CLIENT_SECRET,
        "allowed_scopes": ["public", "tig"],
        "roles": [Role.BASIC_STAFF],
    }
    application = Application.objects.create(**{**defaults, **fields})
    application.organizations.set(organizations)
    return application


def make_token(
    application: Application, person: User | None = None, *, scope: str | None = None, expires: datetime | None = None
) -> str:
    """The text of a valid access token: the application's own, or a person's through it."""
    token = secrets.token_urlsafe(24)
    get_access_token_model().objects.create(
        application=application,
        user=person,
        token=token,
        scope=" ".join(application.allowed_scopes) if scope is None else scope,
        expires=expires or timezone.now() + timedelta(hours=2),
    )
    return token


def make_close(
    organization: Organization, *, student: User | None = None, closer: User | None = None, **fields
) -> Close:
    """Written straight into the table: no rule, no e-mail."""
    defaults = {"kind": Close.Kind.OTHER, "reason": "Connecticut giants"}
    return Close.objects.create(
        organization=organization,
        user=student or make_member(organization),
        closer=closer or make_member(organization, Role.BASIC_STAFF),
        **{**defaults, **fields},
    )


def make_community_service(close: Close | None = None, organization: Organization | None = None, **fields):
    """Written straight into the table: no rule, no e-mail. Without a close, name the organization."""
    defaults = {"duration": 7200, "occupation": "Clean the kitchen"}
    return CommunityService.objects.create(
        organization=organization or close.organization, close=close, **{**defaults, **fields}
    )
