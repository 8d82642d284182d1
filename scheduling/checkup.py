"""The doctor's checks of closes and community services."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from core.doctor import Finding, Level, of_rows, register
from core.models import Membership, Role
from scheduling.models import Close, CommunityService, Contest

# The periodic task runs each minute; this long after an end it is not late but still.
LATE = timedelta(minutes=10)


def check_ended_closes() -> Iterator[Finding]:
    late = Close.objects.ended(timezone.now() - LATE)
    mend = "The periodic work does not run: start beat and a worker (or the server, without REDIS_URL)."
    yield from of_rows(Level.ERROR, late, "a close is in force though its end is past", mend)


def check_dated_closes() -> Iterator[Finding]:
    """Staff may close again what was unclosed, or delete the undated service: hence a warning."""
    scheduled = CommunityService.objects.filter(close=OuterRef("pk"), state=CommunityService.State.SCHEDULE)
    all_dated = Close.objects.in_force().filter(Exists(scheduled), ~Exists(scheduled.filter(schedule_at=None)))
    mend = "If nobody closed it again on purpose, unclose it in the admin."
    yield from of_rows(Level.WARNING, all_dated, "a close is in force though all its services have their day", mend)


def check_organizations() -> Iterator[Finding]:
    mend = "No rule lets this be: a row was written past the services. Set its close or its organization right by hand."
    services = CommunityService.objects.exclude(close=None).exclude(organization=F("close__organization"))
    yield from of_rows(Level.ERROR, services, "a community service has a close of another organization", mend)
    contests = Contest.objects.exclude(organization=F("close__organization"))
    yield from of_rows(Level.ERROR, contests, "a contest has a close of another organization", mend)


def check_members() -> Iterator[Finding]:
    waiting = CommunityService.objects.filter(state=CommunityService.State.SCHEDULE).exclude(supervisor=None)
    gone = waiting.filter(~Exists(_members("supervisor", Role.BASIC_STAFF)))
    mend = "Choose another supervisor in the admin, or give the membership back."
    yield from of_rows(Level.WARNING, gone, "the supervisor of a community service is staff there no longer", mend)
    lost = Close.objects.in_force().filter(~Exists(_members("user", Role.STUDENT)))
    mend = "Unclose it in the admin, or give the membership back."
    yield from of_rows(Level.WARNING, lost, "a close is in force for somebody who is no active member", mend)


def _members(field: str, role: Role):
    return Membership.objects.filter(
        organization=OuterRef("organization"), user=OuterRef(field), user__is_active=True, role__in=Role.at_least(role)
    )


register("ended_closes", check_ended_closes)
register("dated_closes", check_dated_closes)
register("scheduling_organizations", check_organizations)
register("scheduling_members", check_members)
