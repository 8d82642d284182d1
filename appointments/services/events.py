"""Every change of what stands in a calendar beside appointments, for every door [contract 40]."""

from functools import partial

from django.utils.translation import gettext as _

from appointments.models import CalendarEvent
from appointments.services.living_rows import LivingRows, check_usable
from core.changes import check_all, check_fields, refuse

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

    def check(self, row: CalendarEvent, changed: set[str], values: dict) -> None:
        checks = [partial(check_fields, row, changed)]
        if "calendar" in changed:
            checks.append(partial(check_usable, "calendar", row.organization_id, row.calendar))
        if changed & {"service", "kind"}:
            checks.append(partial(_check_service, row))
        if changed & {"kind", "start", "end"}:
            checks.append(partial(_check_order, row))
        check_all(*checks)


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
