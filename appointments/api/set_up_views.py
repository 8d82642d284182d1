"""Calendars, services and their sets [contract 40]."""

from functools import partial

from rest_framework.response import Response

from appointments.api import set_up_documentation as documentation
from appointments.api import set_up_shapes as shapes
from appointments.api.closing import Closing
from appointments.api.closing_documentation import closing
from appointments.api.set_up import SetUpView
from appointments.models import Service
from appointments.services.calendar_sets import CALENDAR_SETS
from appointments.services.calendars import CALENDARS
from appointments.services.catalogue import SERVICE_SETS, SERVICES

# What may close some of a calendar's time.
TIMES = {"opening_hours", "exceptions", "resource"}


class Calendars(Closing, SetUpView):
    documentation = closing(documentation.CALENDARS, "update", "destroy")
    root = "calendar"
    listing = shapes.CALENDARS
    body = shapes.CALENDAR_FORM
    service = CALENDARS
    is_closable = True
    previews = frozenset({"update", "destroy"})

    def update(self, request, **path) -> Response:
        row = self.checked(self.find(self.rows(), path["id"]))

        def save(values: dict) -> Response:
            closing = [row.pk] if TIMES & values.keys() else []
            return self.closed(
                closing, partial(self.service.update, row.pk, values, self.expected_versions), self.shown
            )

        return self.form(self.body).save(save, partial(self.service.check_update, row))

    def destroy(self, request, **path) -> Response:
        row = self.checked(self.find(self.rows().alive(), path["id"]))
        return self.closed([row.pk], partial(self.service.delete, row.pk, self.expected_versions), self.shown)


class CalendarSets(SetUpView):
    documentation = documentation.CALENDAR_SETS
    root = "calendarset"
    listing = shapes.SETS
    body = shapes.SET_FORM
    service = CALENDAR_SETS


class Interventions(SetUpView):
    documentation = documentation.INTERVENTIONS
    root = "intervention"
    listing = shapes.INTERVENTIONS
    body = shapes.INTERVENTION_FORM
    service = SERVICES
    is_closable = True

    def finish(self, records: list[dict]) -> None:
        """The calendars that offer them, in one query; those that account does not see are left out for it."""
        links = Service.calendars.through.objects.filter(
            service_id__in=[record["id"] for record in records], calendar__is_deleted=False
        )
        if not self.is_staff:
            links = links.filter(calendar__is_open=True)
        offered: dict[int, list[int]] = {record["id"]: [] for record in records}
        for service_id, calendar_id in links.order_by("calendar_id").values_list("service_id", "calendar_id"):
            offered[service_id].append(calendar_id)
        for record in records:
            record["calendar_ids"] = offered[record["id"]]


class InterventionSets(SetUpView):
    documentation = documentation.INTERVENTION_SETS
    root = "interventionset"
    listing = shapes.SETS
    body = shapes.SET_FORM
    service = SERVICE_SETS
