"""The database keeps the order; rooms know their newest message, members what the replaced server says they read.

Its table `read_status` has a row for each message and member: a member has read up to the last message before the
first unread one, and everything where there are no rows.
"""

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
FIRST_UNREAD = """
    SELECT m.chat_room_id AS unread_room_id, s.user_id AS reader_id, MIN(m.seq) AS unread_seq
    FROM read_status s JOIN chat_messages m ON m.chat_message_id = s.chat_message_id
    WHERE s.is_read = 0 GROUP BY m.chat_room_id, s.user_id
"""
TAKE_MARKS_OVER = {
    "mysql": f"""
        UPDATE chat_participants JOIN ({FIRST_UNREAD}) AS unread
            ON unread_room_id = chat_room_id AND reader_id = user_id
        SET read_seq = unread_seq - 1
    """,
    "sqlite": f"""
        UPDATE chat_participants SET read_seq = unread_seq - 1
        FROM ({FIRST_UNREAD}) AS unread WHERE unread_room_id = chat_room_id AND reader_id = user_id
    """,
}


def count_and_mark_read(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ROOMS)
        cursor.execute(MARK_ALL_READ)
        if "read_status" in connection.introspection.table_names(cursor):
            cursor.execute(TAKE_MARKS_OVER[connection.vendor])


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
