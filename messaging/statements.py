"""The hand-written SQL of `services.store_messages`, in the common ground of SQLite, MySQL and MariaDB.

All values are parameters. Everything else in the project is ordinary ORM; this costs a twentieth of it: the ORM's
group commit stores about 2,100 messages/s where these statements store 11,200.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

Key = tuple[int, int | None, str]  # room, sender, client id


class RoomNumbers(NamedTuple):
    last_seq: int
    version: int
    roster_version: int


class Place(NamedTuple):
    participant_id: int
    nickname: str


class MessageRow(NamedTuple):
    """A row of chat_messages in the order of `insert_messages`' columns."""

    room_id: int
    seq: int
    version: int
    kind: str
    sender_id: int | None
    contents: str
    client_id: str
    reply_to: int | None


def lock_rooms(room_ids: Collection[int]) -> dict[int, RoomNumbers]:
    """Lock these rooms until the transaction ends, in id order so that two batches never wait for each other."""
    suffix = " FOR UPDATE" if connection.features.has_select_for_update else ""
    rows = _fetch(
        "SELECT chat_room_id, last_seq, version, roster_version FROM chat_rooms"
        f" WHERE chat_room_id IN ({_marks(len(room_ids))}) ORDER BY chat_room_id{suffix}",
        sorted(room_ids),
    )
    return {row[0]: RoomNumbers(*row[1:]) for row in rows}


def read_places(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], Place]:
    """The places of these (room, member) pairs; a pair without one is left out."""
    if not pairs:
        return {}
    condition, values = _any_of(("p.chat_room_id", "p.user_id"), pairs)
    rows = _fetch(
        "SELECT p.chat_room_id, p.user_id, p.chat_participant_id, u.nickname"
        f" FROM chat_participants p JOIN users u ON u.user_id = p.user_id WHERE {condition}",
        values,
    )
    return {(row[0], row[1]): Place(row[2], row[3]) for row in rows}


def find_messages(keys: Iterable[Key]) -> list[int]:
    """The ids of the messages that are stored under these keys already."""
    found: list[int] = []
    known = list(keys)
    for group in ([key for key in known if key[1] is not None], [key for key in known if key[1] is None]):
        if group:
            condition, values = _any_of(("chat_room_id", "user_id", "client_id"), group)
            rows = _fetch(f"SELECT chat_message_id FROM chat_messages WHERE {condition}", values)
            found += [row[0] for row in rows]
    return found


def insert_messages(rows: Sequence[MessageRow], *, now: datetime) -> None:
    moment = connection.ops.adapt_datetimefield_value(now)
    one = f"({_marks(10)})"
    values = [value for row in rows for value in (*row, moment, moment)]
    _execute(
        "INSERT INTO chat_messages (chat_room_id, seq, version, kind, user_id, contents, client_id, reply_to,"
        f" created_at, updated_at) VALUES {', '.join([one] * len(rows))}",
        values,
    )


def update_rooms(numbers: Mapping[int, RoomNumbers], *, now: datetime) -> None:
    """Write last_seq and version of these rooms."""
    seqs = [value for room_id, room in numbers.items() for value in (room_id, room.last_seq)]
    versions = [value for room_id, room in numbers.items() for value in (room_id, room.version)]
    cases = "CASE chat_room_id" + " WHEN %s THEN %s" * len(numbers) + " END"
    _execute(
        f"UPDATE chat_rooms SET last_seq = {cases}, version = {cases}, updated_at = %s"
        f" WHERE chat_room_id IN ({_marks(len(numbers))})",
        [*seqs, *versions, connection.ops.adapt_datetimefield_value(now), *numbers],
    )


def update_read_marks(marks: Mapping[int, int]) -> None:
    """Write read_seq by participant id."""
    cases = "CASE chat_participant_id" + " WHEN %s THEN %s" * len(marks) + " END"
    _execute(
        f"UPDATE chat_participants SET read_seq = {cases} WHERE chat_participant_id IN ({_marks(len(marks))})",
        [*(value for mark in marks.items() for value in mark), *marks],
    )


def _marks(count: int) -> str:
    return ", ".join(["%s"] * count)


def _any_of(columns: Sequence[str], rows: Collection[Sequence[Any]]) -> tuple[str, list[Any]]:
    """A condition that the columns together equal one of `rows`, and its values. Three IN lists would scan.

    A None must stand in the same column of all rows.
    """
    if connection.vendor == "sqlite":  # scans for rows in a list, but searches an index for each part of an OR
        one = "(" + " AND ".join(f"{column} IS %s" for column in columns) + ")"
        return "(" + " OR ".join([one] * len(rows)) + ")", [value for row in rows for value in row]
    nulls = [column for column, value in zip(columns, next(iter(rows)), strict=True) if value is None]
    others = [column for column in columns if column not in nulls]
    listed = ", ".join([f"({_marks(len(others))})"] * len(rows))
    conditions = [*(f"{column} IS NULL" for column in nulls), f"({', '.join(others)}) IN ({listed})"]
    return " AND ".join(conditions), [value for row in rows for value in row if value is not None]


def _fetch(query: str, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _execute(query: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
