"""What is kept of people: apps register a part for each kind of row, and name the models that tell of nobody."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.privacy.anonymising import blank, told
from core.privacy.subject import NOBODY, Subject

if TYPE_CHECKING:
    from core.privacy.found import Found

# What stands where a text that may not be empty told of a person.
ANONYMISED = "anonymised"


def nobody(subject: Subject) -> Q:
    return NOBODY


@dataclass(frozen=True)
class Part:
    """Rows of one model that are about a person.

    `find` uses the model's own columns alone, so that it finds the same in the history; `through` names parts before
    it, by the column that leads to their rows. `blanks` is what columns become, by age and by request (a callable is
    given the row); `traces` the same of the history alone. `drops`: the row goes as a whole. `is_traced`:
    its history, where there is one, tells of people.
    `title`: what people read, the model's own name by default; `email`: of a model whose rows stand for a person each,
    the column of the address; `is_somebody`: the same of a model without one.
    `names`: columns that name the person, several of one name joined by spaces, as messages to others have them.
    `shown`: the columns of the export, all without it but `hidden`; `files`: binary columns, by their file's ending.
    """

    kind: str
    model: Any
    find: Callable[[Subject], Q] = nobody
    through: Mapping[str, "Part"] = field(default_factory=dict)
    blanks: Mapping[str, Any] = field(default_factory=dict)
    traces: Mapping[str, Any] = field(default_factory=dict)
    drops: bool = False
    is_traced: bool = True
    shown: Collection[str] = ()
    hidden: Collection[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    title: str | Promise = ""
    email: str = ""
    is_somebody: bool = False
    names: Collection[str] = ()

    # Each is one of its kind, and a key of what was found.
    __hash__ = object.__hash__

    @property
    def columns(self) -> list[str]:
        """Of the export."""
        every = [one.name for one in self.model._meta.concrete_fields]
        return [name for name in self.shown or every if name not in self.hidden]

    def erase(self, pks: Collection[Any]) -> int:
        """These rows of it; how many told of somebody."""
        rows = self.model._base_manager.filter(pk__in=pks).order_by("pk")
        if self.drops:
            return sum(bool(row.delete()) for row in list(rows))
        return sum(blank(row, self.blanks) for row in list(told(rows, self.blanks))) if self.blanks else 0

    @property
    def stands_for_person(self) -> bool:
        return self.is_somebody or bool(self.email)

    @property
    def has_history(self) -> bool:
        return self.is_traced and hasattr(self.model, "history")


@dataclass(frozen=True)
class Obstacle:
    """What the person is still to do, or is in the midst of; `clear` ends it by the service that staff would use."""

    text: str
    clear: Callable[[], object]


Watch = Callable[["Found"], Iterator[Obstacle]]

# What an erasure counts besides rows of parts.
TITLES: dict[str, str | Promise] = {
    "history": _("Records of the history"),
    "named": _("Rows and records where the account was named"),
    "sessions": _("Log-ins"),
    "stored_answers": _("Stored answers to repeated requests"),
    "named_in_messages": _("Messages to others that named the person"),
    "named_in_views": _("Saved views of others that searched for the person"),
    "delivery_answers": _("Answers of webhooks' receivers"),
}
_parts: list[Part] = []
_watches: list[Watch] = []
_impersonal: set[str] = set()


def register(*parts: Part) -> None:
    """In this order: a part before those that come `through` it."""
    _parts.extend(parts)


def obstacles(watch: Watch) -> Watch:
    """Register what may stand in the way of an erasure."""
    _watches.append(watch)
    return watch


def nothing_about(*models: type[Model]) -> None:
    """Their rows are about nobody; the account that made or changed one is replaced where it is erased."""
    _impersonal.update(model._meta.label for model in models)


def parts() -> list[Part]:
    return list(_parts)


def title_of(kind: str) -> str:
    if kind in TITLES:
        return str(TITLES[kind])
    part = next(part for part in _parts if part.kind == kind)
    return capfirst(str(part.title or part.model._meta.verbose_name_plural))


def watches() -> list[Watch]:
    return list(_watches)


def impersonal() -> set[str]:
    """The labels of the models that tell of nobody."""
    return set(_impersonal)
