"""The replaced server's tables: which there are, and whether they are its own. Changes nothing."""

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

NUMBER = frozenset({"bigint"})
TEXT = frozenset({"varchar", "char", "tinytext", "text", "mediumtext", "longtext"})
WORD = TEXT | {"enum"}
FLAG = frozenset({"bit", "tinyint"})
MOMENT = frozenset({"datetime", "timestamp"})
TIMES = {"created_at": MOMENT, "updated_at": MOMENT}
TABLES = {
    "users": {"user_id": NUMBER, "nickname": TEXT, "role": WORD, **TIMES},
    "chat_rooms": {"chat_room_id": NUMBER, "name": TEXT, "is_group_chat": FLAG, **TIMES},
    "chat_participants": {"chat_participant_id": NUMBER, "user_id": NUMBER, "chat_room_id": NUMBER},
    "chat_messages": {
        "chat_message_id": NUMBER,
        "contents": TEXT,
        "chat_room_id": NUMBER,
        "user_id": NUMBER,
        **TIMES,
    },
    "read_status": {"chat_room_id": NUMBER, "chat_message_id": NUMBER, "user_id": NUMBER, "is_read": FLAG},
}
WRITTEN = ("chat_rooms", "chat_participants", "chat_messages")  # where this server adds rows to what it took over
FIRST = {("rooms", "0001_initial"), ("messaging", "0001_initial")}
LAST = ("messaging", "0005_keep_order")  # with it the tables are ours


@dataclass(frozen=True, slots=True)
class Column:
    """What a database's catalogue says of a column; "" and None where SQLite says nothing."""

    kind: str = ""
    is_unsigned: bool = False
    is_optional: bool = True  # an insert may leave it out
    counts: bool = True  # gives numbers by itself
    longest: int | None = None


def is_taken_over(connection: BaseDatabaseWrapper) -> bool:
    """Whether the migrations that turn the replaced server's tables into ours have all run."""
    return LAST in MigrationRecorder(connection).applied_migrations()


def is_begun(connection: BaseDatabaseWrapper) -> bool:
    """Whether those tables were recognised before: what is strange in them is ours."""
    return bool(FIRST & set(MigrationRecorder(connection).applied_migrations()))


def present_tables(connection: BaseDatabaseWrapper) -> list[str]:
    """The tables of TABLES that there are, views left out."""
    with connection.cursor() as cursor:
        found = {info.name for info in connection.introspection.get_table_list(cursor) if info.type == "t"}
    return [table for table in TABLES if table in found]


def strangeness(connection: BaseDatabaseWrapper) -> list[str]:
    """Why the tables of those names are somebody else's, a clause each; empty where they can be taken over."""
    return [clause for table in present_tables(connection) for clause in _strangeness_of(connection, table)]


def columns_of(connection: BaseDatabaseWrapper, table: str) -> dict[str, Column]:
    if connection.vendor == "mysql":
        return _mysql_columns(connection, table)
    with connection.cursor() as cursor:
        return {info.name: Column() for info in connection.introspection.get_table_description(cursor, table)}


def _mysql_columns(connection: BaseDatabaseWrapper, table: str) -> dict[str, Column]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type, column_type, is_nullable, column_default, extra,"
            " character_maximum_length FROM information_schema.columns"
            " WHERE table_schema = DATABASE() AND table_name = %s",
            [table],
        )
        return {
            name: Column(
                kind=kind.lower(),
                is_unsigned="unsigned" in full_type,
                is_optional=is_nullable == "YES" or default is not None or extra != "",
                counts="auto_increment" in extra,
                longest=longest,
            )
            for name, kind, full_type, is_nullable, default, extra, longest in cursor.fetchall()
        }


def _strangeness_of(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    columns, wanted = columns_of(connection, table), TABLES[table]
    missing = [f"{table} lacks the column {name}" for name in wanted if name not in columns]
    others = [
        f"{table}.{name} is {'unsigned ' if columns[name].is_unsigned else ''}{columns[name].kind}"
        for name, kinds in wanted.items()
        if name in columns and columns[name].kind and not _fits(columns[name], kinds)
    ]
    return missing or [*others, *_what_we_could_not_write(connection, table, columns)]


def _fits(column: Column, kinds: frozenset[str]) -> bool:
    return column.kind in kinds and not (kinds is NUMBER and column.is_unsigned)


def _what_we_could_not_write(connection: BaseDatabaseWrapper, table: str, columns: dict[str, Column]) -> list[str]:
    """What keeps this server from adding a row: numbers, values that it does not have, an engine without locks."""
    if table not in WRITTEN or connection.vendor != "mysql":
        return []
    key = next(iter(TABLES[table]))
    clauses = [] if columns[key].counts else [f"{table}.{key} has no AUTO_INCREMENT"]
    clauses += [
        f"{table}.{name} wants a value that this server does not have"
        for name, column in columns.items()
        if name not in TABLES[table] and name not in TIMES and not column.is_optional
    ]
    engine = _engine(connection, table)
    return clauses if engine == "InnoDB" else [*clauses, f"{table} is kept by {engine}, not InnoDB"]


def _engine(connection: BaseDatabaseWrapper, table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT engine FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %s",
            [table],
        )
        return str(cursor.fetchone()[0])
