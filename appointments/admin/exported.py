"""Services in words, for the files of appointments and of those who wait: a few queries however many rows."""

from collections import defaultdict
from itertools import chain

from appointments.models import AppointmentLine, Service
from core.admin.export import in_parts


def services_of(appointments: list[int]) -> list[str]:
    """Of each of these appointments, in their order."""
    found: dict[int, list[str]] = defaultdict(list)
    for some in in_parts(appointments):
        rows = AppointmentLine.objects.filter(appointment__in=some).order_by("appointment", "position")
        for pk, name in rows.values_list("appointment", "service__name"):
            found[pk].append(name)
    return [", ".join(found[pk]) for pk in appointments]


def services_named(wishes: list[list[int]]) -> list[str]:
    """Of each of these lists of ids."""
    names: dict[int, str] = {}
    for some in in_parts(sorted(set(chain.from_iterable(wishes)))):
        names.update(Service.objects.filter(pk__in=some).values_list("pk", "name"))
    return [", ".join(names.get(pk, f"#{pk}") for pk in wish) for wish in wishes]
