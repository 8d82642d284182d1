"""The time that community services take of their students: soft, so that a clash is shown and refuses nothing."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import QuerySet

from scheduling.intervals import Interval
from scheduling.models import BusyInterval, Close, CommunityService
from scheduling.services import busy, person_time
from scheduling.services.clashes import in_clash

KIND = BusyInterval.Kind.COMMUNITY_SERVICE


def take(service: CommunityService) -> None:
    """For a new service."""
    interval = interval_of(service)
    if interval is None:
        return
    source = busy.Source(KIND, service.pk)
    person_time.take(source, service.organization_id, service.close.user, interval)


def keep(service: CommunityService) -> None:
    """After any change of a service, of its close or of its student."""
    free([service.pk])
    take(service)


def free(service_ids: Iterable[int]) -> None:
    BusyInterval.objects.filter(kind=KIND, source_id__in=list(service_ids)).delete()


def free_close(close: Close) -> None:
    """Before a close goes, and its services with it."""
    free(close.community_services.values_list("pk", flat=True))


def interval_of(service: CommunityService) -> Interval | None:
    """None without a date or a student, and for a service that did not take place."""
    if service.close is None or service.schedule_at is None or service.state == CommunityService.State.INVALIDATED:
        return None
    return Interval(service.schedule_at, service.schedule_at + timedelta(seconds=service.duration))


def with_clashes(services: QuerySet) -> QuerySet:
    """`clashes`: set where anything else takes some of the same time of the same student."""
    return services.annotate(clashes=in_clash(KIND))
