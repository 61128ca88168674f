"""On MySQL and MariaDB: names compare exactly, times keep microseconds, booleans are numbers.

Their default collations hold 'a', 'A' and 'á' to be equal, some '🍣' and '🍺' too; a JPA boolean may be bit(1),
which Django reads as bytes. A later AlterField of `name` loses the collation: repeat it there.

Private rooms lose their names first: 0011 says why, and two of theirs may be one name to the exact collation.
"""

from django.db import migrations

COLUMN_OF_NAMES = """
    SELECT CONCAT(column_type, ' CHARACTER SET ', character_set_name, ' COLLATE ', collation_name)
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'chat_rooms' AND column_name = 'name'
"""
FORGET_PRIVATE_NAMES = "UPDATE chat_rooms SET name = NULL WHERE NOT is_group_chat"
EXACT_COLUMNS = """
    ALTER TABLE chat_rooms
        MODIFY name varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
        MODIFY is_group_chat bool NOT NULL,
        MODIFY pair_key varchar(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
        MODIFY created_at datetime(6) NOT NULL,
        MODIFY updated_at datetime(6) NOT NULL
"""


def make_columns_exact(apps, schema_editor):
    if schema_editor.connection.vendor != "mysql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(COLUMN_OF_NAMES)
        [(column,)] = cursor.fetchall()
    schema_editor.execute(f"ALTER TABLE chat_rooms MODIFY name {column} NULL")
    schema_editor.execute(FORGET_PRIVATE_NAMES)
    schema_editor.execute(EXACT_COLUMNS)


class Migration(migrations.Migration):
    dependencies = [("rooms", "0002_order_and_pairs")]

    operations = [migrations.RunPython(make_columns_exact, migrations.RunPython.noop, atomic=False)]
