"""A private room that a third member joined (the replaced server allowed that) is still the room of its first two.

A pair that has a room of two keeps that one; of several such rooms the oldest is theirs.
"""

from django.db import migrations

FIRST_TWO_OF_EACH_ROOM = """
    SELECT chat_room_id, MIN(r.created_at) AS made_at, MIN(user_id) AS lower_id, MAX(user_id) AS higher_id
    FROM (
        SELECT p.chat_room_id, p.user_id, COUNT(*) OVER (PARTITION BY p.chat_room_id) AS places,
            ROW_NUMBER() OVER (PARTITION BY p.chat_room_id ORDER BY p.chat_participant_id) AS place_number
        FROM chat_participants p
    ) AS places JOIN chat_rooms r USING (chat_room_id)
    WHERE places > 2 AND place_number <= 2 AND NOT r.is_group_chat AND r.pair_key IS NULL
    GROUP BY chat_room_id ORDER BY made_at, chat_room_id
"""
GIVE_PAIR = "UPDATE chat_rooms SET pair_key = %s WHERE chat_room_id = %s"


def pair_odd_rooms(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FIRST_TWO_OF_EACH_ROOM)
        for room_id, _made_at, lower_id, higher_id in cursor.fetchall():
            pair_key = f"{lower_id}:{higher_id}"
            cursor.execute("SELECT 1 FROM chat_rooms WHERE pair_key = %s", [pair_key])
            if cursor.fetchone() is None:
                cursor.execute(GIVE_PAIR, [pair_key, room_id])


class Migration(migrations.Migration):
    dependencies = [("rooms", "0008_rooms_made")]

    operations = [migrations.RunPython(pair_odd_rooms, migrations.RunPython.noop)]
