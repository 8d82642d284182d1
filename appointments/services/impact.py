"""What a closing does: which appointments ahead it hits, where they could go, what becomes of them [contract 40].

The change itself is made, and looked at before and after; a preview takes it back.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Prefetch, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import emails, events
from appointments.availability import Judgement, judge
from appointments.calendar_time import load, seconds
from appointments.models import Appointment, AppointmentLine, BookingSettings, Calendar
from appointments.services import changes
from appointments.services.proposals import Proposal, by_services, propose, wanted_of
from core.errors import Busy, StateConflict
from core.events import record
from core.locks import atomic
from scheduling.intervals import Interval
from scheduling.models import Resource
from scheduling.services import busy

SECOND = timedelta(seconds=1)
Result = TypeVar("Result")


class OnHit(models.TextChoices):
    """What becomes of an appointment that is hit; staff are told of it in each case but where it could be moved."""

    KEEP = "keep", gettext_lazy("Keep it")
    MOVE = "move", gettext_lazy("Move it as proposed")
    NOTIFY = "notify", gettext_lazy("Tell the customer")
    CANCEL = "cancel", gettext_lazy("Cancel it")


@dataclass(frozen=True)
class Impact:
    """hits: in order of their start; proposals: appointment's id → where it could go."""

    hits: list[Appointment]
    proposals: dict[int, Proposal]


def preview(calendar_ids: Collection[int], change: Callable[[], object]) -> Impact:
    """What the change would do to these calendars' appointments; nothing of it stays. Raises what `change` does."""
    with atomic(), transaction.atomic():
        _done, hits = _changed(calendar_ids, change)
        found = Impact(hits, propose(hits))
        transaction.set_rollback(True)
    return found


def carry_out(
    calendar_ids: Collection[int],
    change: Callable[[], Result],
    *,
    on_hit: str = OnHit.KEEP,
    choices: Mapping[int, str] | None = None,
    tell: Callable[[Sequence[Appointment]], object] = len,
) -> Result:
    """The change's result. What it hits is flagged to staff in its transaction, then treated one by one.

    choices: appointment's id → OnHit, where it is not `on_hit`. What cannot be moved stays, and stays flagged.
    tell: is given what was hit, in order of its start.
    """
    chosen = choices or {}
    with atomic():
        _hold(calendar_ids)
        result, hits = _changed(calendar_ids, change)
        proposals = propose(hits) if OnHit.MOVE in {on_hit, *chosen.values()} else {}
        _flag(hits)
    for hit in hits:
        _settle(hit, chosen.get(hit.pk, on_hit), proposals.get(hit.pk))
    tell(hits)
    return result


def calendars_of(resource: Resource) -> list[int]:
    """Ids of the calendars that an absence of this resource closes."""
    return list(Calendar.objects.alive().filter(resource=resource).values_list("pk", flat=True))


# -- which are hit ------------------------------------------------------------------------------------------


def _changed(calendar_ids: Collection[int], change: Callable[[], Result]) -> tuple[Result, list[Appointment]]:
    """With the resources locked, so that nothing is booked between the two looks."""
    if not calendar_ids:
        return change(), []
    busy.lock_resources(Calendar.objects.filter(pk__in=calendar_ids).values_list("resource_id", flat=True))
    ahead = _ahead(calendar_ids)
    before = _judged(ahead)
    result = change()
    after = _judged(ahead)
    return result, [each for each in ahead if _is_hit(before.get(each.pk), after.get(each.pk))]


def _hold(calendar_ids: Collection[int]) -> None:
    """The appointments that may be flagged, before the resources: in the order in which a move locks the two."""
    rows = _upcoming(calendar_ids).select_for_update(of=("self",)).order_by("pk")
    list(rows.values_list("pk", flat=True))


def _upcoming(calendar_ids: Collection[int]) -> QuerySet[Appointment]:
    return Appointment.objects.alive().upcoming().filter(calendar__in=calendar_ids)


def _ahead(calendar_ids: Collection[int]) -> list[Appointment]:
    lines = Prefetch("lines", AppointmentLine.objects.select_related("service"))
    rows = _upcoming(calendar_ids).select_related("organization__booking_settings", "customer")
    return list(rows.prefetch_related(lines).order_by("start", "id"))


def _judged(appointments: Sequence[Appointment]) -> dict[int, Judgement]:
    """Appointment's id → whether its calendar is open and not closed then; none for a calendar that is deleted."""
    found: dict[int, Judgement] = {}
    calendars = Calendar.objects.alive().in_bulk({each.calendar_id for each in appointments})
    for group in by_services([each for each in appointments if each.calendar_id in calendars]).values():
        asked = [(each, wanted_of(each)) for each in group]
        widest = max((wanted for _each, wanted in asked), key=lambda wanted: sum(wanted.need))
        window = Interval(group[0].start, group[-1].start + SECOND)
        settings = BookingSettings.of(group[0].organization)
        times = load(settings, [calendars[pk] for pk in {each.calendar_id for each in group}], widest, window)
        for each, wanted in asked:
            # Who sits where does not matter: it has its seat.
            time = times[each.calendar_id]._replace(seats=[])
            found[each.pk] = judge(time, wanted.need, seconds(each.start))
    return found


def _is_hit(before: Judgement | None, after: Judgement | None) -> bool:
    if before is None or after is None:
        return before is not None
    return (after.is_closed and not before.is_closed) or (before.is_open and not after.is_open)


# -- what becomes of them -----------------------------------------------------------------------------------


def _flag(hits: Sequence[Appointment]) -> None:
    languages = {hit.pk: hit.organization.language for hit in hits}
    for row in Appointment.objects.locked_all(list(languages)):
        with translation.override(languages[row.pk]):
            row.changed(attention=_("Its time in the calendar was closed")).save()
        record(events.UPDATED, row)


def _settle(hit: Appointment, on_hit: str, proposal: Proposal | None) -> None:
    with translation.override(hit.organization.language):
        reason = _("Its time in the calendar was closed")
    try:
        with transaction.atomic():
            if on_hit == OnHit.MOVE and proposal:
                values = {"start": proposal.start, "calendar_id": proposal.calendar.pk}
                changes.change_appointment(hit.pk, values, is_staff=True, reason=reason)
            elif on_hit == OnHit.CANCEL:
                changes.cancel_appointment(hit.pk, is_staff=True, reason=reason)
            elif on_hit == OnHit.NOTIFY:
                emails.queue_affected(changes.lock(hit.pk))
    except (ValidationError, StateConflict, Busy, Appointment.DoesNotExist):
        # Somebody was quicker, or the place is gone: it keeps its flag.
        return
