"""Existing messages get their place in the room: by time, and by id within one moment. May run again."""

from django.db import migrations

NUMBERED = """
    SELECT chat_message_id AS numbered_id, ROW_NUMBER() OVER (
        PARTITION BY chat_room_id ORDER BY created_at, chat_message_id
    ) AS place_number FROM chat_messages
"""
NUMBER_MESSAGES = {
    "mysql": f"""
        UPDATE chat_messages JOIN ({NUMBERED}) AS numbered ON numbered_id = chat_message_id
        SET seq = place_number, version = place_number
    """,
    "sqlite": f"""
        UPDATE chat_messages SET seq = place_number, version = place_number
        FROM ({NUMBERED}) AS numbered WHERE numbered_id = chat_message_id
    """,
}


def number_messages(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute(NUMBER_MESSAGES[connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_exact_text_and_times")]

    operations = [migrations.RunPython(number_messages, migrations.RunPython.noop)]
