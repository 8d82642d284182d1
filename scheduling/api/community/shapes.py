"""The wire's objects: the seed's keys in the seed's order [seed; contract 10]."""

from django.conf import settings
from django.db.models import QuerySet

from core.api.rows import Blank, Column, Moment, Prefixed, Row
from scheduling.models import Close, CommunityService

USER_URL = f"{settings.SITE_URL}/v2/users/"


def person(path: str) -> Row:
    return Row(id=Column(f"{path}id"), login=Column(f"{path}login"), url=Prefixed(f"{path}login", USER_URL))


def service_members() -> dict:
    return {
        "id": Column("id"),
        "duration": Column("duration"),
        "schedule_at": Moment("schedule_at"),
        "occupation": Blank("occupation"),
        "state": Column("state"),
        "created_at": Moment("created_at"),
        "updated_at": Moment("updated_at"),
    }


EMBEDDED_CLOSE = Row(
    key="id",
    id=Column("close__id"),
    reason=Column("close__reason"),
    state=Column("close__state"),
    created_at=Moment("close__created_at"),
    updated_at=Moment("close__updated_at"),
)
SERVICE = Row(**service_members(), close=EMBEDDED_CLOSE)
NESTED_SERVICE = Row(close_id=Column("close_id"), **service_members())
CLOSE = Row(
    id=Column("id"),
    reason=Column("reason"),
    kind=Column("kind"),
    state=Column("state"),
    end_at=Moment("end_at"),
    created_at=Moment("created_at"),
    updated_at=Moment("updated_at"),
    user=person("user__"),
    closer=person("closer__"),
)
USER = person("")


def closes(queryset: QuerySet[Close]) -> list[dict]:
    """The closes of a queryset with their services: two queries, whatever their number."""
    rows = CLOSE.dicts(queryset)
    services: dict[int, list[dict]] = {row["id"]: [] for row in rows}
    nested = CommunityService.objects.filter(close_id__in=list(services)).order_by("id")
    for service in NESTED_SERVICE.dicts(nested):
        services[service.pop("close_id")].append(service)
    return [_with_services(row, services[row["id"]]) for row in rows]


def _with_services(row: dict, services: list[dict]) -> dict:
    """community_services stands before user and closer, as public documentation of the API has it."""
    people = {name: row.pop(name) for name in ("user", "closer")}
    return {**row, "community_services": services, **people}
