"""The migrated SQLite database of an earlier run: building one takes most of a minute, and a copy none.

It is of the very migrations and packages that its name is made of; `migrate` runs on the copy all the same, and would
apply what it lacked. PostgreSQL, and a machine on which nothing ran yet, migrate from nothing.
"""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def template() -> Path:
    """Of this person's, in a folder that nobody else can write to."""
    folder = Path(tempfile.gettempdir()) / f"dutyboard-tests-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o077:
        raise PermissionError(f"{folder} is not yours alone")
    return folder / f"{_digest()}.sqlite3"


def _digest() -> str:
    found = hashlib.sha256()
    for path in [*sorted(ROOT.glob("*/migrations/*.py")), *sorted(ROOT.glob("requirements*.lock"))]:
        found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:20]


def copy_to(database: Path) -> bool:
    """Whether there was one."""
    known = template()
    if known.exists():
        shutil.copyfile(known, database)
    return known.exists()


def keep(connection) -> None:
    """For the next run; whole or not at all, as several workers may do so at once."""
    kept = template()
    new = kept.with_suffix(f".{os.getpid()}")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(new)])
    new.replace(kept)
