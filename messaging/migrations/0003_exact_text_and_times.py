"""On MySQL and MariaDB: contents of any length and script, times with microseconds, client ids compared exactly.

One statement, because each copies the table.
"""

from django.db import migrations

UNKNOWN_TIME = "1970-01-01 00:00:00"
FILL_UNKNOWN_VALUES = """
    UPDATE chat_messages SET contents = COALESCE(contents, ''),
        created_at = COALESCE(created_at, updated_at, %s), updated_at = COALESCE(updated_at, created_at, %s)
    WHERE contents IS NULL OR created_at IS NULL OR updated_at IS NULL
"""
EXACT_COLUMNS = """
    ALTER TABLE chat_messages
        MODIFY contents longtext CHARACTER SET utf8mb4 NOT NULL,
        MODIFY client_id varchar(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
        MODIFY created_at datetime(6) NOT NULL,
        MODIFY updated_at datetime(6) NOT NULL
"""


def make_columns_exact(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute(FILL_UNKNOWN_VALUES, [UNKNOWN_TIME, UNKNOWN_TIME])
    if connection.vendor == "mysql":
        schema_editor.execute(EXACT_COLUMNS)


class Migration(migrations.Migration):
    atomic = False  # MySQL commits before every ALTER TABLE; each statement here may run again

    dependencies = [("messaging", "0002_order_and_kinds")]

    operations = [migrations.RunPython(make_columns_exact, migrations.RunPython.noop)]
