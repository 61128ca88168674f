"""What years leave in the replaced server's tables, found and mended before anything else is changed.

Every statement may run again, on tables that are half taken over too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from rooms.takeover.catalogue import execute, text_type
from rooms.takeover.room_names import LONGEST, likeness, plan_names
from rooms.takeover.tables import columns_of, present_tables

NO_ROOM = "NOT EXISTS (SELECT 1 FROM chat_rooms r WHERE r.chat_room_id = {table}.chat_room_id)"
NO_MEMBER = "NOT EXISTS (SELECT 1 FROM users u WHERE u.user_id = {table}.user_id)"
# MySQL's zero date is before every date; it also has days like 2024-00-00
NO_TIME = "({column} IS NULL OR {column} < '1000-01-01' OR {column} LIKE '%-00%')"
_MADE, _CHANGED = (
    f"CASE WHEN NOT {NO_TIME.format(column=column)} THEN {column} END" for column in ("created_at", "updated_at")
)
RENAME = "UPDATE chat_rooms SET name = %s WHERE chat_room_id = %s"
UNKNOWN_TIME = "'1970-01-01 00:00:00'"
YOUNGER_PLACES = """chat_participant_id IN (
    SELECT place_id FROM (
        SELECT chat_participant_id AS place_id, ROW_NUMBER() OVER (
            PARTITION BY chat_room_id, user_id ORDER BY chat_participant_id
        ) AS place_number FROM chat_participants
    ) AS places WHERE place_number > 1
)"""
# a message that lost its time was said when the one before it was
TIMES_OF_MESSAGES = f"""
    SELECT chat_message_id AS timed_id, COALESCE(
        {_MADE}, {_CHANGED},
        MAX({_MADE}) OVER (
            PARTITION BY chat_room_id ORDER BY chat_message_id ROWS UNBOUNDED PRECEDING
        ), {UNKNOWN_TIME}
    ) AS said_at FROM chat_messages
"""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Rows of one table that cannot stay as they are. `words` take their number."""

    table: str
    where: str
    words: str
    mend: Mapping[str, tuple[str, ...]]  # statements of each database; what is SQLite's is also in MySQL's words
    others: frozenset[str] = frozenset()  # tables that `where` asks too


@dataclass(frozen=True, slots=True)
class Found:
    flaw: Flaw
    rows: int

    def __str__(self) -> str:
        return self.flaw.words.format(self.rows)


def _alike(*statements: str) -> dict[str, tuple[str, ...]]:
    return {"mysql": statements, "sqlite": statements}


def _missing(table: str, *conditions: str) -> str:
    return " OR ".join(condition.format(table=table) for condition in conditions)


def _no_time(*columns: str) -> str:
    return " OR ".join(NO_TIME.format(column=column) for column in columns)


_PLACES_OF_NOBODY = _missing("chat_participants", NO_ROOM, NO_MEMBER)
_MESSAGES_NOWHERE = _missing("chat_messages", NO_ROOM)
_MARKS_NOWHERE = f"chat_message_id IN (SELECT chat_message_id FROM chat_messages WHERE {_MESSAGES_NOWHERE})"
_MESSAGES_OF_NOBODY = f"user_id IS NOT NULL AND {_missing('chat_messages', NO_MEMBER)}"
_UNTIMED = _no_time("created_at", "updated_at")
_TIME_ROOMS = f"""
    UPDATE chat_rooms SET
        created_at = COALESCE({_MADE}, {_CHANGED}, {UNKNOWN_TIME}),
        updated_at = COALESCE({_CHANGED}, {_MADE}, {UNKNOWN_TIME})
    WHERE {_UNTIMED}
"""
_TIME_MESSAGES = {
    "mysql": (
        f"""
        UPDATE chat_messages JOIN ({TIMES_OF_MESSAGES}) AS timed ON timed_id = chat_message_id SET
            created_at = said_at, updated_at = COALESCE({_CHANGED}, said_at)
        WHERE {_UNTIMED}
        """,
    ),
    "sqlite": (
        f"""
        UPDATE chat_messages SET
            created_at = said_at, updated_at = COALESCE({_CHANGED}, said_at)
        FROM ({TIMES_OF_MESSAGES}) AS timed WHERE timed_id = chat_message_id AND ({_UNTIMED})
        """,
    ),
}
FLAWS = [
    Flaw(
        "chat_participants",
        _PLACES_OF_NOBODY,
        "{} places of members or rooms that are gone: taken out",
        _alike(f"DELETE FROM chat_participants WHERE {_PLACES_OF_NOBODY}"),
    ),
    Flaw(
        "chat_participants",
        YOUNGER_PLACES,
        "{} places of members who are in that room already: taken out",
        _alike(f"DELETE FROM chat_participants WHERE {YOUNGER_PLACES}"),
    ),
    Flaw(
        "read_status",  # its foreign key would keep those messages
        _MARKS_NOWHERE,
        "{} read marks of messages of rooms that are gone: deleted with them",
        _alike(f"DELETE FROM read_status WHERE {_MARKS_NOWHERE}"),
        others=frozenset({"chat_messages"}),
    ),
    Flaw(
        "chat_messages",
        _MESSAGES_NOWHERE,
        "{} messages of rooms that are gone: deleted, nobody could read them",
        _alike(f"DELETE FROM chat_messages WHERE {_MESSAGES_NOWHERE}"),
    ),
    Flaw(
        "chat_messages",
        _MESSAGES_OF_NOBODY,
        "{} messages of members who are gone: they stay, without an author",
        {
            "mysql": (
                "ALTER TABLE chat_messages MODIFY user_id bigint NULL",
                f"UPDATE chat_messages SET user_id = NULL WHERE {_MESSAGES_OF_NOBODY}",
            ),
            "sqlite": (),  # it was never the replaced server's database
        },
    ),
    Flaw(
        "chat_rooms",
        "is_group_chat IS NULL",
        "{} rooms of neither kind: private",
        _alike("UPDATE chat_rooms SET is_group_chat = 0 WHERE is_group_chat IS NULL"),
    ),
    Flaw(
        "chat_rooms",
        _UNTIMED,
        "{} rooms without a time: the other one that they have, or 1970",
        _alike(_TIME_ROOMS),
    ),
    Flaw(
        "chat_messages",
        _UNTIMED,
        "{} messages without a time: that of the message before",
        _TIME_MESSAGES,
    ),
    Flaw(
        "chat_messages",
        "contents IS NULL",
        "{} messages without contents: empty",
        _alike("UPDATE chat_messages SET contents = '' WHERE contents IS NULL"),
    ),
]


