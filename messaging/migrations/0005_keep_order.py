"""The database keeps the order; rooms know their newest message and everyone has read what was there before."""

from django.db import migrations, models

NEWEST = (
    "(SELECT COALESCE(MAX(m.{column}), 0) FROM chat_messages m WHERE m.chat_room_id = chat_rooms.chat_room_id)"
)
COUNT_ROOMS = f"""
    UPDATE chat_rooms SET last_seq = {NEWEST.format(column="seq")}, version = {NEWEST.format(column="version")}
"""
MARK_ALL_READ = """
    UPDATE chat_participants SET read_seq = (
        SELECT last_seq FROM chat_rooms WHERE chat_rooms.chat_room_id = chat_participants.chat_room_id
    )
"""


def count_and_mark_read(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(COUNT_ROOMS)
        cursor.execute(MARK_ALL_READ)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_number_messages")]

    operations = [
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(fields=("room", "seq"), name="one_message_per_room_and_seq"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("room", "sender", "client_id"), name="one_message_per_client_id"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["room", "version"], name="message_by_version"),
        ),
        migrations.RunPython(count_and_mark_read, migrations.RunPython.noop),
    ]
