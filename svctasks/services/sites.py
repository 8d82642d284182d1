"""Where runs may take place: the sites whose workers give a sign of life [contract 50]."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from svctasks.models import ServiceRun, ServiceTask, WorkerSite

Mode = ServiceTask.SiteMode
EACH = (Mode.ALL, Mode.LISTED)
NAMED = (Mode.LISTED, Mode.ANY_LISTED)


@dataclass(frozen=True)
class Targets:
    """The sites at which a moment runs, and those at which it would but for their being away ("" for none at all)."""

    alive: list[str]
    away: list[str]


class Sites:
    """All sites as they are at a moment; read once for many tasks."""

    def __init__(self, now: datetime) -> None:
        self.known = list(WorkerSite.objects.order_by("name").values_list("name", flat=True))
        self.alive = set(WorkerSite.objects.alive(now).values_list("name", flat=True))
        self._loads: dict[str, int] | None = None

    def targets(self, task: ServiceTask) -> Targets:
        wanted = [name for name in self.known if name in task.sites] if task.site_mode in NAMED else self.known
        missing = [name for name in task.sites if name not in self.known] if task.site_mode in NAMED else []
        alive = [name for name in wanted if name in self.alive]
        if task.site_mode in EACH:
            away = [name for name in wanted if name not in self.alive] + missing
            return Targets(alive, away or ([] if alive else [""]))
        if not alive:
            return Targets([], [""])
        return Targets([alive[0] if task.site_mode == Mode.FIRST else self._least_loaded(alive)], [])

    def _least_loaded(self, names: list[str]) -> str:
        """Counted once, then by what this very round gives out."""
        if len(names) == 1:
            return names[0]
        if self._loads is None:
            rows = ServiceRun.objects.active().values_list("site").annotate(Count("id")).order_by()
            self._loads = dict(rows)
        name = min(names, key=lambda name: ((self._loads or {}).get(name, 0), name))
        self._loads[name] = self._loads.get(name, 0) + 1
        return name


def declare(names: Collection[str]) -> None:
    """A sign of life of workers that serve these sites."""
    now = timezone.now()
    for name in names:
        if not WorkerSite.objects.filter(name=name).update(seen_at=now):
            WorkerSite.objects.get_or_create(name=name, defaults={"seen_at": now})
