"""Closes and community services past their organization's retention are anonymised, with their traces [contract 10].

The student becomes a placeholder person; what was written about him goes from the row, its history and its messages.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.locks import atomic
from core.models import Organization, OutboxMessage
from core.people import PLACEHOLDER_EMAIL, placeholder, placeholders
from core.purge import of, register
from scheduling.models import Close, CommunityService, Contest, SchedulingSettings
from scheduling.services import student_time

Kind = type[Close] | type[Contest] | type[CommunityService]
Anonymise = Callable[[Any], None]

ANONYMISED = "anonymised"
# The first field of each says, by this very word, that the row is done.
BLANKS: dict[Kind, dict[str, str]] = {
    Close: {"reason": ANONYMISED},
    Contest: {"text": ANONYMISED, "comment": ""},
    CommunityService: {"occupation": ANONYMISED, "make_up_reason": ""},
}
SERVICE_STATE = CommunityService.State
MESSAGE_STATE = OutboxMessage.State
BATCH = 500


def anonymise_closes(dry_run: bool, organization: Organization | None = None) -> int:
    """Uncloses that nothing happened to for that long, with their contest."""
    return _each(old_closes, _anonymise_close, dry_run, organization)


def anonymise_community_services(dry_run: bool, organization: Organization | None = None) -> int:
    """Judged, or of a close that is over or was never there, and untouched for that long."""
    return _each(_open_old_services, _anonymise_service, dry_run, organization)


def anonymise_deleted_rows(dry_run: bool, organization: Organization | None = None) -> int:
    """What the history keeps of rows that were deleted that long ago."""
    found = [(model, list(pks)) for model in BLANKS for pks in _deleted(model, organization)]
    if not dry_run:
        for model, pks in found:
            _forget_in_batches(model, pks)
    return sum(len(pks) for _model, pks in found)


def limits(organization: Organization | None = None) -> Iterator[tuple[int, datetime]]:
    """(organization's id, the instant before which its rows are old), where a retention is set."""
    now = timezone.now()
    rows = SchedulingSettings.objects.filter(**of(organization))
    for organization_id, days in rows.values_list("organization_id", "retention_days"):
        if days:
            yield organization_id, now - timedelta(days=days)


def old_services(organization_id: int, before: datetime) -> QuerySet[CommunityService]:
    over = ~Q(state=SERVICE_STATE.SCHEDULE) | Q(close=None) | Q(close__state=Close.State.UNCLOSE)
    past = Q(schedule_at=None) | Q(schedule_at__lt=before)
    return CommunityService.objects.filter(over, past, organization_id=organization_id, updated_at__lt=before)


def old_closes(organization_id: int, before: datetime) -> QuerySet[Close]:
    """Not while one of its services or its contest is younger: they need to know whose they are."""
    contests = Contest.objects.filter(organization_id=organization_id, updated_at__gte=before)
    services = CommunityService.objects.filter(organization_id=organization_id, close__isnull=False)
    young = _open(CommunityService, services).exclude(pk__in=old_services(organization_id, before).values("pk"))
    closes = Close.objects.filter(organization_id=organization_id, state=Close.State.UNCLOSE, updated_at__lt=before)
    kept = Q(pk__in=contests.values("close")) | Q(pk__in=young.values("close"))
    return closes.exclude(kept).exclude(user__in=placeholders())


def _open(model: Kind, rows: QuerySet) -> QuerySet:
    """Those that are not anonymised yet."""
    field, word = next(iter(BLANKS[model].items()))
    return rows.exclude(**{field: word})


def _open_old_services(organization_id: int, before: datetime) -> QuerySet[CommunityService]:
    return _open(CommunityService, old_services(organization_id, before))


def _each(find: Callable[..., QuerySet], anonymise: Anonymise, dry_run: bool, organization: Organization | None) -> int:
    return sum(_each_of(find(*limit), anonymise, dry_run) for limit in limits(organization))


def _each_of(rows: QuerySet, anonymise: Anonymise, dry_run: bool) -> int:
    if dry_run:
        return rows.count()
    pks = list(rows.order_by("pk").values_list("pk", flat=True))
    return sum(_if_still_old(rows.filter(pk=pk), anonymise) for pk in pks)


@atomic
def _if_still_old(row: QuerySet, anonymise: Anonymise) -> bool:
    found = row.select_for_update(of=("self",)).first()
    if found is None:
        return False
    anonymise(found)
    return True


def _anonymise_close(close: Close) -> None:
    close.changed(user=placeholder(), **BLANKS[Close]).save()
    _forget(Close, [close.pk])
    for contest in Contest.objects.filter(close=close):
        contest.changed(**BLANKS[Contest]).save()
        _forget(Contest, [contest.pk])


def _anonymise_service(service: CommunityService) -> None:
    service.changed(**BLANKS[CommunityService]).save()
    student_time.free([service.pk])
    _forget(CommunityService, [service.pk])


def _deleted(model: Kind, organization: Organization | None) -> Iterator[QuerySet]:
    for organization_id, before in limits(organization):
        rows = model.history.filter(organization_id=organization_id, history_type="-", history_date__lt=before)
        yield _open(model, rows).order_by("id").values_list("id", flat=True)


def _forget_in_batches(model: Kind, pks: list[int]) -> None:
    for start in range(0, len(pks), BATCH):
        with atomic():
            _forget(model, pks[start : start + BATCH])


def _forget(model: Kind, pks: list[int]) -> None:
    """In the rows' history and in the messages that told of them."""
    _forget_history(model, pks)
    messages = OutboxMessage.objects.filter(entity=model._meta.label_lower, entity_id__in=pks)
    messages.filter(state__in=[MESSAGE_STATE.QUEUED, MESSAGE_STATE.FAILED]).update(state=MESSAGE_STATE.CANCELLED)
    messages.update(address=PLACEHOLDER_EMAIL, recipient=None, subject="", text="", params={}, error="")


def _forget_history(model: Kind, pks: list[int]) -> None:
    history, nobody = model.history.filter(id__in=pks), placeholder()
    history.update(**BLANKS[model])
    # What came through the student's own page names him as the one who did it.
    history.filter(door="student").update(history_user=nobody)
    if model is Close:
        history.update(user=nobody)


register("anonymised_closes", anonymise_closes)
register("anonymised_community_services", anonymise_community_services)
register("anonymised_deleted_rows", anonymise_deleted_rows)
