"""Every change of services and their sets, for every door [contract 40]."""

from functools import partial

from django.utils.translation import gettext as _

from appointments.models import Service, ServiceSet
from appointments.services.living_rows import LivingRows, check_usable
from core.changes import check_all, check_fields, refuse


class ServiceSets(LivingRows):
    """values: name, publicname, sort, is_deleted. The services of one that is deleted keep it, for a restore."""

    model = ServiceSet


class Services(LivingRows):
    """values: the model's own; calendars: a list of those that offer it, of which none is left out."""

    model = Service
    extras = frozenset({"calendars"})

    def changed_extras(self, row: Service, values: dict) -> set[str]:
        if "calendars" not in values:
            return set()
        stored = set() if row.pk is None else set(row.calendars.alive().values_list("pk", flat=True))
        return set() if stored == {one.pk for one in values["calendars"]} else {"calendars"}

    def check(self, row: Service, changed: set[str], values: dict) -> None:
        checks = [partial(check_fields, row, changed)]
        if "serviceset" in changed:
            checks.append(partial(check_usable, "serviceset", row.organization_id, row.serviceset))
        if "calendars" in changed:
            checks.append(partial(_check_calendars, row, values["calendars"]))
        check_all(*checks)

    def store(self, row: Service, changed: set[str], values: dict) -> None:
        row.save()
        if "calendars" in changed:
            # A deleted calendar has its services again when it is restored.
            kept = row.calendars.filter(is_deleted=True)
            row.calendars.set([*values["calendars"], *kept])


def _check_calendars(service: Service, calendars) -> None:
    for number, calendar in enumerate(calendars):
        if calendar.organization_id != service.organization_id or calendar.is_deleted:
            refuse(f"calendars.{number}", "must_exist", _("must exist"))


SERVICE_SETS = ServiceSets()
SERVICES = Services()
