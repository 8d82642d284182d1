"""Closes and community services past their organization's retention are anonymised, with their traces [contract 10].

The student becomes a placeholder person; what was written about him goes from the row, its history and its messages.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.locks import atomic
from core.models import Organization
from core.people import placeholder, placeholders
from core.privacy.anonymising import blank, forget_messages, forget_records, messages_about
from core.privacy.found import in_batches
from core.privacy.parts import Part
from core.purge import register
from core.retention import Kind, deadlines
from scheduling.models import Close, CommunityService, Contest
from scheduling.privacy import CLOSES, CONTESTS, SERVICES
from scheduling.services import student_time

Anonymise = Callable[[Any], None]
SERVICE_STATE = CommunityService.State
DUTIES = Kind("closes_and_services", _("Who was closed and had community services (anonymised)"), lowest=30)


def anonymise_closes(dry_run: bool, organization: Organization | None = None) -> int:
    """Uncloses that nothing happened to for that long, with their contest."""
    return _each(old_closes, _anonymise_close, dry_run, organization)


def anonymise_community_services(dry_run: bool, organization: Organization | None = None) -> int:
    """Judged, or of a close that is over or was never there, and untouched for that long."""
    return _each(_open_old_services, _anonymise_service, dry_run, organization)


def anonymise_deleted_rows(dry_run: bool, organization: Organization | None = None) -> int:
    """What the history keeps of rows that were deleted that long ago."""
    found = [(part, list(pks)) for part in (CLOSES, CONTESTS, SERVICES) for pks in _deleted(part, organization)]
    if not dry_run:
        for part, pks in found:
            _forget_in_batches(part, pks)
    return sum(len(pks) for _part, pks in found)


def old_services(organization_id: int, before: datetime) -> QuerySet[CommunityService]:
    over = ~Q(state=SERVICE_STATE.SCHEDULE) | Q(close=None) | Q(close__state=Close.State.UNCLOSE)
    past = Q(schedule_at=None) | Q(schedule_at__lt=before)
    return CommunityService.objects.filter(over, past, organization_id=organization_id, updated_at__lt=before)


def old_closes(organization_id: int, before: datetime) -> QuerySet[Close]:
    """Not while one of its services or its contest is younger: they need to know whose they are."""
    contests = Contest.objects.filter(organization_id=organization_id, updated_at__gte=before)
    services = CommunityService.objects.filter(organization_id=organization_id, close__isnull=False)
    young = _open(SERVICES, services).exclude(pk__in=old_services(organization_id, before).values("pk"))
    closes = Close.objects.filter(organization_id=organization_id, state=Close.State.UNCLOSE, updated_at__lt=before)
    kept = Q(pk__in=contests.values("close")) | Q(pk__in=young.values("close"))
    return closes.exclude(kept).exclude(user__in=placeholders())


def _open(part: Part, rows: QuerySet) -> QuerySet:
    """Those that are not anonymised yet."""
    field, word = next(iter(part.blanks.items()))
    return rows.exclude(**{field: word})


def _open_old_services(organization_id: int, before: datetime) -> QuerySet[CommunityService]:
    return _open(SERVICES, old_services(organization_id, before))


def _each(find: Callable[..., QuerySet], anonymise: Anonymise, dry_run: bool, organization: Organization | None) -> int:
    return sum(_each_of(find(*limit), anonymise, dry_run) for limit in deadlines(DUTIES, organization))


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
    blank(close, {**CLOSES.blanks, "user": placeholder()})
    _forget(CLOSES, [close.pk])
    for contest in Contest.objects.filter(close=close):
        blank(contest, CONTESTS.blanks)
        _forget(CONTESTS, [contest.pk])


def _anonymise_service(service: CommunityService) -> None:
    blank(service, SERVICES.blanks)
    student_time.free([service.pk])
    _forget(SERVICES, [service.pk])


def _deleted(part: Part, organization: Organization | None) -> Iterator[QuerySet]:
    for organization_id, before in deadlines(DUTIES, organization):
        rows = part.model.history.filter(organization_id=organization_id, history_type="-", history_date__lt=before)
        yield _open(part, rows).order_by("id").values_list("id", flat=True)


def _forget_in_batches(part: Part, pks: list[int]) -> None:
    for some in in_batches(pks):
        with atomic():
            _forget(part, some)


def _forget(part: Part, pks: Collection[int]) -> None:
    """In the rows' history and in the messages that told of them."""
    records, nobody = part.model.history.filter(id__in=pks), placeholder()
    forget_records(records, {**part.blanks, "user": nobody})
    # What came through the student's own page names him as the one who did it.
    records.filter(door="student").update(history_user=nobody)
    forget_messages(messages_about(part.model, pks))


register("anonymised_closes", anonymise_closes, DUTIES)
register("anonymised_community_services", anonymise_community_services, DUTIES)
register("anonymised_deleted_rows", anonymise_deleted_rows, DUTIES)
