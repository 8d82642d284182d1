import os
from pathlib import Path

from django.core.management.base import CommandError

from core.commands import OperatorCommand, organization_of
from core.privacy.exporting import Export, export
from core.privacy.naming import PERSON, person_named

WRITERS = {".json": Export.as_json, ".zip": Export.as_zip}


class Command(OperatorCommand):
    help = "Write all that is kept of a person into one file, for that person."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("person", help=PERSON)
        parser.add_argument("--organization", type=int, metavar="ID", help="what this organization keeps, alone")
        parser.add_argument("--to", required=True, type=Path, metavar="FILE", help="ends in .json or .zip; is new")

    def run(self, *, person, organization, to: Path, **options) -> dict:
        if to.suffix not in WRITERS:
            raise CommandError(f"{to} must end in .json or .zip.")
        found = export(person_named(person, organization_of(organization) if organization else None))
        _write(to, WRITERS[to.suffix](found))
        return {"file": str(to), "counts": {kind: len(rows) for kind, rows in found.data["kept"].items()}}

    def as_text(self, answer: dict) -> str:
        counts = (f"  {count:>8}  {kind.replace('_', ' ')}" for kind, count in answer["counts"].items())
        return "\n".join([f"Written to {answer['file']}:", *counts])


def _write(path: Path, content: bytes) -> None:
    """For its owner's eyes alone; what stands there already stays."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from None
