"""What happens when an organization or its sandbox is made, or its clocks change; apps add their part by decorators."""

from collections.abc import Callable

from core.locks import atomic
from core.models import Membership, Organization, Role, User
from core.models.organization import MOST_NAME
from core.people import save_membership

SetUp = Callable[[Organization], None]
# Fictitious ones, by what they are there: "student", "staff".
People = dict[str, User]
Filler = Callable[[Organization, People], None]
# Given the zone that it had, too.
Follower = Callable[[Organization, str], None]
_set_ups: list[SetUp] = []
_zone_followers: list[Follower] = []
_fillers: list[Filler] = []
SUFFIX = " (sandbox)"
FICTITIOUS = (
    ("student", Role.STUDENT, "Sacha", "Example"),
    ("staff", Role.ADVANCED_STAFF, "Robin", "Example"),
)


def on_creation(part: SetUp) -> SetUp:
    """Called in the transaction that makes an organization."""
    _set_ups.append(part)
    return part


def on_zone_change(part: Follower) -> Follower:
    """Called in the transaction that gives an organization another time zone, with the row as it is then."""
    _zone_followers.append(part)
    return part


def on_sandbox(part: Filler) -> Filler:
    """Called in the transaction that makes a sandbox, to give it something to call."""
    _fillers.append(part)
    return part


@atomic
def save_organization(organization: Organization) -> Organization:
    """Write a checked organization, new or changed, with what follows from it."""
    is_new = organization._state.adding
    old = None if is_new else Organization.objects.values_list("time_zone", flat=True).get(pk=organization.pk)
    organization.save()
    if old is None:
        for set_up in _set_ups:
            set_up(organization)
    elif old != organization.time_zone:
        for follower in _zone_followers:
            follower(organization, old)
    return organization


@atomic
def twin_of(organization: Organization) -> Organization:
    """The sandbox of this organization, made when it is first needed; of a sandbox, itself.

    Whoever administers the organization administers it too.
    """
    if organization.is_sandbox:
        return organization
    # One makes it, another waits; what refers to the organization does not.
    list(Organization.objects.select_for_update(no_key=True).filter(pk=organization.pk))
    twin = Organization.objects.filter(sandbox_of=organization).first()
    is_new = twin is None
    twin = twin or _make_twin(organization)
    _give_administrators(organization, twin)
    if is_new:
        people = {each[0]: _make_person(twin, *each) for each in FICTITIOUS}
        for filler in _fillers:
            filler(twin, people)
    return twin


def _make_twin(organization: Organization) -> Organization:
    name = organization.name[: MOST_NAME - len(SUFFIX)].rstrip() + SUFFIX
    twin = Organization(name=name, sandbox_of=organization)
    twin.time_zone, twin.language = organization.time_zone, organization.language
    twin.full_clean()
    return save_organization(twin)


def _give_administrators(organization: Organization, twin: Organization) -> None:
    held = Membership.objects.filter(organization=twin).values("user")
    people = User.objects.members_of(organization.pk, Role.ADMINISTRATOR)
    for person in people.exclude(pk__in=held).order_by("pk"):
        save_membership(Membership(user=person), twin, Role.ADMINISTRATOR)


def _make_person(twin: Organization, key: str, role: Role, first_name: str, last_name: str) -> User:
    """Without a password: nobody logs in as them until staff give one."""
    login = f"sandbox-{twin.pk}-{key}"
    names = {"first_name": first_name, "last_name": last_name, "language": twin.language}
    person = User.objects.create_user(login, email=f"{login}@example.invalid", **names)
    save_membership(Membership(user=person), twin, role)
    return person
