"""Every change of what stands in a calendar beside appointments, for every door [contract 40]."""

from collections.abc import Collection
from functools import partial

from django.utils.translation import gettext as _

from appointments.models import CalendarEvent
from appointments.services import waiting_list
from appointments.services.living_rows import LivingRows, check_usable
from core.changes import check_all, check_fields, refuse
from core.locks import atomic
from scheduling.intervals import Interval

Kind = CalendarEvent.Kind


class CalendarEvents(LivingRows):
    """values: the model's own. A note ends when it starts; a service is only of an extra opening."""

    model = CalendarEvent

    def plain(self, values: dict) -> dict:
        if values.get("kind") == Kind.NOTE and "start" in values:
            return {"end": values["start"], **values}
        return values

    def apply(self, row: CalendarEvent, values: dict) -> set[str]:
        is_moved = bool({"kind", "start"} & values.keys())
        if is_moved and values.get("kind", row.kind) == Kind.NOTE:
            values = {"end": values.get("start", row.start), **values}
        return super().apply(row, values)

    def update(self, pk: int, values: dict, versions: Collection[int] | None = None) -> CalendarEvent:
        with atomic():
            before = self.model.objects.select_related("calendar").filter(pk=pk).first()
            row = super().update(pk, values, versions)
            if before and before.version != row.version:
                _tell_of_freed(before)
        return row

    def delete(self, pk: int, versions: Collection[int] | None = None) -> CalendarEvent:
        with atomic():
            row = super().delete(pk, versions)
            _tell_of_freed(row)
        return row

    def store(self, row: CalendarEvent, changed: set[str], values: dict) -> None:
        super().store(row, changed, values)
        if row.kind == Kind.OPENING:
            _tell_of_freed(row)

    def check(self, row: CalendarEvent, changed: set[str], values: dict) -> None:
        checks = [partial(check_fields, row, changed)]
        if "calendar" in changed:
            checks.append(partial(check_usable, "calendar", row.organization_id, row.calendar))
        if changed & {"service", "kind"}:
            checks.append(partial(_check_service, row))
        if changed & {"kind", "start", "end"}:
            checks.append(partial(_check_order, row))
        check_all(*checks)


def _tell_of_freed(event: CalendarEvent) -> None:
    """Who waits, of time that may be free now: what is not is seen to there."""
    if event.kind != Kind.NOTE:
        waiting_list.tell_of_freed(event.calendar, Interval(event.start, event.end))


def _check_service(event: CalendarEvent) -> None:
    check_usable("service", event.organization_id, event.service)
    if event.service and event.kind != Kind.OPENING:
        refuse("service", "not_an_opening", _("is only of an extra opening, and of an appointment"))


def _check_order(event: CalendarEvent) -> None:
    if event.start is None:
        return
    if event.end is None:
        refuse("end", "required", _("must be given"))
    if event.kind == Kind.NOTE and event.end != event.start:
        refuse("end", "order", _("of a note must be its start"))
    if event.kind != Kind.NOTE and event.end <= event.start:
        refuse("end", "order", _("must be after the start"))


EVENTS = CalendarEvents()
