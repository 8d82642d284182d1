"""Every change of a close, for every door. Atomic: locks, rules, write, audit, outbox."""

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.changes import apply_changes, check_all
from core.errors import StateConflict
from core.events import record
from core.locks import atomic
from core.models import Organization
from scheduling import emails, events, rules
from scheduling.models import Close, CommunityService
from scheduling.services import student_time
from scheduling.services.community_services import create_community_service, enter_state, remove

State = Close.State


@dataclass(frozen=True)
class Nested:
    """What a close's form says of one of its services: a new one (no pk), a change, or its removal."""

    values: dict = field(default_factory=dict)
    pk: int | None = None
    remove: bool = False


@atomic
def create_close(organization: Organization, values: dict, nested: Collection[Nested] = ()) -> Close:
    """values: user, closer, kind, reason, end_at. All or nothing; each nested service e-mails the student."""
    close = check_new(organization, values, nested)
    close.save()
    record(events.CLOSED, close)
    for one in nested:
        if not one.remove:
            create_community_service(organization, {**one.values, "close": close})
    return close


def check_new(organization: Organization, values: dict, nested: Collection[Nested] = ()) -> Close:
    """The unsaved close of these values, once every rule agrees; writes nothing."""
    close = Close(organization=organization, **values)
    check_all(lambda: rules.check_close(close, set(values)), lambda: check_nested(nested))
    return close


def check_update(close: Close, values: dict, nested: Collection[Nested] = ()) -> None:
    """Every rule that these values would break; writes nothing."""
    draft = copy(close)
    changed = apply_changes(draft, values)
    check_all(lambda: rules.check_close(draft, changed), lambda: _check_changed_nested(close, nested))


def check_nested(nested: Collection[Nested]) -> None:
    """The durations that a nested service may have; errors stand under `community_services.<number>.<field>`."""
    check_all(*(lambda number=number, one=one: _check_one(number, one) for number, one in enumerate(nested)))


def _check_one(number: int, one: Nested) -> None:
    if one.remove or "duration" not in one.values:
        return
    try:
        rules.check_nested_duration(one.values["duration"])
    except ValidationError as error:
        raise numbered(number, error) from None


def numbered(number: int, error: ValidationError) -> ValidationError:
    """The error of one nested service, its fields named by the place in the list."""
    return ValidationError({f"community_services.{number}.{name}": found for name, found in error.error_dict.items()})


@atomic
def update_close(
    pk: int, values: dict, nested: Collection[Nested] = (), versions: Collection[int] | None = None
) -> Close:
    """Only what differs is checked and written; another student is told of what is now assigned to him."""
    close = Close.objects.select_related("organization__scheduling_settings").locked(pk, versions)
    changed = apply_changes(close, values)
    check_all(lambda: rules.check_close(close, changed), lambda: _check_changed_nested(close, nested))
    if changed:
        close.save()
        record(events.CLOSE_UPDATED, close)
    if "user" in changed:
        _hand_over(close)
    touched = [_apply_nested(close, number, one) for number, one in enumerate(nested)]
    if any(touched) and not changed:
        # Its services are part of what was read, so whoever read it before is told that it changed.
        close.save()
    return close


def _check_changed_nested(close: Close, nested: Collection[Nested]) -> None:
    stored = dict(close.community_services.values_list("pk", "duration"))
    unchanged = {pk for one in nested if (pk := one.pk) and one.values.get("duration") == stored.get(pk)}
    check_nested([Nested() if one.pk in unchanged else one for one in nested])


def _hand_over(close: Close) -> None:
    """Scheduled services now belong to another student: old links end, the new student is told."""
    for service in close.community_services.filter(state=CommunityService.State.SCHEDULE).order_by("pk"):
        service.changed(link_version=service.link_version + 1, close=close).save()
        record(events.SERVICE_ASSIGNED, service)
        emails.queue_assigned(service)
    for service in close.community_services.select_related("close__user"):
        student_time.keep(service)


def _apply_nested(close: Close, number: int, one: Nested) -> bool:
    """Whether anything was written."""
    if one.pk is None:
        return not one.remove and bool(create_community_service(close.organization, {**one.values, "close": close}))
    service = close.community_services.select_for_update().filter(pk=one.pk).first()
    if service is None:
        error = ValidationError({"id": ValidationError(_("must exist"), code="must_exist")})
        raise numbered(number, error)
    if one.remove:
        remove(service)
        return True
    changed = apply_changes(service, one.values)
    rules.check_community_service(service, changed)
    if changed:
        service.save()
        record(events.SERVICE_UPDATED, service)
        student_time.keep(service)
    return bool(changed)


@atomic
def set_close_state(pk: int, state: State, versions: Collection[int] | None = None) -> Close:
    """Close or unclose the account; the same again changes nothing."""
    close = Close.objects.locked(pk, versions)
    if close.state == state:
        return close
    check_close_state(close, state)
    enter_state(close, state)
    return close


def check_close_state(close: Close, state: State) -> None:
    """Raises StateConflict for the same again, ValidationError for closing what has ended."""
    if close.state == state:
        raise StateConflict(_("is already %(state)s") % {"state": close.get_state_display().lower()}, _others(state))
    if state == State.CLOSE and close.end_at:
        # The periodic task would unclose it within the minute.
        rules.check_future(close.end_at)


def _others(state: State) -> list[str]:
    return [other for other in State.values if other != state]


@atomic
def delete_close(pk: int, versions: Collection[int] | None = None) -> None:
    """With its services and its contest [contract 10, ours]."""
    close = Close.objects.locked(pk, versions)
    student_time.free_close(close)
    for service in close.community_services.order_by("pk"):
        record(events.SERVICE_DELETED, service)
    record(events.CLOSE_DELETED, close)
    close.delete()


def unclose_ended(organization: Organization) -> int:
    """Unclose every close whose end is past; the number of them."""
    rows = Close.objects.ended().filter(organization=organization)
    ended = list(rows.order_by("pk").values_list("pk", flat=True))
    return sum(_unclose_if_ended(pk) for pk in ended)


@atomic
def _unclose_if_ended(pk: int) -> bool:
    close = Close.objects.ended().select_for_update().filter(pk=pk).first()
    if close is None:
        return False
    enter_state(close, State.UNCLOSE)
    return True
