"""All that is kept of one person: the rows of each part, those that were deleted among them."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from core.places import path_to_organization, plain_model, rows_within
from core.privacy.parts import Part, parts, watches
from core.privacy.subject import Subject

# SQLite binds no more values than so many at once, everywhere.
AT_ONCE = 500


def in_batches(pks: Collection[Any]) -> Iterator[Sequence[Any]]:
    ordered = sorted(pks)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))


class Found:
    """Looked up at once, before anything of it is changed.

    `former`: what was found before the person's work was given back. It is nobody's now, and still tells of him.
    """

    def __init__(self, subject: Subject, former: "Found | None" = None):
        self.subject = subject
        self.parts = parts()
        self._has_account = subject.has_account_alone
        self._live: dict[Part, set] = {}
        self._gone: dict[Part, set] = {}
        self._strays: dict[Part, set] = {}
        for part in self.parts:
            self._look(part, former.live(part) if former else ())

    def live(self, part: Part) -> list:
        """The ids of rows that are there."""
        return sorted(self._live[part])

    def traced(self, part: Part) -> list:
        """The ids by which the history knows them."""
        return sorted(self._live[part] | self._gone[part])

    def records(self, part: Part) -> Iterator[QuerySet]:
        """Of the history: those of the person's rows, and those that told of him when the row was another's."""
        if not part.has_history:
            return
        manager = part.model.history
        yield from (manager.filter(id__in=pks) for pks in in_batches(self.traced(part)))
        yield from (manager.filter(history_id__in=pks) for pks in in_batches(self._strays[part]))

    @property
    def is_empty(self) -> bool:
        return not any(self._live.values()) and not any(self._gone.values()) and not any(self._strays.values())

    def obstacles(self) -> list:
        return [obstacle for watch in watches() for obstacle in watch(self)]

    def _look(self, part: Part, former: Collection[Any]) -> None:
        self._live[part], self._gone[part], self._strays[part] = set(former), set(), set()
        for condition in self._conditions(part):
            self._live[part] |= set(self._rows(part.model._base_manager, condition).values_list("pk", flat=True))
            if part.has_history:
                self._look_back(part, condition)

    def _look_back(self, part: Part, condition: Q) -> None:
        """A row that was another's when it was deleted, or is another's now, keeps what tells of that one."""
        records = list(self._rows(part.model.history, condition).values_list("history_id", "id", "history_type"))
        self._gone[part] |= {pk for _record, pk, change in records if change == "-"}
        known = self._live[part] | self._gone[part]
        self._strays[part] |= {record for record, pk, _change in records if pk not in known}

    def _rows(self, manager, condition: Q) -> QuerySet:
        place = self.subject.organization if path_to_organization(plain_model(manager.model)) else None
        return manager.filter(condition & rows_within(manager.model, place))

    def _conditions(self, part: Part) -> Iterator[Q]:
        """None of the account's own rows where other organizations share it."""
        if not self._has_account and path_to_organization(part.model) is None:
            return
        yield part.find(self.subject)
        yield from (Q(id__in=pks) for pks in in_batches(self.subject.rows.get(part.model, ())))
        for column, parent in part.through.items():
            yield from (Q(**{f"{column}_id__in": pks}) for pks in in_batches(self.traced(parent)))
