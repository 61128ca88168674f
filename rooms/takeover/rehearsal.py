"""What `migrate` is going to do with the replaced server's database, in words. Changes nothing."""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from rooms.takeover.flaws import find_flaws, plan_room_names
from rooms.takeover.tables import is_begun, present_tables, strangeness

# measured on a shared machine of 2 cores: docs/takeover.md
ROWS_PER_S = {"chat_messages": 5_000, "read_status": 100_000}
TIMES_AS_LONG_ON_MYSQL = 4  # it copies a table for each column that has a check
NAMES_SHOWN = 20


def tell_strangeness(connection: BaseDatabaseWrapper) -> str | None:
    """The sentence with which `migrate` refuses tables that are not the replaced server's."""
    clauses = [] if is_begun(connection) else strangeness(connection)
    if not clauses:
        return None
    return (
        f"Tables with the replaced server's names are somebody else's: {'; '.join(clauses)}. "
        "Nothing was changed: name another database in DATABASE_URL."
    )


def rehearse(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """Lines: the rows of each table, how long it takes, what is mended and what is renamed."""
    rows = {table: _count(connection, table) for table in present_tables(connection)}
    yield f"The replaced server's tables: {', '.join(f'{table} {count:,}' for table, count in rows.items())} rows."
    yield f"That takes about {_seconds(connection, rows)} s on 2 cores. Stop the replaced server before."
    yield from (f"* {found}" for found in find_flaws(connection))
    yield from _tell_names(connection)
    if "read_status" not in rows:
        yield "* There is no read_status: everything counts as read."


def _tell_names(connection: BaseDatabaseWrapper) -> Iterator[str]:
    plan = plan_room_names(connection)
    if plan:
        yield f"* {len(plan):,} rooms get another name: it had outer spaces, was that of another, too long or none"
    for room_id, (old, new) in list(plan.items())[:NAMES_SHOWN]:
        yield f"    room {room_id}: {old!r} becomes {new!r}"
    if len(plan) > NAMES_SHOWN:
        yield f"    and {len(plan) - NAMES_SHOWN:,} more"


def _seconds(connection: BaseDatabaseWrapper, rows: dict[str, int]) -> int:
    seconds = 5 + sum(rows.get(table, 0) // rate for table, rate in ROWS_PER_S.items())
    is_mysql = connection.vendor == "mysql" and not getattr(connection, "mysql_is_mariadb", False)
    return seconds * (TIMES_AS_LONG_ON_MYSQL if is_mysql else 1)


def _count(connection: BaseDatabaseWrapper, table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")
        return int(cursor.fetchone()[0])
