"""People and their roles, for the doors that have no form of their own."""

import secrets
from itertools import chain, count

from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.changes import refuse
from core.locks import atomic
from core.models import Membership, Organization, Role, User

# The person who stands in for people whose rows were anonymised: inactive, a member of nothing.
PLACEHOLDER_LOGIN = "anonymised"
PLACEHOLDER_EMAIL = "anonymised@example.invalid"


def new_password() -> str:
    return secrets.token_urlsafe(12)


@atomic
def add_member(organization: Organization, login: str, role: str, email: str, password: str) -> tuple[User, bool]:
    """The person with this role in the organization, and whether the account is new.

    An account of another organization gets the membership and keeps its password and e-mail; one that is a member
    already, or inactive, is refused. Raises ValidationError.
    """
    user = User.objects.filter(login=login).first()
    if user is None:
        return _create_member(organization, login, role, email, password), True
    _check_newcomer(organization, user)
    save_membership(Membership(user=user), organization, role)
    return user, False


def _create_member(organization: Organization, login: str, role: str, email: str, password: str) -> User:
    validate_password(password, User(login=login, email=email))
    user = User.objects.create_user(login, password, email=email, language=organization.language)
    save_membership(Membership(user=user), organization, role)
    return user


def _check_newcomer(organization: Organization, user: User) -> None:
    if not user.is_active:
        refuse("login", "inactive", _("belongs to an inactive account"))
    held = user.memberships.filter(organization=organization).first()
    if held:
        message = _("is a member of this organization already (%(role)s): the admin changes roles")
        refuse("login", "member", message, role=held.get_role_display())


def save_membership(membership: Membership, organization: Organization, role: str) -> None:
    """This membership, new or changed. Raises ValidationError."""
    membership.organization, membership.role = organization, role
    membership.full_clean()
    membership.save()


def keepers(organization: Organization) -> list[User]:
    """Who is told what concerns the organization as a whole: its administrators, else its Advanced staff."""
    for role in (Role.ADMINISTRATOR, Role.ADVANCED_STAFF):
        people = [one for one in User.objects.members_of(organization.pk, role).distinct() if one.email]
        if people:
            return people
    return []


def placeholder() -> User:
    """The one who stands in for anonymised people; made when first needed."""
    return placeholders().first() or _create_placeholder()


def placeholders() -> QuerySet[User]:
    """Who is a placeholder; never a real person who happens to have chosen the login."""
    return User.objects.filter(
        login__startswith=PLACEHOLDER_LOGIN, email=PLACEHOLDER_EMAIL, is_active=False, memberships=None
    )


def _create_placeholder() -> User:
    logins = chain([PLACEHOLDER_LOGIN], (f"{PLACEHOLDER_LOGIN}-{number}" for number in count(2)))
    login = next(one for one in logins if not User.objects.filter(login=one).exists())
    return User.objects.create_user(login, email=PLACEHOLDER_EMAIL, is_active=False)
