"""No two hard busy times of one resource and seat share a moment, whatever code forgets.

PostgreSQL alone has such a constraint; on SQLite the one writer at a time and its check do the same.
"""

from django.db import migrations

ADD = """
ALTER TABLE scheduling_busyinterval ADD CONSTRAINT busy_hard_never_overlap EXCLUDE USING gist (
    organization_id WITH =, resource_id WITH =, (seat::bigint) WITH =, tstzrange(start, "end", '[)') WITH &&
) WHERE (is_hard)
"""
REMOVE = "ALTER TABLE scheduling_busyinterval DROP CONSTRAINT busy_hard_never_overlap"


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        schema_editor.execute(ADD)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(REMOVE)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0002_busy_time_and_jobs")]

    operations = [migrations.RunPython(add, remove)]
