"""Whose the table `users` is: ours, as our first migration makes it, or the main server's; then only it writes."""

from functools import cache

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

OURS = {"user_id", "nickname", "role", "created_at", "updated_at"}
COLUMNS = {  # name, and what shows that the table numbers its rows by itself, as ours does not
    "mysql": """
        SELECT column_name, extra = 'auto_increment' FROM information_schema.columns
        WHERE table_schema = DATABASE() AND table_name = 'users'
    """,
    "sqlite": "SELECT name, pk AND type = 'integer' COLLATE NOCASE FROM pragma_table_info('users')",
}


def are_ours(database: BaseDatabaseWrapper) -> bool:
    """Whether our first migration made the table. The main server's numbers its users, or knows more of them."""
    with database.cursor() as cursor:
        cursor.execute(COLUMNS[database.vendor])
        numbers_itself = {name.lower(): bool(numbers) for name, numbers in cursor.fetchall()}
    return numbers_itself.keys() == OURS and not any(numbers_itself.values())


@cache
def may_be_written() -> bool:
    """Whether members are made and refreshed from tokens, in the database of this process. Asks it once."""
    return are_ours(connection)
