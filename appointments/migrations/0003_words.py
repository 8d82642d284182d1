"""Words for people alone: nothing in the database changes."""

from django.db import migrations, models

STATES = [("in_progress", "Booked"), ("came", "Came"), ("not_came", "Did not come"), ("pending", "To be confirmed")]
PAST = {
    "get_latest_by": ("history_date", "history_id"),
    "ordering": ("-history_date", "-history_id"),
    "verbose_name": "historical set of booking rules",
    "verbose_name_plural": "historical booking rules",
}


def state() -> models.CharField:
    return models.CharField(choices=STATES, default="in_progress", max_length=12, verbose_name="state")


class Migration(migrations.Migration):
    dependencies = [("appointments", "0002_lines_of_text")]

    operations = [
        migrations.AlterModelOptions(
            name="bookingsettings",
            options={"verbose_name": "set of booking rules", "verbose_name_plural": "booking rules"},
        ),
        migrations.AlterModelOptions(name="historicalbookingsettings", options=PAST),
        migrations.AlterField(model_name="appointment", name="state", field=state()),
        migrations.AlterField(model_name="historicalappointment", name="state", field=state()),
    ]
