"""On MySQL and MariaDB: names compare exactly, times keep microseconds, booleans are numbers.

Their default collations hold 'a', 'A' and 'á' to be equal, some '🍣' and '🍺' too; a JPA boolean may be bit(1),
which Django reads as bytes. A later AlterField of `nickname` or `name` loses the collation: repeat it there.
"""

from django.db import migrations

EXACT_COLUMNS = [
    """ALTER TABLE users
        MODIFY nickname varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        MODIFY created_at datetime(6) NOT NULL,
        MODIFY updated_at datetime(6) NOT NULL""",
    """ALTER TABLE chat_rooms
        MODIFY name varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        MODIFY is_group_chat bool NOT NULL,
        MODIFY pair_key varchar(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
        MODIFY created_at datetime(6) NOT NULL,
        MODIFY updated_at datetime(6) NOT NULL""",
]


def make_columns_exact(apps, schema_editor):
    if schema_editor.connection.vendor == "mysql":
        for statement in EXACT_COLUMNS:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("rooms", "0002_order_and_pairs")]

    operations = [migrations.RunPython(make_columns_exact, migrations.RunPython.noop, atomic=False)]
