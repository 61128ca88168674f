"""The replaced server's tables; `migrate` takes existing ones over.

Of `users`, the main server's, they are the columns that we read. Where this migration makes that table, it is ours;
no other one may change anything in it.
"""

import django.db.models.deletion
from django.db import migrations, models

OURS = {"user_id", "nickname", "role", "created_at", "updated_at"}
COLUMNS = """
    SELECT column_name, extra = 'auto_increment' OR column_name = 'nickname' AND character_maximum_length <> 40
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'users'
"""
# MySQL's and MariaDB's usual collations hold 'a', 'A' and 'á' to be equal, some '🍣' and '🍺' too
EXACT_NICKNAMES = """
    ALTER TABLE users MODIFY nickname varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL
"""


def make_nicknames_exact(apps, schema_editor):
    """In a table that was made here: the main server's numbers its users, knows more of them, or has longer names."""
    if schema_editor.connection.vendor != "mysql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        differs = {name.lower(): bool(differs) for name, differs in cursor.fetchall()}
    if differs.keys() == OURS and not any(differs.values()):
        schema_editor.execute(EXACT_NICKNAMES)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "member_id",
                    models.BigIntegerField(
                        db_column="user_id", primary_key=True, serialize=False, verbose_name="member number"
                    ),
                ),
                ("nickname", models.CharField(max_length=40, unique=True, verbose_name="nickname")),
                (
                    "role",
                    models.CharField(
                        choices=[("USER", "member"), ("ADMIN", "moderator")],
                        default="USER",
                        max_length=10,
                        verbose_name="role",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
            ],
            options={"db_table": "users", "verbose_name": "member", "verbose_name_plural": "members"},
        ),
        migrations.RunPython(make_nicknames_exact, migrations.RunPython.noop, atomic=False),
        migrations.CreateModel(
            name="Room",
            fields=[
                (
                    "room_id",
                    models.BigAutoField(
                        db_column="chat_room_id", primary_key=True, serialize=False, verbose_name="room number"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("is_group_chat", models.BooleanField(default=True, verbose_name="group room")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
            ],
            options={"db_table": "chat_rooms", "verbose_name": "room", "verbose_name_plural": "rooms"},
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "participant_id",
                    models.BigAutoField(db_column="chat_participant_id", primary_key=True, serialize=False),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_column="user_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participations",
                        to="rooms.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        db_column="chat_room_id",
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "db_table": "chat_participants",
                "verbose_name": "participant",
                "verbose_name_plural": "participants",
            },
        ),
    ]
