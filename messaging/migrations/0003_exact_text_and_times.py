"""On MySQL and MariaDB: contents of any length and script, times with microseconds, client ids compared exactly.

One statement, because each copies the table.
"""

from django.db import migrations

EXACT_COLUMNS = """
    ALTER TABLE chat_messages
        MODIFY contents longtext CHARACTER SET utf8mb4 NOT NULL,
        MODIFY client_id varchar(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
        MODIFY created_at datetime(6) NOT NULL,
        MODIFY updated_at datetime(6) NOT NULL
"""


def make_columns_exact(apps, schema_editor):
    if schema_editor.connection.vendor == "mysql":
        schema_editor.execute(EXACT_COLUMNS)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_order_and_kinds")]

    operations = [migrations.RunPython(make_columns_exact, migrations.RunPython.noop, atomic=False)]
