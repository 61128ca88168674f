"""The columns that the replaced server did not have. What existing rows get there: 0004, and messaging's 0005."""

from django.db import migrations, models

UNKNOWN_TIME = "1970-01-01 00:00:00"
FILL_UNKNOWN_TIMES = """
    UPDATE chat_rooms SET
        created_at = COALESCE(created_at, updated_at, %s), updated_at = COALESCE(updated_at, created_at, %s)
    WHERE created_at IS NULL OR updated_at IS NULL
"""


def fill_unknown_times(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FILL_UNKNOWN_TIMES, [UNKNOWN_TIME, UNKNOWN_TIME])


class Migration(migrations.Migration):
    dependencies = [("rooms", "0001_initial")]

    operations = [
        migrations.RunPython(fill_unknown_times, migrations.RunPython.noop),
        migrations.AddField(
            model_name="room",
            name="last_seq",
            field=models.PositiveBigIntegerField(default=0, verbose_name="messages"),
        ),
        migrations.AddField(
            model_name="room",
            name="version",
            field=models.PositiveBigIntegerField(default=0, verbose_name="version"),
        ),
        migrations.AddField(
            model_name="room",
            name="roster_version",
            field=models.PositiveBigIntegerField(default=0, verbose_name="roster version"),
        ),
        migrations.AddField(
            model_name="room",
            name="pair_key",
            field=models.CharField(
                default=None, editable=False, max_length=40, null=True, unique=True, verbose_name="pair"
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="read_seq",
            field=models.PositiveBigIntegerField(default=0, verbose_name="read up to"),
        ),
    ]
