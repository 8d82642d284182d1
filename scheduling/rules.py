"""Rules of closes and community services that need other rows or the clock [contract 10].

Each raises ValidationError with a stable code on a named field; services call them after the lock.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.changes import check_all, check_fields, refuse
from core.models import Organization, Role, User
from core.zones import local_moment
from scheduling.models import Close, CommunityService, Contest, SchedulingSettings

# The durations that a service nested in a close may have, in seconds [contract 10].
NESTED_DURATIONS = (7200, 14400, 28800)
HORIZON = timedelta(days=14)


def start_of(organization: Organization, instant: datetime) -> datetime:
    """The instant, or the organization's starting hour on its local day where one is set [contract 10]."""
    hour = SchedulingSettings.of(organization).community_service_start
    if hour is None:
        return instant
    return local_moment(organization.local_date(instant), hour, organization.zone)


def check_schedule_at(organization: Organization, instant: datetime, now: datetime | None = None) -> None:
    """After today where the organization is, and before now + 14 days [seed; zone ours]."""
    now = now or timezone.now()
    if organization.local_date(instant) <= organization.local_date(now):
        refuse("schedule_at", "too_soon", _("must be after today"))
    if instant >= now + HORIZON:
        refuse("schedule_at", "too_late", _("must be before 2 weeks from now"))


def allowed_days(organization: Organization) -> list[date]:
    """The local days that a student may pick, in order."""
    today = organization.local_date()
    days = [today + timedelta(days=number) for number in range(HORIZON.days + 2)]
    return [day for day in days if _is_allowed(organization, day)]


def _is_allowed(organization: Organization, day: date) -> bool:
    try:
        check_schedule_at(organization, day_start(organization, day))
    except ValidationError:
        return False
    return True


def day_start(organization: Organization, day: date) -> datetime:
    """When a service on this local day starts: the organization's hour, else midnight."""
    return start_of(organization, local_moment(day, time(0), organization.zone))


def check_member(field: str, organization_id: int, user: User, role: Role) -> None:
    """The person is a member of the organization, of this rank at least."""
    held = user.held.get(organization_id) if user.is_active else None
    if held is None:
        refuse(field, "must_exist", _("must exist"))
    if held.rank < role.rank:
        refuse(field, "not_staff", _("must be a member of staff"))


def check_community_service(service: CommunityService, changed: set[str]) -> None:
    """Every rule that these changed fields can break, all at once."""
    checks: list[Callable] = [partial(check_fields, service, changed)]
    if "close" in changed and (close := service.close):
        checks.append(partial(_check_same_organization, service, close))
    if "supervisor" in changed and (person := service.supervisor):
        checks.append(partial(check_member, "supervisor", service.organization_id, person, Role.BASIC_STAFF))
    if "schedule_at" in changed and (instant := service.schedule_at):
        checks.append(partial(check_schedule_at, service.organization, instant))
    check_all(*checks)


def _check_same_organization(service: CommunityService, close: Close) -> None:
    # One that only its id is known of is read here.
    try:
        there = close.organization_id
    except Close.DoesNotExist:
        there = None
    if there != service.organization_id:
        refuse("close", "must_exist", _("must exist"))


def check_close(close: Close, changed: set[str]) -> None:
    """Every rule that these changed fields can break, all at once."""
    checks: list[Callable] = [partial(check_fields, close, changed)]
    if "user" in changed:
        checks.append(partial(check_member, "user", close.organization_id, close.user, Role.STUDENT))
    if "closer" in changed:
        checks.append(partial(check_member, "closer", close.organization_id, close.closer, Role.BASIC_STAFF))
    if "end_at" in changed and (end := close.end_at):
        checks.append(partial(check_future, end))
    if not close._state.adding:
        checks += [partial(_check_uncontested, close, name) for name in ("user", "closer") if name in changed]
    check_all(*checks)


def _check_uncontested(close: Close, name: str) -> None:
    """An objection is this student's, against this author: neither is exchanged under it."""
    if Contest.objects.filter(close=close).exists():
        refuse(name, "contested", _("cannot be changed: the close was contested"))


def check_future(end: datetime) -> None:
    if end <= timezone.now():
        refuse("end_at", "past", _("must be in the future"))


def check_nested_duration(duration: int) -> None:
    if duration not in NESTED_DURATIONS:
        refuse("duration", "inclusion", _("must be 7200, 14400 or 28800 (seconds: 2, 4 or 8 hours)"))
