"""Absences, in the place of their own admin: they close the calendars of their resource."""

from collections.abc import Callable, Iterable

from django.contrib import admin

from appointments.admin.hits import telling
from appointments.models import Calendar
from appointments.services import impact, waiting_list
from core.locks import atomic
from scheduling.admin.absences import AbsencesAdmin
from scheduling.intervals import Interval
from scheduling.models import Absence

admin.site.unregister(Absence)


@admin.register(Absence)
class ClosingAbsencesAdmin(AbsencesAdmin):
    """What an absence hits is marked and named; who waits is told of what one gives back."""

    def create_row(self, request, values, form):
        create = super().create_row
        return self._closing(request, [values.get("resource")], lambda: create(request, values, form))

    def update_row(self, request, row, versions, values, form):
        update, before = super().update_row, Absence.objects.select_related("resource").get(pk=row.pk)
        resources = {before.resource, values.get("resource")}
        saved = self._closing(request, resources, lambda: update(request, row, versions, values, form))
        _tell_of_freed(before)
        return saved

    def delete_row(self, request, row, versions=None) -> None:
        with atomic():
            super().delete_row(request, row, versions)
            _tell_of_freed(row)

    def _closing(self, request, resources: Iterable, change: Callable[[], Absence]) -> Absence:
        touched = [pk for resource in resources if resource for pk in impact.calendars_of(resource)]
        return impact.carry_out(touched, change, tell=telling(self, request))


def _tell_of_freed(absence: Absence) -> None:
    calendar = Calendar.objects.alive().filter(resource=absence.resource_id).first()
    if calendar:
        waiting_list.tell_of_freed(calendar, Interval(absence.start, absence.end))
