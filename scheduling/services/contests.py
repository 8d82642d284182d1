"""A student's objection to a close, and its decision. Atomic: locks, rules, write, audit, outbox."""

from collections.abc import Collection

from django.utils import timezone
from django.utils.translation import gettext as _

from core.changes import check_fields, refuse
from core.errors import StateConflict
from core.events import record
from core.locks import atomic
from core.models import Role, User
from scheduling import emails, events, rules
from scheduling.models import Close, Contest
from scheduling.services.closes import set_close_state
from scheduling.services.community_services import lock_close

State = Contest.State


@atomic
def contest_close(close: Close, text: str) -> Contest:
    """The student's objection, once a close [contract 10, ours]."""
    close = lock_close(close)
    if Contest.objects.filter(close=close).exists():
        raise StateConflict(_("was contested already"), [])
    if not text.strip():
        refuse("text", "required", _("must say why"))
    contest = Contest(organization_id=close.organization_id, close=close, text=text.strip())
    contest.full_clean()
    contest.save()
    record(events.CONTESTED, close)
    return contest


@atomic
def decide_contest(
    pk: int, decided_by: User, accept: bool, comment: str = "", versions: Collection[int] | None = None
) -> Contest:
    """By staff who are neither the close's author nor its student; accepting uncloses. The student is told."""
    close_id = Contest.objects.values_list("close_id", flat=True).get(pk=pk)
    close = Close.objects.select_related("organization").locked(close_id)
    contest = Contest.objects.locked(pk, versions).changed(close=close)
    check_decide(contest, decided_by)
    if not decided_by.is_superuser:
        rules.check_member("decided_by", close.organization_id, decided_by, Role.BASIC_STAFF)
    state = State.ACCEPTED if accept else State.REFUSED
    contest.changed(state=state, decided_by=decided_by, decided_at=timezone.now(), comment=comment.strip())
    check_fields(contest, {"comment"})
    contest.save()
    if accept:
        set_close_state(close.pk, Close.State.UNCLOSE)
    emails.queue_contest_decided(contest)
    return contest


def check_decide(contest: Contest, decided_by: User) -> None:
    """Raises StateConflict once it is decided, ValidationError for whom it concerns; the role is the door's to ask."""
    if contest.state != State.PENDING:
        raise StateConflict(_("is already decided"), [State.PENDING])
    if decided_by.pk in {contest.close.closer_id, contest.close.user_id}:
        refuse("decided_by", "own_close", _("must be another member of staff than the author of the close"))
