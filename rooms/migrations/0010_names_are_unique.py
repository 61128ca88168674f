"""Room names are unique, also where the replaced server's table left that to the server."""

from django.db import migrations

UNIQUE_INDEXES = """
    SELECT index_name FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'chat_rooms' AND non_unique = 0
    GROUP BY index_name HAVING MAX(column_name) = 'name' AND COUNT(*) = 1
"""


def make_names_unique(apps, schema_editor):
    if schema_editor.connection.vendor != "mysql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(UNIQUE_INDEXES)
        if cursor.fetchone() is None:
            cursor.execute("ALTER TABLE chat_rooms ADD CONSTRAINT one_room_per_name UNIQUE (name)")


class Migration(migrations.Migration):
    dependencies = [("rooms", "0009_pairs_of_odd_rooms")]

    operations = [migrations.RunPython(make_names_unique, migrations.RunPython.noop, atomic=False)]