def find_flaws(connection: BaseDatabaseWrapper) -> list[Found]:
    """Those that there are, in the order in which they are mended. Changes nothing."""
    return list(_found(connection))


def mend_flaws(connection: BaseDatabaseWrapper) -> None:
    """Mend each of them. What one statement of it did is kept when the next fails."""
    for found in _found(connection):  # one after another: a place of nobody is no second place
        with connection.cursor() as cursor:
            for statement in found.flaw.mend[connection.vendor]:
                cursor.execute(statement)


def _found(connection: BaseDatabaseWrapper) -> Iterator[Found]:
    present = set(present_tables(connection))
    for flaw in FLAWS:
        if {"users", "chat_rooms", flaw.table} | flaw.others <= present and (rows := _count(connection, flaw)):
            yield Found(flaw, rows)


def _count(connection: BaseDatabaseWrapper, flaw: Flaw) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {flaw.table} WHERE {flaw.where}")
        return int(cursor.fetchone()[0])


# --- names of rooms ------------------------------------------------------------------------------


def plan_room_names(connection: BaseDatabaseWrapper) -> dict[int, tuple[str | None, str]]:
    """The old and the new name of each group room that cannot keep its own. Changes nothing."""
    if "chat_rooms" not in present_tables(connection):
        return {}
    names = _names_of_rooms(connection, "is_group_chat")
    longest = columns_of(connection, "chat_rooms")["name"].longest or LONGEST
    changed = plan_names(names, longest=min(LONGEST, longest))
    return {room_id: (names[room_id], changed[room_id]) for room_id in sorted(changed)}


def rename_rooms(connection: BaseDatabaseWrapper) -> None:
    """Do what `plan_room_names` says, all or nothing. Private rooms, whose names nobody keeps, stand back."""
    new = {room_id: name for room_id, (_old, name) in plan_room_names(connection).items()}
    if not new:
        return
    wanted = set(map(likeness, new.values()))
    private = _names_of_rooms(connection, "NOT is_group_chat").items()
    in_the_way = [room_id for room_id, name in private if name and likeness(name) in wanted]
    _take_every_character(connection)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for room_id in [*in_the_way, *new]:
            cursor.execute(RENAME, [f"{room_id} {uuid4().hex[:16]}", room_id])
        for room_id, name in new.items():
            cursor.execute(RENAME, [name, room_id])


def _take_every_character(connection: BaseDatabaseWrapper) -> None:
    """New names are Hangul too, and no two of the old ones are one in an exact collation: they pad alike."""
    if connection.vendor != "mysql":
        return
    kind, _charset, kept_as = text_type(connection, "chat_rooms", "name").partition(" CHARACTER SET ")
    if not kept_as.startswith("utf8mb4 "):
        exact = f"{kind} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL"  # NULL: as our migrations make it next
        execute(connection, f"ALTER TABLE chat_rooms MODIFY name {exact}")


def _names_of_rooms(connection: BaseDatabaseWrapper, where: str) -> dict[int, str | None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT chat_room_id, name FROM chat_rooms WHERE {where}")
        return dict(cursor.fetchall())
