"""The time that community services take of their students: soft, so that a clash is shown and refuses nothing."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from core.models.history import record
from core.statements import insert
from scheduling.intervals import Interval
from scheduling.models import BusyInterval, Close, CommunityService, Resource
from scheduling.services import busy

KIND = BusyInterval.Kind.COMMUNITY_SERVICE


def take(service: CommunityService) -> None:
    """For a new service."""
    interval = interval_of(service)
    if interval is None:
        return
    source = busy.Source(KIND, service.pk)
    if not busy.take_soft_of_user(source, service.organization_id, service.close.user_id, interval):
        resource = resource_of(service)
        busy.take_soft(source, service.organization_id, [resource.pk], interval)


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


def resource_of(service: CommunityService) -> Resource:
    """The student's, made when first needed; not offered for jobs until staff takes it out of the archive."""
    student, now = service.close.user, timezone.now()
    values = {
        "organization_id": service.organization_id,
        "user_id": student.pk,
        "name": student.full_name[:120],
        "is_archived": True,
        "created_at": now,
        "updated_at": now,
    }
    # Another request may make it at the same moment.
    pk = insert(Resource, values, unless_there=True)
    if pk is None:
        return Resource.objects.get(organization_id=service.organization_id, user=student)
    resource = Resource(pk=pk, **values)
    record(resource, "+")
    return resource


def with_clashes(services: QuerySet) -> QuerySet:
    """`clashes`: set where anything else takes some of the same time of the same student.

    No Exists: PostgreSQL would look at all services there ever were for the few of a page.
    """
    found = _taken_by(OuterRef("pk")).filter(Exists(BusyInterval.objects.clashing_with_outer()))
    return services.annotate(clashes=Subquery(found.order_by().values("pk")[:1]))


def clashes_of(service: CommunityService) -> list[BusyInterval]:
    """What else takes some of its time, in order."""
    own = _taken_by(service.pk).first()
    if own is None:
        return []
    return list(BusyInterval.objects.clashing([own.resource_id], Interval(own.start, own.end), KIND, service.pk))


def _taken_by(service_id: int | OuterRef) -> QuerySet[BusyInterval]:
    return BusyInterval.objects.filter(kind=KIND, source_id=service_id)
