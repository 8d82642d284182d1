"""Every change of a community service, for every door. Atomic: locks, rules, write, audit, outbox."""

from collections.abc import Collection
from copy import copy
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.changes import apply_changes, refuse
from core.errors import Busy, StateConflict
from core.events import record
from core.locks import atomic
from core.models import Organization
from core.statements import Composed
from scheduling import emails, events, rules
from scheduling.models import Close, CommunityService
from scheduling.services import student_time

State = CommunityService.State
# Staff may correct one judgement into the other; nothing goes back to `schedule` [contract 10, ours].
TRANSITIONS = {
    State.SCHEDULE: {State.VALIDATED, State.INVALIDATED},
    State.VALIDATED: {State.INVALIDATED},
    State.INVALIDATED: {State.VALIDATED},
}
CLOSE = Composed(lambda pk: Close.objects.select_for_update(of=("self",)).filter(pk=pk))
CLOSE_AND_STUDENT = Composed(
    lambda pk: Close.objects.select_for_update(of=("self",)).select_related("user").filter(pk=pk)
)


@atomic
def create_community_service(organization: Organization, values: dict, **links) -> CommunityService:
    """values: duration, occupation, schedule_at, close, supervisor. The close's student is told by e-mail."""
    close = values.get("close")
    if close is not None:
        values = {**values, "close": _locked(close.pk) or Close(pk=close.pk)}
    service = check_new(organization, values, **links)
    service.save()
    record(events.SERVICE_CREATED, service)
    student_time.take(service)
    settle(service)
    if service.close:
        record(events.SERVICE_ASSIGNED, service)
        emails.queue_assigned(service)
    return service


def check_new(organization: Organization, values: dict, **links) -> CommunityService:
    """The unsaved service of these values, once every rule agrees; writes nothing."""
    service = CommunityService(organization=organization, **_with_start(organization, values), **links)
    rules.check_community_service(service, {*values, *links})
    return service


def check_update(service: CommunityService, values: dict) -> None:
    """Every rule that these values would break; writes nothing."""
    draft = copy(service)
    rules.check_community_service(
        draft, apply_changes(draft, _with_start(service.organization, values, service.schedule_at))
    )


@atomic
def update_community_service(pk: int, values: dict, versions: Collection[int] | None = None) -> CommunityService:
    """Only what differs is checked and written; going to another student's close tells that student."""
    service, new_close = _lock(pk, versions, values.get("close"))
    if new_close:
        values = {**values, "close": new_close}
    student = service.close and service.close.user_id
    changed = apply_changes(service, _with_start(service.organization, values, service.schedule_at))
    if not changed:
        return service
    rules.check_community_service(service, changed)
    reassigned = service.close is not None and service.close.user_id != student
    service.link_version += reassigned
    service.save()
    record(events.SERVICE_SCHEDULED if "schedule_at" in changed else events.SERVICE_UPDATED, service)
    if changed & {"schedule_at", "duration", "close"}:
        student_time.keep(service)
    if "schedule_at" in changed:
        settle(service)
    if reassigned:
        record(events.SERVICE_ASSIGNED, service)
        emails.queue_assigned(service)
    return service


def _with_start(organization: Organization, values: dict, stored: datetime | None = None) -> dict:
    """With the organization's hour in a new date; one that is stored may be sent back as it was."""
    instant = values.get("schedule_at")
    if instant == stored:
        return values
    return {**values, "schedule_at": rules.start_of(organization, instant)} if instant else values


def settle(service: CommunityService) -> None:
    """A service got its date: its close is unclosed once no scheduled service is left without one [contract 10]."""
    close = service.close
    if service.schedule_at is None or close is None or close.state != Close.State.CLOSE:
        return
    if close.community_services.undated().exists():
        return
    enter_state(close, Close.State.UNCLOSE)


def enter_state(close: Close, state: Close.State) -> None:
    """Of a locked close."""
    close.changed(state=state).save()
    record(events.CLOSED if state == Close.State.CLOSE else events.UNCLOSED, close)


def lock_close(close: Close) -> Close:
    """The close, locked and fresh. Locks are taken closes first, then services, so that none waits in a ring."""
    return _locked(close.pk) or refuse("close", "must_exist", _("must exist"))


def _locked(pk: int) -> Close | None:
    """With its student; without where another transaction exchanges him, as PostgreSQL then finds no joined row."""
    return CLOSE_AND_STUDENT.first(pk) or CLOSE.first(pk)


