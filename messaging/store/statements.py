"""The hand-written SQL, in the common ground of SQLite, MySQL and MariaDB.

It stores batches (`services.store_batch`) and reads what many subscribers ask for at one time.

All values are parameters. Nearly everything else in the project is ordinary ORM; this costs a twentieth of it: the
ORM's group commit stores about 2,100 messages/s where these statements store 11,200. Statements that follow each
other go in one round trip: one costs 0.1 ms, and 60 µs of CPU.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, Error, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# Deadlock, lock time-out, server gone, connection lost: the transaction is over, the same one may pass now.
# A server that cannot be reached at all (2002, 2003) is told at once.
PASSING_MYSQL_ERRORS = frozenset({1205, 1213, 2006, 2013})

Key = tuple[int, int | None, str]  # room, sender, client id


class RoomNumbers(NamedTuple):
    last_seq: int
    version: int
    roster_version: int
    slow_s: int = 0  # between two messages of a member; 0: none
    is_read_only: bool = False  # but for managers
    is_private: bool = False


class MessageRow(NamedTuple):
    """A row of chat_messages. `marks`, see `wire.marks`, is the last."""

    room_id: int
    seq: int
    version: int
    kind: str
    sender_id: int | None
    contents: str
    client_id: str
    reply_to: int | None
    marks: str | None = None


_COLUMNS = {"room_id": "chat_room_id", "sender_id": "user_id"}  # where a field's name is not the column's


class Statement(NamedTuple):
    """`read` makes its result of the rows that come back."""

    query: str
    values: Sequence[Any] = ()
    read: Callable[[list[Any]], Any] = list


# Their time grows with the square of their number: 12,800 together take MariaDB 160 s
STATEMENTS_PER_TRIP = 100

BEGIN, COMMIT, ROLLBACK = Statement("BEGIN"), Statement("COMMIT"), Statement("ROLLBACK")


class _Own(threading.local):
    def __init__(self) -> None:
        self.connection = connections[DEFAULT_DB_ALIAS]


_own = _Own()


def own_connection() -> BaseDatabaseWrapper:
    """This thread's connection, which `connections` takes 1.5 µs and a system call to find each time."""
    return _own.connection


def run(*statements: Statement) -> list[Any]:
    """Execute these one after another, in few round trips where the database can; returns the result of each.

    Whatever the database raises is raised; of the statements behind that none was executed.
    """
    at_once = 1 if connection.vendor == "sqlite" else STATEMENTS_PER_TRIP
    results: list[Any] = []
    with connection.cursor() as cursor:
        for start in range(0, len(statements), at_once):
            results += _run_together(cursor, statements[start : start + at_once])
    return results


def _run_together(cursor: Any, statements: Sequence[Statement]) -> list[Any]:
    values = [value for statement in statements for value in statement.values]
    cursor.execute("; ".join(statement.query for statement in statements), values)
    results = [statements[0].read(cursor.fetchall())]
    for statement in statements[1:]:
        cursor.nextset()
        results.append(statement.read(cursor.fetchall()))
    return results


class OneTransaction:
    """As `transaction.atomic`, which it is on SQLite and inside another transaction.

    Elsewhere its begin and its commit travel with the statements, where `atomic` makes round trips of its own.
    Left without `commit`, it has changed nothing.
    """

    def __enter__(self) -> "OneTransaction":
        self._atomic = None
        if connection.vendor == "sqlite" or connection.in_atomic_block:
            self._atomic = transaction.atomic()
            self._atomic.__enter__()
        self._is_open = self._atomic is None
        return self

    def begin(self, *statements: Statement) -> list[Any]:
        return run(*statements) if self._atomic else run(BEGIN, *statements)[1:]

    def commit(self, *statements: Statement) -> None:
        run(*statements, *(() if self._atomic else (COMMIT,)))
        self._is_open = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._atomic:
            self._atomic.__exit__(kind, error, trace)
        elif self._is_open:
            with suppress(Error):  # a lost connection took the transaction with it
                run(ROLLBACK)


