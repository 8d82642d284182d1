"""An object's history page: who, when, through which door, and each field before and after."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.utils import get_m2m_reverse_field_name

from core.admin.display import EMPTY, value_text

MOST_ENTRIES = 200
UNTOLD = {"id", "version", "created_at", "updated_at", "link_version"}
KINDS = {"+": (_("Created"), "green"), "~": (_("Changed"), "blue"), "-": (_("Deleted"), "red")}
DOORS = {
    "admin": _("back office"),
    "api": _("API"),
    "student": _("student's page"),
    "customer": _("customer's page"),
    "provider": _("provider's page"),
    "account": _("log-in pages"),
    "command": _("command line"),
    "celery": _("background work"),
    "embedded": _("background work"),
}


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    who: str
    when: datetime
    kind: str | Promise
    tone: str
    door: str
    request_id: str
    changes: list[Change]


def entries(row) -> list[Entry]:
    """Newest first."""
    records = list(
        row.history.select_related("history_user", "application").order_by("-history_id")[: MOST_ENTRIES + 1]
    )
    page = Page(records)
    older = [*records[1:], None][: len(records)]
    return [page.entry(record, before) for record, before in zip(records, older, strict=True)][:MOST_ENTRIES]


@dataclass(frozen=True)
class DeletedRow:
    name: str
    url: str
    who: str
    when: datetime
    door: str | Promise


def deleted_rows(records: list, url_name: str) -> list[DeletedRow]:
    """For a list, of the records of their deletions."""
    return [
        DeletedRow(
            str(row),
            reverse(f"admin:{url_name}", args=[row.pk]),
            who(record),
            record.history_date,
            DOORS.get(record.door, record.door),
        )
        for record, row in zip(records, instances(records), strict=True)
    ]


def instances(records: list) -> list:
    """The rows as they were, with the rows that they point at (nameless where those are gone): asked once for all."""
    related = _related_to(records, {})
    made = [record.instance for record in records]
    for row in made:
        for field in row._meta.concrete_fields:
            pk = getattr(row, field.attname)
            if field.is_relation and pk is not None:
                setattr(row, field.name, related.get((field.related_model, pk)) or field.related_model(pk=pk))
    return made


def changes_between(before, after) -> list[Change]:
    """What differs between two of a row's records."""
    return Page([after, before]).changes(after, before)


class Page:
    """A page's records, with the names of what they point at: asked once, not at each value."""

    def __init__(self, records: list):
        self.lists = _lists_of(records)
        self.names = _names_of(records, self.lists)

    def entry(self, record, before) -> Entry:
        kind, tone = KINDS[record.history_type]
        return Entry(
            who=who(record),
            when=record.history_date,
            kind=kind,
            tone=tone,
            door=DOORS.get(record.door, record.door),
            request_id=record.request_id,
            changes=self.changes(record, before),
        )

    def changes(self, record, before) -> list[Change]:
        if record.history_type == "-":
            return []
        fields = [field for field in record.tracked_fields if field.name not in UNTOLD]
        found = [self._change(field, record, before) for field in fields]
        if before is not None:
            found += [self._list_change(field, record, before) for field in self.lists]
        return [change for change in (*found, _deed(record)) if change]

    def _change(self, field, record, before) -> Change | None:
        after = getattr(record, field.attname)
        earlier = getattr(before, field.attname) if before else None
        if after == earlier or (before is None and after in (None, "", [])):
            return None
        return Change(
            capfirst(field.verbose_name), self._text(field, earlier) if before else "", self._text(field, after)
        )

    def _list_change(self, field, record, before) -> Change | None:
        earlier, after = (self.lists[field].get(one.pk, []) for one in (before, record))
        if earlier == after:
            return None
        return Change(capfirst(field.verbose_name), self._list_text(field, earlier), self._list_text(field, after))

    def _list_text(self, field, pks: list[int]) -> str:
        return ", ".join(self._text(field, pk) for pk in pks) or EMPTY

    def _text(self, field, raw) -> str:
        if not field.is_relation or raw is None:
            return value_text(raw, field)
        return self.names.get((field.related_model, raw), f"#{raw}")


def _deed(record) -> Change | None:
    """What a service says of a change that no field shows."""
    reason = record.history_change_reason
    return Change(gettext("What was done"), "", gettext(reason)) if reason else None


def _lists_of(records: list) -> dict:
    """For each many-to-many field that is kept: the ids that stood in it, by the record's id."""
    return {field: _links(records, field) for field in records[0]._history_m2m_fields} if records else {}


def _links(records: list, field) -> dict[int, list[int]]:
    column = f"{get_m2m_reverse_field_name(field)}_id"
    links = getattr(records[0], field.name).model.objects.filter(history__in=[record.pk for record in records])
    found = defaultdict(list)
    for history_id, pk in links.order_by(column).values_list("history_id", column):
        found[history_id].append(pk)
    return found


def _names_of(records: list, lists: dict) -> dict:
    """The names of all related rows, by model and id."""
    return {key: str(row) for key, row in _related_to(records, lists).items()}


def _related_to(records: list, lists: dict) -> dict:
    """All related rows that are still there, by model and id."""
    wanted = defaultdict(set)
    for record in records:
        for field in record.tracked_fields:
            if field.is_relation:
                wanted[field.related_model].add(getattr(record, field.attname))
    for field, links in lists.items():
        wanted[field.related_model].update(pk for pks in links.values() for pk in pks)
    return {
        (model, pk): row
        for model, pks in wanted.items()
        for pk, row in model._default_manager.in_bulk(pks - {None}).items()
    }


def who(record) -> str:
    """Who made this change: a person, a client, both, or the system."""
    client = record.application or (f"#{record.application_id}" if record.application_id else None)
    if client and record.history_user:
        return f"{record.history_user} ({client})"
    return str(record.history_user or client or _("The system"))