def lock_service(pk: int, versions: Collection[int] | None = None) -> CommunityService:
    """The service and its close, locked and fresh; raises DoesNotExist, StaleVersion, Busy."""
    return _lock(pk, versions, None)[0]


def _lock(pk: int, versions: Collection[int] | None, new_close: Close | None) -> tuple[CommunityService, Close | None]:
    """The service with its close, and the close that it goes to, all locked in order."""
    seen = CommunityService.objects.values_list("close_id", flat=True).get(pk=pk)
    closes = {close_id for close_id in (seen, new_close and new_close.pk) if close_id}
    locked = {close.pk: close for close in Close.objects.locked_all(closes)}
    service = CommunityService.objects.select_related("organization__scheduling_settings").locked(pk, versions)
    if service.close_id != seen:
        raise Busy("The community service is being moved at this moment")
    if seen:
        service.close = locked[seen]
    return service, new_close and (locked.get(new_close.pk) or Close(pk=new_close.pk))


@atomic
def judge_community_service(pk: int, state: State, versions: Collection[int] | None = None) -> CommunityService:
    """Validate or invalidate; the same again changes nothing."""
    service = lock_service(pk, versions)
    if service.state == state:
        return service
    check_judge(service, state)
    former = service.state
    service.changed(state=state).save()
    record(events.SERVICE_VALIDATED if state == State.VALIDATED else events.SERVICE_INVALIDATED, service)
    if State.INVALIDATED in {former, state}:
        student_time.keep(service)
    return service


def check_judge(service: CommunityService, state: State) -> None:
    """Raises StateConflict where nothing leads from its state to this one, not even the same again."""
    if state not in TRANSITIONS[State(service.state)]:
        raise _already(service, sorted(source for source, targets in TRANSITIONS.items() if state in targets))


def _already(service: CommunityService, allowed: Collection[str]) -> StateConflict:
    return StateConflict(_("is already %(state)s") % {"state": service.get_state_display().lower()}, list(allowed))


@atomic
def delete_community_service(pk: int, versions: Collection[int] | None = None) -> None:
    remove(lock_service(pk, versions))


def remove(service: CommunityService) -> None:
    """Delete the locked service; what made up for it says so no more, in its own history."""
    for later in CommunityService.objects.filter(makes_up=service):
        later.changed(makes_up=None).save()
        record(events.SERVICE_UPDATED, later)
    student_time.free([service.pk])
    record(events.SERVICE_DELETED, service)
    service.delete()


@atomic
def pick_day(pk: int, link_version: int, day: date) -> CommunityService:
    """The student's choice, once: a day that is not allowed → ValidationError; a date already there stays."""
    service = lock_service(pk)
    if service.link_version != link_version or service.state != State.SCHEDULE:
        raise CommunityService.DoesNotExist
    if service.schedule_at:
        return service
    if day not in rules.allowed_days(service.organization):
        raise ValidationError({"day": ValidationError(_("this day cannot be chosen"), code="day")})
    return update_community_service(pk, {"schedule_at": rules.day_start(service.organization, day)})


@atomic
def make_up(pk: int, reason: str, versions: Collection[int] | None = None) -> CommunityService:
    """A missed service is invalidated and the next one, linked to it, is assigned [contract 10, ours]."""
    missed = lock_service(pk, versions)
    check_make_up(missed)
    if not reason.strip():
        refuse("reason", "required", _("must be given"))
    judge_community_service(pk, State.INVALIDATED)
    values = {name: getattr(missed, name) for name in ("duration", "occupation", "close", "supervisor")}
    return create_community_service(missed.organization, values, makes_up=missed, make_up_reason=reason.strip())


def check_make_up(service: CommunityService) -> None:
    """Raises StateConflict where nothing was missed, or the next one is assigned already."""
    if service.state == State.VALIDATED:
        raise StateConflict(_("is validated: nothing to make up"), [State.SCHEDULE, State.INVALIDATED])
    if hasattr(service, "made_up_by"):
        raise StateConflict(_("was made up already"), [])


@atomic
def resend_assignment(pk: int, versions: Collection[int] | None = None) -> None:
    """Tell the student again, with a new link."""
    service = lock_service(pk, versions)
    check_resend(service)
    emails.queue_assigned(service)


def check_resend(service: CommunityService) -> None:
    """Raises StateConflict where there is nobody to tell, or nothing left to do."""
    if service.close_id is None:
        raise StateConflict(_("has no close, so nobody to tell"), [])
    if service.state != State.SCHEDULE:
        raise _already(service, [State.SCHEDULE])
