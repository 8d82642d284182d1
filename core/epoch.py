"""Instants as whole seconds since the epoch, by the database: reading datetimes takes Python longer than the query."""

from django.db.models import BigIntegerField, Func


class Seconds(Func):
    """Rounded down."""

    output_field = BigIntegerField()
    template = "floor(extract(epoch from %(expressions)s))::bigint"

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)", **context
        )


class SecondsUp(Seconds):
    """Rounded up; SQLite sees milliseconds."""

    template = "ceil(extract(epoch from %(expressions)s))::bigint"

    def as_sqlite(self, compiler, connection, **context):
        template = "CAST(strftime('%%%%s', %(expressions)s, '+0.999 seconds') AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)
