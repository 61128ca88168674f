"""Existing rooms: one place per member, one private room per pair; from here on the database keeps both."""

from django.db import migrations, models

DROP_YOUNGER_DUPLICATES = """
    DELETE FROM chat_participants WHERE chat_participant_id IN (
        SELECT place_id FROM (
            SELECT chat_participant_id AS place_id, ROW_NUMBER() OVER (
                PARTITION BY chat_room_id, user_id ORDER BY chat_participant_id
            ) AS place_number FROM chat_participants
        ) AS places WHERE place_number > 1
    )
"""
OLDEST_ROOM_OF_EACH_PAIR = """
    SELECT paired_room_id, lower_id, higher_id, ROW_NUMBER() OVER (
        PARTITION BY lower_id, higher_id ORDER BY paired_at, paired_room_id
    ) AS age_number
    FROM (
        SELECT r.chat_room_id AS paired_room_id, MIN(r.created_at) AS paired_at,
            MIN(p.user_id) AS lower_id, MAX(p.user_id) AS higher_id
        FROM chat_rooms r JOIN chat_participants p ON p.chat_room_id = r.chat_room_id
        WHERE NOT r.is_group_chat GROUP BY r.chat_room_id HAVING COUNT(*) = 2
    ) AS private_rooms
"""
SET_PAIR_KEYS = {
    "mysql": f"""
        UPDATE chat_rooms JOIN ({OLDEST_ROOM_OF_EACH_PAIR}) AS pairs ON paired_room_id = chat_room_id
        SET pair_key = CONCAT(lower_id, ':', higher_id) WHERE age_number = 1
    """,
    "sqlite": f"""
        UPDATE chat_rooms SET pair_key = lower_id || ':' || higher_id
        FROM ({OLDEST_ROOM_OF_EACH_PAIR}) AS pairs WHERE paired_room_id = chat_room_id AND age_number = 1
    """,
}


def tidy_existing_rooms(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute(DROP_YOUNGER_DUPLICATES)
        cursor.execute(SET_PAIR_KEYS[connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("rooms", "0003_exact_names_and_times")]

    operations = [
        migrations.RunPython(tidy_existing_rooms, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.UniqueConstraint(fields=("room", "member"), name="one_place_per_member_and_room"),
        ),
    ]
