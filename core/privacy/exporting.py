"""All that is kept of a person, for the person: one JSON, and files where there are."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import User
from core.places import columns_of_people, is_history, plain_model, rows_within
from core.privacy.found import Found, in_batches
from core.privacy.parts import Part, parts
from core.privacy.subject import Subject

NAME = "person.json"


@dataclass(frozen=True)
class Export:
    """`data`: as JSON has it; it names each of `files` where that stands."""

    data: dict
    files: dict[str, bytes]

    def as_json(self) -> bytes:
        """The files inside, in base64."""
        inside = {name: base64.b64encode(content).decode() for name, content in self.files.items()}
        return _json({**self.data, "files": inside})

    def as_zip(self) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(NAME, _json(self.data))
            for name, content in self.files.items():
                archive.writestr(name, content)
        return packed.getvalue()


def export(subject: Subject) -> Export:
    """Raises ValidationError where nothing is kept."""
    found = Found(subject)
    if found.is_empty:
        raise ValidationError(_("Nothing is kept of this person"), code="nothing")
    files: dict[str, bytes] = {}
    data = {
        "exported_at": timezone.now(),
        "organization": subject.organization and _named(subject.organization),
        "addresses": sorted(subject.emails),
        "kept": {part.kind: list(_rows(part, found, files)) for part in parts() if found.live(part)},
        "history": {part.kind: list(_history(part, found)) for part in parts() if part.has_history},
        "made": list(_made(subject)) if subject.user else [],
    }
    data["history"] = {kind: records for kind, records in data["history"].items() if records}
    return Export(data, files)


def _json(data: dict) -> bytes:
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2).encode()


def _rows(part: Part, found: Found, files: dict[str, bytes]) -> Iterator[dict]:
    for pks in in_batches(found.live(part)):
        rows = part.model._base_manager.filter(pk__in=pks).select_related(*_related(part.model, part)).order_by("pk")
        for row in rows:
            yield {**_values(row, part), **_filed(row, part, files)}


def _related(model, part: Part) -> list[str]:
    return [name for name in part.columns if model._meta.get_field(name).is_relation]


def _values(row: models.Model, part: Part) -> dict:
    names = [name for name in part.columns if name not in part.files]
    fields = [field for field in row._meta.concrete_fields if field.name in names]
    return {field.name: _value(row, field) for field in fields if not isinstance(field, models.BinaryField)}


def _value(row: models.Model, field) -> Any:
    if not field.is_relation:
        return getattr(row, field.attname)
    pk = getattr(row, field.attname)
    # Of a deleted row the number alone is left.
    found = getattr(row, field.name, None) if pk is not None and not is_history(type(row)) else None
    return _named(found) if found is not None else pk


def _named(row: models.Model) -> dict:
    return {"id": row.pk, "name": row.full_name if isinstance(row, User) else str(row)}


def _filed(row: models.Model, part: Part, files: dict[str, bytes]) -> dict:
    """The names of its files, which are put with the others."""
    names = {}
    for column, ending in part.files.items():
        if content := bytes(getattr(row, column)):
            names[column] = f"files/{part.kind}-{row.pk}-{column}.{ending}"
            files[names[column]] = content
    return names


def _history(part: Part, found: Found) -> Iterator[dict]:
    for records in found.records(part):
        for record in records.select_related("history_user").order_by("history_id"):
            yield {**_told(record), "by": record.history_user and record.history_user.full_name} | {
                "values": _values(record, part)
            }


def _told(record) -> dict:
    return {"id": record.id, "at": record.history_date, "change": record.history_type, "door": record.door}


def _made(subject: Subject) -> Iterator[dict]:
    """What names the account besides: rows and changes that are about others, by their number alone."""
    user: Any = subject.user
    for model, column in columns_of_people():
        rows = model._base_manager.filter(rows_within(model, subject.organization), **{column: user.pk})
        label = plain_model(model)._meta.label_lower
        if is_history(model):
            records = rows.order_by("history_id") if column == "history_user" else ()
            yield from ({"what": label, **_told(record)} for record in records)
        else:
            yield from (
                {"what": label, "id": pk, "as": column} for pk in rows.order_by("pk").values_list("pk", flat=True)
            )
