"""The soft time that duties take of a person, who becomes a resource when first needed."""

from django.utils import timezone

from core.inserts import insert
from core.models import User
from core.models.history import record
from scheduling.intervals import Interval
from scheduling.models import Resource
from scheduling.services import busy


def take(source: busy.Source, organization_id: int, person: User, interval: Interval) -> None:
    """Soft, so that a clash is shown and refuses nothing."""
    if not busy.take_soft_of_user(source, organization_id, person.pk, interval):
        resource = resource_of(organization_id, person)
        busy.take_soft(source, organization_id, [resource.pk], interval)


def resource_of(organization_id: int, person: User) -> Resource:
    """The person's; one made here is not offered for jobs until staff takes it out of the archive."""
    now = timezone.now()
    values = {
        "organization_id": organization_id,
        "user_id": person.pk,
        "name": person.full_name[:120],
        "is_archived": True,
        "created_at": now,
        "updated_at": now,
    }
    # Another request may make it at the same moment.
    pk = insert(Resource, values, unless_there=True)
    if pk is None:
        return Resource.objects.get(organization_id=organization_id, user=person)
    resource = Resource(pk=pk, **values)
    record(resource, "+")
    return resource
