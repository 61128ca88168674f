"""Private rooms have no name of their own: it told strangers who talks with whom, and took names away from groups.

What they are called is made of their members' nicknames.
"""

import django.db.models.deletion
from django.db import migrations, models

FORGET_PRIVATE_NAMES = "UPDATE chat_rooms SET name = NULL WHERE NOT is_group_chat"
COLUMN_OF_NAMES = """
    SELECT CONCAT(column_type, ' CHARACTER SET ', character_set_name, ' COLLATE ', collation_name)
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'chat_rooms' AND column_name = 'name'
"""


class NullableNames(migrations.AlterField):
    """As an AlterField, which on MySQL and MariaDB would give the column the usual collation."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "mysql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(COLUMN_OF_NAMES)
            [(column,)] = cursor.fetchall()
        schema_editor.execute(f"ALTER TABLE chat_rooms MODIFY name {column} NULL")


class Migration(migrations.Migration):
    dependencies = [("rooms", "0010_names_are_unique")]

    operations = [
        NullableNames(
            model_name="room",
            name="name",
            field=models.CharField(
                blank=True, default=None, max_length=100, null=True, unique=True, verbose_name="name"
            ),
        ),
        migrations.RunSQL(FORGET_PRIVATE_NAMES, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_group_chat", True), ("name__isnull", False))
                | models.Q(("is_group_chat", False), ("name", None)),
                name="group_rooms_have_names",
            ),
        ),
        migrations.AlterField(
            model_name="participant",
            name="member",
            field=models.ForeignKey(
                db_column="user_id",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="participations",
                to="rooms.member",
                verbose_name="member",
            ),
        ),
    ]
