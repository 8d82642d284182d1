"""The calls that the tests of /v2 make again and again."""

from core.models import OutboxMessage
from scheduling.models import Close, CommunityService

SERVICES = "/v2/community_services"
CLOSES = "/v2/closes"


def create_service(caller, **fields):
    return caller.post(SERVICES, {"community_service": {"duration": 7200, **fields}})


def create_close(caller, fields: dict, **more):
    return caller.post(CLOSES, {"close": {**fields, **more}})


def refused(response) -> dict:
    """The fields of a 422 and what is said of each."""
    assert response.status_code == 422, response.content
    answer = response.json()
    assert (answer["error"], answer["message"]) == ("Unprocessable Entity", "Validation failed")
    return answer["errors"]


def stored_service(response) -> CommunityService:
    assert response.status_code in (200, 201), response.content
    return CommunityService.objects.get(pk=response.json()["id"])


def stored_close(response) -> Close:
    assert response.status_code in (200, 201), response.content
    return Close.objects.get(pk=response.json()["id"])


def told() -> list[int]:
    """The people told of an assignment, in order."""
    messages = OutboxMessage.objects.filter(kind="community_service_assigned").order_by("pk")
    return list(messages.values_list("recipient_id", flat=True))
