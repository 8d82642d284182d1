"""The purge as its tests call it."""

import io
import json
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_grant_model, get_refresh_token_model

from core.models import IdempotencyKey, OutboxMessage, User
from scheduling.models import Close, CommunityService, Contest

AccessToken, RefreshToken, Grant = get_access_token_model(), get_refresh_token_model(), get_grant_model()
NOTHING = {
    "refresh_tokens": 0,
    "access_tokens": 0,
    "grants": 0,
    "idempotency_keys": 0,
    "outbox_messages": 0,
    "sessions": 0,
    "events": 0,
    "history_of_deleted_rows": 0,
    "client_usage": 0,
    "anonymised_closes": 0,
    "anonymised_community_services": 0,
    "anonymised_deleted_rows": 0,
    "intervention_sessions": 0,
    "signature_uploads": 0,
    "pin_tries": 0,
    "service_runs": 0,
    "routine_service_runs": 0,
}


def purge(*words) -> dict:
    out = io.StringIO()
    call_command("purge", "--json", *words, stdout=out)
    return json.loads(out.getvalue())


def counted(**expected) -> dict:
    return {**NOTHING, **expected}


def purge_twice(**expected) -> None:
    """The dry run says what the purge then does, and nothing is left for the next one."""
    before = everything()
    assert purge("--dry-run") == {"dry_run": True, **counted(**expected)}
    assert everything() == before
    assert purge() == {"dry_run": False, **counted(**expected)}
    assert purge() == {"dry_run": False, **NOTHING}


def everything() -> list:
    models = (AccessToken, RefreshToken, Grant, IdempotencyKey, Session, OutboxMessage, User)
    models += (Close, CommunityService, Contest, Close.history.model, CommunityService.history.model)
    return [list(model.objects.order_by("pk").values()) for model in models]


def ago(**span):
    return timezone.now() - timedelta(**span)
