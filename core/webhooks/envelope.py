"""An event as receivers and readers of the feed get it: thin, as they read the entity themselves [contract 60]."""

from dataclasses import dataclass

from django.conf import settings

from core.models import Event
from core.zones import wire_moment


@dataclass(frozen=True)
class Entity:
    """`path`: the row's in its dialect, with {organization} and {id}. `scope`: what reads it."""

    name: str
    scope: str
    path: str


_entities: dict[str, Entity] = {}


def register(entity: Entity) -> None:
    """Each dialect says how its rows are found."""
    _entities[entity.name] = entity


def entity_of(kind: str) -> Entity:
    """Of an event type's name."""
    return _entities[kind.partition(".")[0]]


def event_id(event: Event) -> str:
    return f"evt_{event.uuid.hex}"


def envelope(event: Event) -> dict:
    entity, pk = entity_of(event.kind), event.entity_id
    path = entity.path.format(organization=event.organization_id, id=pk)
    return {
        "id": event_id(event),
        "type": event.kind,
        "createdAt": wire_moment(event.created_at),
        "organizationId": event.organization_id,
        "data": {
            "entity": entity.name,
            "entityId": int(pk) if pk.isdigit() else pk,
            "href": settings.SITE_URL + path,
        },
    }
