"""A year of an organization's rows, for a look at long lists. Written in bulk: no history, no e-mails."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from core.demo import Demo
from core.models import Membership, Organization, Role, User
from scheduling import rules
from scheduling.models import BusyInterval, Close, CommunityService, Resource
from scheduling.services import student_time

STUDENTS, CLOSES, SERVICES = 200, 2000, 5000
DURATIONS = [7200, 14400, 28800]
OCCUPATIONS = ["Clean the kitchen", "Sort the recycling", "Welcome the visitors", "Sweep the yard", "Label the cables"]
REASONS = ["Food in the computer room", "Missed an exam", "Left the fire door open", "No work handed in", "Noise"]
SETTLED_AFTER = timedelta(days=21)
BATCH = 500


def fill(demo: Demo) -> None:
    """Up to 200 students, 2,000 closes and 5,000 community services; nothing where there are as many."""
    # The same rows on every installation.
    random = Random(42)  # noqa: S311
    students = _fill_students(demo.organization)
    closes = list(_new_closes(demo, students, random))
    _write(Close, closes)
    services = list(_new_services(demo, closes, random))
    _write(CommunityService, services)
    _take_time(demo.organization, services)


def _fill_students(organization: Organization) -> list[User]:
    there = Membership.objects.filter(organization=organization, role=Role.STUDENT).count()
    numbers = range(STUDENTS - max(0, STUDENTS - there), STUDENTS)
    new = User.objects.bulk_create(_student(number) for number in numbers)
    Membership.objects.bulk_create(Membership(user=user, organization=organization) for user in new)
    return list(User.objects.members_of(organization.pk).filter(memberships__role=Role.STUDENT).order_by("pk"))


def _student(number: int) -> User:
    login = f"demo-crowd-{number}"
    # No password: nobody logs in as one of the crowd.
    return User(login=login, email=f"{login}@example.org", first_name="Student", last_name=str(number), password="!")  # noqa: S106


def _new_closes(demo: Demo, students: list[User], random: Random) -> Iterator[Close]:
    """One after the other over the year that ends now."""
    missing = CLOSES - Close.objects.filter(organization=demo.organization).count()
    now = timezone.now()
    for number in range(missing):
        created = now - timedelta(days=365) * (missing - number) / missing
        yield Close(
            organization=demo.organization,
            user=random.choice(students),
            closer=demo.people["advanced_staff"],
            kind=random.choice(Close.Kind.values),
            reason=random.choice(REASONS),
            state=Close.State.UNCLOSE if now - created > SETTLED_AFTER else Close.State.CLOSE,
            created_at=created,
        )


def _new_services(demo: Demo, closes: list[Close], random: Random) -> Iterator[CommunityService]:
    missing = SERVICES - CommunityService.objects.filter(organization=demo.organization).count()
    for number, close in enumerate(closes):
        several = missing * (number + 1) // len(closes) - missing * number // len(closes)
        for place in range(several):
            yield CommunityService(
                organization=demo.organization,
                close=close,
                supervisor=demo.people["basic_staff"],
                duration=random.choice(DURATIONS),
                occupation=random.choice(OCCUPATIONS),
                created_at=close.created_at,
                **_stage(demo.organization, close, place, random),
            )


def _stage(organization: Organization, close: Close, place: int, random: Random) -> dict:
    """Judged where the close is over; else dated in the days to come, but for the first one."""
    day = timedelta(days=random.randint(1, 13))
    if close.state == Close.State.UNCLOSE:
        state = random.choices(["validated", "invalidated"], [9, 1])[0]
        return {"state": state, "schedule_at": _start(organization, close.created_at + day)}
    return {"schedule_at": _start(organization, timezone.now() + day) if place else None}


def _start(organization: Organization, instant: datetime) -> datetime:
    return rules.day_start(organization, organization.local_date(instant))


def _take_time(organization: Organization, services: list[CommunityService]) -> None:
    """The busy time of their students, and a resource for each who has none."""
    held = set(Resource.objects.filter(organization=organization).values_list("user_id", flat=True))
    users = {service.close.user_id: service.close.user for service in services}
    Resource.objects.bulk_create(
        Resource(organization=organization, user=user, name=user.full_name, is_archived=True)
        for pk, user in users.items()
        if pk not in held
    )
    resources = {row.user_id: row for row in Resource.objects.filter(organization=organization, user__in=users)}
    taken = [
        BusyInterval(
            organization=organization,
            resource=resources[service.close.user_id],
            start=interval.start,
            end=interval.end,
            kind=student_time.KIND,
            source_id=service.pk,
        )
        for service in services
        if (interval := student_time.interval_of(service))
    ]
    BusyInterval.objects.bulk_create(taken, BATCH)


def _write(model: type[Close] | type[CommunityService], rows: list) -> None:
    created = [row.created_at for row in rows]
    model.objects.bulk_create(rows, BATCH)
    # The insert stamped them with the present.
    for row, instant in zip(rows, created, strict=True):
        row.created_at = row.updated_at = instant
    model.objects.bulk_update(rows, ["created_at", "updated_at"], BATCH)
