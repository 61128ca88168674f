"""The columns that the replaced server did not have; the assistant's messages and notices have no sender."""

import django.db.models.deletion
from django.db import migrations, models

UNKNOWN_TIME = "1970-01-01 00:00:00"
FILL_UNKNOWN_VALUES = """
    UPDATE chat_messages SET contents = COALESCE(contents, ''),
        created_at = COALESCE(created_at, updated_at, %s), updated_at = COALESCE(updated_at, created_at, %s)
    WHERE contents IS NULL OR created_at IS NULL OR updated_at IS NULL
"""


def fill_unknown_values(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FILL_UNKNOWN_VALUES, [UNKNOWN_TIME, UNKNOWN_TIME])


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial"), ("rooms", "0004_one_place_per_member")]

    operations = [
        migrations.RunPython(fill_unknown_values, migrations.RunPython.noop),
        migrations.AddField(
            model_name="message",
            name="seq",
            field=models.PositiveBigIntegerField(default=0, verbose_name="number"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="message",
            name="version",
            field=models.PositiveBigIntegerField(default=0, verbose_name="version"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[("member", "member"), ("assistant", "assistant"), ("notice", "notice")],
                default="member",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="client_id",
            field=models.CharField(default=None, max_length=32, null=True, verbose_name="client id"),
        ),
        migrations.AddField(
            model_name="message",
            name="reply_to",
            field=models.PositiveBigIntegerField(default=None, null=True, verbose_name="reply to"),
        ),
        migrations.AddField(
            model_name="message",
            name="edited_at",
            field=models.DateTimeField(default=None, null=True, verbose_name="edited"),
        ),
        migrations.AddField(
            model_name="message",
            name="deleted_at",
            field=models.DateTimeField(default=None, null=True, verbose_name="deleted"),
        ),
        migrations.AlterField(
            model_name="message",
            name="sender",
            field=models.ForeignKey(
                blank=True,
                db_column="user_id",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="rooms.member",
                verbose_name="sender",
            ),
        ),
    ]
