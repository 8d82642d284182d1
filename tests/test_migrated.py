"""The SQLite tests' migrated database is used again only while it is what `migrate` would make."""

from tests import migrated


def test_another_migration_or_another_package_takes_another_database(tmp_path, monkeypatch):
    monkeypatch.setattr(migrated, "ROOT", tmp_path)
    monkeypatch.setattr(migrated.tempfile, "gettempdir", lambda: str(tmp_path))
    names = {migrated.template()}
    for path in ("core/migrations/0001_initial.py", "core/migrations/0002_more.py", "requirements.lock"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("operations = []")
        names.add(migrated.template())
    assert len(names) == 4
    assert not migrated.copy_to(tmp_path / "test.sqlite3")
