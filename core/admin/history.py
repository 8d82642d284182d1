"""An object's history page: who, when, through which door, and each field before and after."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.admin.display import value_text

MOST_ENTRIES = 200
UNTOLD = {"id", "version", "created_at", "updated_at", "link_version"}
KINDS = {"+": (_("Created"), "green"), "~": (_("Changed"), "blue"), "-": (_("Deleted"), "red")}
DOORS = {
    "admin": _("back office"),
    "api": _("API"),
    "student": _("student's page"),
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
    older = [*records[1:], None]
    return [_entry(record, before) for record, before in zip(records, older, strict=True)][:MOST_ENTRIES]


def _entry(record, before) -> Entry:
    kind, tone = KINDS[record.history_type]
    return Entry(
        who=_who(record),
        when=record.history_date,
        kind=kind,
        tone=tone,
        door=DOORS.get(record.door, record.door),
        request_id=record.request_id,
        changes=_changes(record, before),
    )


def _who(record) -> str:
    if record.application and record.history_user:
        return f"{record.history_user} ({record.application})"
    return str(record.history_user or record.application or _("The system"))


def _changes(record, before) -> list[Change]:
    if record.history_type == "-":
        return []
    fields = [field for field in record.tracked_fields if field.name not in UNTOLD]
    changed = (_change(field, record, before) for field in fields)
    return [change for change in (*changed, *_lists(record, before)) if change]


def _change(field, record, before) -> Change | None:
    after = getattr(record, field.attname)
    earlier = getattr(before, field.attname) if before else None
    if after == earlier or (before is None and after in (None, "", [])):
        return None
    return Change(capfirst(field.verbose_name), _text(before, field) if before else "", _text(record, field))


def _lists(record, before) -> list[Change]:
    if before is None or not record._history_m2m_fields:
        return []
    titles = {field.name: capfirst(field.verbose_name) for field in record._history_m2m_fields}
    delta = record.diff_against(before, included_fields=titles, foreign_keys_are_objs=True)
    return [Change(titles[change.field], _names(change.old), _names(change.new)) for change in delta.changes]


def _names(rows: list[dict]) -> str:
    return ", ".join(str(value) for row in rows for key, value in list(row.items())[-1:]) or "–"


def _text(record, field) -> str:
    raw = getattr(record, field.attname)
    if not field.is_relation or raw is None:
        return value_text(raw, field)
    related = field.related_model._default_manager.filter(pk=raw).first()
    return str(related or f"#{raw}")
