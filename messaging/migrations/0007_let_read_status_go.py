"""What the replaced server left in `read_status` keeps no message, no room and no user from being deleted."""

from django.db import migrations

HELD_BACK = """
    SELECT c.constraint_name, c.delete_rule, k.column_name, k.referenced_table_name
    FROM information_schema.referential_constraints c JOIN information_schema.key_column_usage k
        ON k.constraint_schema = c.constraint_schema AND k.constraint_name = c.constraint_name
        AND k.table_name = c.table_name
    WHERE c.constraint_schema = DATABASE() AND c.table_name = 'read_status'
        AND c.referenced_table_name IN ('chat_messages', 'chat_rooms', 'users') AND c.delete_rule <> 'CASCADE'
"""
LET_GO = """
    ALTER TABLE read_status DROP FOREIGN KEY `{name}`, ADD CONSTRAINT `read_status_goes_with_{table}`
        FOREIGN KEY (`{column}`) REFERENCES `{table}` (`{column}`) ON DELETE CASCADE
"""


def let_read_status_go(apps, schema_editor):
    if schema_editor.connection.vendor != "mysql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(HELD_BACK)
        keys = cursor.fetchall()
    schema_editor.execute("SET foreign_key_checks = 0")  # the rows fit already: the table need not be copied
    for name, _rule, column, table in keys:
        schema_editor.execute(LET_GO.format(name=name, column=column, table=table))
    schema_editor.execute("SET foreign_key_checks = 1")


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_name_the_deployment")]

    operations = [migrations.RunPython(let_read_status_go, migrations.RunPython.noop, atomic=False)]