def lock_rooms(room_ids: Collection[int]) -> Statement:
    """Lock these rooms until the transaction ends, in id order so that two batches never wait for each other.

    Its result are the RoomNumbers by room.
    """
    suffix = " FOR UPDATE" if connection.features.has_select_for_update else ""
    return Statement(
        "SELECT chat_room_id, last_seq, version, roster_version, slow_s, is_read_only, NOT is_group_chat"
        f" FROM chat_rooms WHERE chat_room_id IN ({placeholders(len(room_ids))}) ORDER BY chat_room_id{suffix}",
        sorted(room_ids),
        lambda rows: {row[0]: RoomNumbers(*row[1:]) for row in rows},
    )


def find_messages(keys: Iterable[Key]) -> dict[int, Key]:
    """The messages that are stored under these keys already, by their ids."""
    found: dict[int, Key] = {}
    known = set(keys)
    for group in ([key for key in known if key[1] is not None], [key for key in known if key[1] is None]):
        if group:
            condition, values = any_of(("chat_room_id", "user_id", "client_id"), group)
            if group[0][1] is None:
                condition = (
                    f"({condition}) AND kind <> 'member'"  # what members said who are gone is none of these
                )
            query = (
                f"SELECT chat_message_id, chat_room_id, user_id, client_id FROM chat_messages WHERE {condition}"
            )
            [rows] = run(Statement(query, values))
            found |= {row[0]: (row[1], row[2], row[3]) for row in rows}
    return found


def insert_messages(rows: Sequence[MessageRow], *, now: datetime) -> Statement:
    """Where no row has marks, as in nearly every batch, nothing is said of them."""
    moment = connection.ops.adapt_datetimefield_value(now)
    columns = MessageRow._fields if any(row.marks for row in rows) else MessageRow._fields[:-1]
    names = ", ".join(_COLUMNS.get(column, column) for column in columns)
    values = [value for row in rows for value in (*row[: len(columns)], moment, moment)]
    return Statement(
        f"INSERT INTO chat_messages ({names}, created_at, updated_at)"
        f" VALUES {value_rows(len(columns) + 2, len(rows))}",
        values,
    )


def update_rooms(numbers: Mapping[int, RoomNumbers], *, now: datetime) -> Statement:
    """Write last_seq and version of these rooms."""
    seqs = [value for room_id, room in numbers.items() for value in (room_id, room.last_seq)]
    versions = [value for room_id, room in numbers.items() for value in (room_id, room.version)]
    cases = "CASE chat_room_id" + " WHEN %s THEN %s" * len(numbers) + " END"
    return Statement(
        f"UPDATE chat_rooms SET last_seq = {cases}, version = {cases}, updated_at = %s"
        f" WHERE chat_room_id IN ({placeholders(len(numbers))})",
        [*seqs, *versions, connection.ops.adapt_datetimefield_value(now), *numbers],
    )


def read_times(addresses: Collection[tuple[int, int]]) -> Statement:
    """Its result is by (room, seq) when these messages were said."""
    condition, values = any_of(("chat_room_id", "seq"), addresses)
    return Statement(
        f"SELECT chat_room_id, seq, created_at FROM chat_messages WHERE {condition}",
        values,
        lambda rows: {(room_id, seq): at.replace(tzinfo=connection.timezone) for room_id, seq, at in rows},
    )


def placeholders(count: int) -> str:
    return ", ".join(["%s"] * count)


def value_rows(columns: int, count: int) -> str:
    """What stands behind VALUES for so many rows."""
    return ", ".join([f"({placeholders(columns)})"] * count)


def any_of(columns: Sequence[str], rows: Collection[Sequence[Any]]) -> tuple[str, list[Any]]:
    """A condition that the columns together equal one of `rows`, and its values. Three IN lists would scan.

    A None must stand in the same column of all rows.
    """
    if not rows:
        return "1 = 0", []
    if connection.vendor == "sqlite":  # scans for rows in a list, but searches an index for each part of an OR
        one = "(" + " AND ".join(f"{column} IS %s" for column in columns) + ")"
        return "(" + " OR ".join([one] * len(rows)) + ")", [value for row in rows for value in row]
    nulls = [column for column, value in zip(columns, next(iter(rows)), strict=True) if value is None]
    others = [column for column in columns if column not in nulls]
    conditions = [
        *(f"{column} IS NULL" for column in nulls),
        f"({', '.join(others)}) IN ({value_rows(len(others), len(rows))})",
    ]
    return " AND ".join(conditions), [value for row in rows for value in row if value is not None]
