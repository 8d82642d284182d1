"""What may be deleted or anonymised after a while: core's own kinds, and those that apps `register`."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import (
    get_access_token_model,
    get_grant_model,
    get_refresh_token_model,
    refresh_token_expire_timedelta,
)

from core.mail import prune_outbox
from core.models import IdempotencyKey, Organization
from core.places import is_history, path_to_organization, plain_model, rows_within
from core.retention import Kind, add_kind, deadlines
from core.service_scripts import Run, Shipped, service_script

AccessToken, RefreshToken, Grant = get_access_token_model(), get_refresh_token_model(), get_grant_model()

# How long a stored answer is replayed [contract 00].
KEEP_IDEMPOTENCY_KEYS = timedelta(hours=24)
TOKENS = Kind("tokens", _("Tokens of clients"), fixed=_("until they expire"))
ANSWERS = Kind("idempotency_keys", _("Stored answers to repeated requests"), fixed=_("24 hours"))
SESSIONS = Kind("sessions", _("Log-ins"), fixed=_("until they expire"))
MESSAGES = Kind("outbox_messages", _("Sent and cancelled messages"), default=30, highest=3650)
HISTORY = Kind("history_of_deleted_rows", _("History of rows that were deleted"), lowest=30)
BATCH = 1000
CLEANING = Shipped("cleardata", "Daily cleaning", every=timedelta(days=1))

# Given True it only counts; it answers how many rows it deleted or changed, or would: of this organization and of
# nobody's, or, without one, of all.
Purge = Callable[[bool, Organization | None], int]
_purges: dict[str, Purge] = {}
_kinds: dict[str, Kind] = {}


def register(name: str, purge: Purge, kind: Kind) -> None:
    """`name` is that of its count in the command's answer; `kind` says how long, `retention.deadlines` since when."""
    _purges[name], _kinds[name] = purge, add_kind(kind)


def waiting(organization: Organization) -> Counter:
    """How many rows the next run would take, by the kind's name: of this organization and of nobody's."""
    counts: Counter = Counter()
    for name, purge in _purges.items():
        counts[_kinds[name].name] += purge(True, organization)
    return counts


def run(dry_run: bool = False, organization: Organization | None = None) -> dict[str, int]:
    """Every purge, in the order of registration: the counts by name."""
    return {name: purge(dry_run, organization) for name, purge in _purges.items()}


def of(organization: Organization | None, name: str = "organization") -> dict:
    """The filter for a purge's rows."""
    return {name: organization} if organization else {}


@service_script("purge_archived", title=_("Deletes what is expired or past its retention"), ships=CLEANING)
def purge_archived(run: Run) -> dict[str, int]:
    counts = {}
    for number, (name, purge) in enumerate(_purges.items()):
        run.progress(number, len(_purges), name)
        counts[name] = purge(False, run.organization)
    run.progress(len(_purges), len(_purges))
    return {name: count for name, count in counts.items() if count}


def delete_in_batches(rows: QuerySet, dry_run: bool) -> int:
    """Delete (or count) these rows, a thousand a transaction, so that nobody waits for long."""
    if dry_run:
        return rows.count()
    deleted = 0
    while pks := list(rows.values_list("pk", flat=True)[:BATCH]):
        # Judged once more: a stored answer that was too old may have been replaced meanwhile.
        deleted += rows.order_by().filter(pk__in=pks).delete()[1].get(rows.model._meta.label, 0)
    return deleted


def _dead_refresh_tokens() -> Q:
    """Expired, or revoked for as long: until then a revoked one tells that a stolen one is used again."""
    before = timezone.now() - refresh_token_expire_timedelta()
    unused = Q(access_token=None) | Q(access_token__expires__lte=before)
    return Q(revoked__lte=before) | Q(unused, revoked=None)


def purge_refresh_tokens(dry_run: bool, organization: Organization | None = None) -> int:
    return delete_in_batches(RefreshToken.objects.filter(_dead_refresh_tokens()), dry_run)


def purge_access_tokens(dry_run: bool, organization: Organization | None = None) -> int:
    """Expired, and not what a living refresh token hangs on."""
    living = RefreshToken.objects.exclude(pk__in=RefreshToken.objects.filter(_dead_refresh_tokens()).values("pk"))
    expired = AccessToken.objects.filter(expires__lt=timezone.now())
    needed = living.exclude(access_token=None).values("access_token")
    return delete_in_batches(expired.exclude(pk__in=needed), dry_run)


def purge_grants(dry_run: bool, organization: Organization | None = None) -> int:
    return delete_in_batches(Grant.objects.filter(expires__lt=timezone.now()), dry_run)


def purge_idempotency_keys(dry_run: bool, organization: Organization | None = None) -> int:
    before = timezone.now() - KEEP_IDEMPOTENCY_KEYS
    return delete_in_batches(IdempotencyKey.objects.filter(created_at__lt=before), dry_run)


def purge_messages(dry_run: bool, organization: Organization | None = None) -> int:
    return sum(prune_outbox(*limit, dry_run=dry_run) for limit in deadlines(MESSAGES, organization))


def purge_sessions(dry_run: bool, organization: Organization | None = None) -> int:
    return delete_in_batches(Session.objects.filter(expire_date__lt=timezone.now()), dry_run)


def purge_history(dry_run: bool, organization: Organization | None = None) -> int:
    """All records of rows that were deleted that long ago."""
    placed = [model for model in apps.get_models() if is_history(model) and path_to_organization(plain_model(model))]
    limits = list(deadlines(HISTORY, organization))
    return sum(_purge_records(model, *limit, dry_run) for limit in limits for model in placed)


def _purge_records(model, organization_id: int, before: datetime, dry_run: bool) -> int:
    there = rows_within(model, Organization(pk=organization_id))
    gone = model.objects.filter(there, history_type="-", history_date__lt=before)
    key = plain_model(model)._meta.pk.attname
    # The record of the deletion is the last to go: by it the others are found.
    return delete_in_batches(model.objects.filter(**{f"{key}__in": gone.values(key)}).order_by("history_id"), dry_run)


register("refresh_tokens", purge_refresh_tokens, TOKENS)
register("access_tokens", purge_access_tokens, TOKENS)
register("grants", purge_grants, TOKENS)
register("idempotency_keys", purge_idempotency_keys, ANSWERS)
register("outbox_messages", purge_messages, MESSAGES)
register("sessions", purge_sessions, SESSIONS)
register("history_of_deleted_rows", purge_history, HISTORY)
