"""Whose the table `users` is: ours, as our first migration makes it, or the main server's; then only it writes."""

from functools import cache

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

OURS = {"user_id", "nickname", "role", "created_at", "updated_at"}
COLUMNS = {  # name, and what ours does not have: rows numbered by the table itself, nicknames of another length
    "mysql": """
        SELECT column_name, extra = 'auto_increment' OR column_name = 'nickname' AND character_maximum_length <> 40
        FROM information_schema.columns
        WHERE table_schema = DATABASE() AND table_name = 'users'
    """,
    "sqlite": """
        SELECT name, pk AND type = 'integer' COLLATE NOCASE OR name = 'nickname' AND type <> 'varchar(40)'
        FROM pragma_table_info('users')
    """,
}


def are_ours(database: BaseDatabaseWrapper) -> bool:
    """Whether our first migration made the table. The main server's numbers its users, knows more of them, or has
    longer nicknames."""
    with database.cursor() as cursor:
        cursor.execute(COLUMNS[database.vendor])
        differs = {name.lower(): bool(differs) for name, differs in cursor.fetchall()}
    return differs.keys() == OURS and not any(differs.values())


@cache
def may_be_written() -> bool:
    """Whether members are made and refreshed from tokens, in the database of this process. Asks it once."""
    return are_ours(connection)
