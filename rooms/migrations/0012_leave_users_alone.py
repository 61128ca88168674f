"""The table `users` is the main server's. Where earlier forms of these migrations changed it, that is taken back.

They gave `nickname` 40 characters and an exact collation and took the defaults and NULLs of the times away. What
was before nobody wrote down: here `nickname` gets the table's own collation and as much room as it may have had,
the times take NULL again and have the moment as default. A table that nobody changed stays as it is.
"""

import sys

from django.db import migrations

OURS = {"user_id", "nickname", "role", "created_at", "updated_at"}
COLUMNS = """
    SELECT column_name, extra, column_type, collation_name, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'users'
"""
LEFT_BY_US = {
    "nickname": ("varchar(40)", "utf8mb4_bin", "NO", None),
    "created_at": ("datetime(6)", None, "NO", None),
    "updated_at": ("datetime(6)", None, "NO", None),
}
USUAL_COLLATION = """
    SELECT table_collation FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_name = 'users'
"""
NAMES_ALIKE = """
    SELECT COUNT(*) FROM (
        SELECT 1 FROM users GROUP BY CONVERT(nickname USING {charset}) COLLATE {collation} HAVING COUNT(*) > 1
    ) AS names
"""
GIVE_TIMES_BACK = """
    ALTER TABLE users
        MODIFY created_at datetime(6) NULL DEFAULT CURRENT_TIMESTAMP(6),
        MODIFY updated_at datetime(6) NULL DEFAULT CURRENT_TIMESTAMP(6)
"""
GIVE_NAMES_BACK = """
    ALTER TABLE users MODIFY nickname varchar(255) CHARACTER SET {charset} COLLATE {collation} NOT NULL
"""
LEFT_EXACT = (
    "users.nickname keeps its exact collation: some nicknames are equal to the table's own, {collation}. Rename"
    " those members, then ALTER TABLE users MODIFY nickname as it was."
)


def give_users_back(apps, schema_editor):
    if schema_editor.connection.vendor != "mysql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = {row[0].lower(): row[1:] for row in cursor.fetchall()}
        if is_ours(columns) or any(columns[name][1:] != left for name, left in LEFT_BY_US.items()):
            return
        cursor.execute(GIVE_TIMES_BACK)
        give_names_back(cursor)


def is_ours(columns):
    """Whether our first migration made the table. The main server's numbers its users, or knows more of them."""
    return columns.keys() == OURS and "auto_increment" not in columns["user_id"][0].lower()


def give_names_back(cursor):
    cursor.execute(USUAL_COLLATION)
    [(collation,)] = cursor.fetchall()
    # utf8mb4 whatever the table has: a nickname may be in no other by now
    charset, usual = "utf8mb4", collation if collation.startswith("utf8mb4_") else "utf8mb4_general_ci"
    cursor.execute(NAMES_ALIKE.format(charset=charset, collation=usual))
    [(alike,)] = cursor.fetchall()
    if alike:
        sys.stderr.write(LEFT_EXACT.format(collation=usual) + "\n")
    else:
        cursor.execute(GIVE_NAMES_BACK.format(charset=charset, collation=usual))


class Migration(migrations.Migration):
    dependencies = [("rooms", "0011_private_rooms_without_names")]

    operations = [migrations.RunPython(give_users_back, migrations.RunPython.noop, atomic=False)]
