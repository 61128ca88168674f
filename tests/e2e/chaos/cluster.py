"""Server processes that share a store, and the store itself read and filled past them."""

import contextlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import environ

from tests.e2e.chaos.journal import Message, Store
from tests.e2e.conftest import NO_LIMITS as NO_LIMITS_OF_MEMBERS
from tests.e2e.processes import Process, environment, migrate, running, serve
from tests.servers import DatabaseServer

NO_LIMITS = NO_LIMITS_OF_MEMBERS | {"FLOOD_REPEATS": "0"}  # what clients say here is nearly the same
NOW = "'2026-01-01 00:00:00'"
FIRST_MEMBER_ID = 1_000

Rows = tuple[tuple[object, ...], ...]


@dataclass
class Cluster:
    """`execute` runs one statement in the servers' database, on a connection of its own."""

    servers: list[Process]
    execute: Callable[[str], Rows]
    database_url: str

    def __post_init__(self) -> None:
        self._ids = count(FIRST_MEMBER_ID)  # of members and of rooms

    def add_members(self, how_many: int) -> list[int]:
        member_ids = [next(self._ids) for _ in range(how_many)]
        self._insert(
            "users (user_id, nickname, role, created_at, updated_at)",
            (f"({member_id}, 'Member {member_id}', 'USER', {NOW}, {NOW})" for member_id in member_ids),
        )
        return member_ids

    def add_rooms(self, how_many: int) -> list[int]:
        room_ids = [next(self._ids) for _ in range(how_many)]
        self._insert(
            "chat_rooms (chat_room_id, name, is_group_chat, last_seq, version, roster_version, assistant_name,"
            " created_at, updated_at)",
            (f"({room_id}, 'Room {room_id}', 1, 0, 0, 1, '', {NOW}, {NOW})" for room_id in room_ids),
        )
        return room_ids

    def join(self, rooms_of: Mapping[int, Iterable[int]]) -> None:
        """Put each member into its rooms."""
        self._insert(
            "chat_participants (user_id, chat_room_id, read_seq)",
            (f"({member_id}, {room_id}, 0)" for member_id, rooms in rooms_of.items() for room_id in rooms),
        )

    def make_managers(self, manager_of: Mapping[int, int]) -> None:
        """Of each room the member that manages it."""
        for room_id, member_id in manager_of.items():
            place = f"chat_room_id = {room_id} AND user_id = {member_id}"
            self.execute(f"UPDATE chat_participants SET role = 'manager' WHERE {place}")

    def _insert(self, columns: str, rows: Iterable[str]) -> None:
        self.execute(f"INSERT INTO {columns} VALUES {', '.join(rows)}")

    def read_versions(self, room_ids: Iterable[int]) -> dict[int, int]:
        rows = self.execute(f"SELECT chat_room_id, version FROM chat_rooms WHERE {_in(room_ids)}")
        return {_int(room_id): _int(version) for room_id, version in rows}

    def read_last_seqs(self, room_ids: Iterable[int]) -> dict[int, int]:
        rows = self.execute(f"SELECT chat_room_id, last_seq FROM chat_rooms WHERE {_in(room_ids)}")
        return {_int(room_id): _int(last_seq) for room_id, last_seq in rows}

    def read_store(self, room_ids: Iterable[int]) -> Store:
        """Reactions, mentions and notices from their tables: what stands at the messages must be the same."""
        where = _in(room_ids)
        messages = self.execute(
            "SELECT chat_room_id, seq, version, user_id, client_id, contents, edited_at IS NOT NULL,"
            f" deleted_at IS NOT NULL, hidden_at IS NOT NULL, marks FROM chat_messages WHERE {where}"
        )
        reactions = self.execute(
            "SELECT chat_room_id, seq, `key`, member_id FROM chat_reactions"
            f" JOIN chat_messages ON chat_message_id = message_id WHERE {where}"
        )
        mentions = self.execute(
            "SELECT room_id, seq, member_id FROM chat_mentions"
            f" WHERE member_id IS NOT NULL AND {_in(room_ids, 'room_id')}"
        )
        rooms = self.execute(f"SELECT chat_room_id, last_seq, version, pinned_seq FROM chat_rooms WHERE {where}")
        pinned = {_int(room): None if seq is None else _int(seq) for room, _last, _version, seq in rooms}
        reacted, mentioned = _by_message(reactions), _by_message(mentions)
        return Store(
            [
                Message(
                    *(_int(room), _int(seq), _int(version), _int(sender), str(client_id), str(text)),
                    bool(is_edited),
                    _deleted_by(marks) if is_deleted else "",
                    tuple(sorted((str(key), _int(member)) for key, member in reacted[room, seq])),
                    tuple(sorted(_int(member) for (member,) in mentioned[room, seq])),
                    pinned[_int(room)] == seq,
                    bool(hidden),
                )
                for room, seq, version, sender, client_id, text, is_edited, is_deleted, hidden, marks in messages
            ],
            {_int(room): _int(last_seq) for room, last_seq, _version, _pinned in rooms},
            {_int(room): _int(version) for room, _last_seq, version, _pinned in rooms},
            pinned,
        )


def _by_message(rows: Rows) -> defaultdict[tuple[object, object], list[tuple[object, ...]]]:
    """What follows room and seq in each row."""
    found: defaultdict[tuple[object, object], list[tuple[object, ...]]] = defaultdict(list)
    for room_id, seq, *rest in rows:
        found[room_id, seq].append(tuple(rest))
    return found


def _deleted_by(marks: object) -> str:
    return str(json.loads(str(marks)).get("deletedBy", "nobody"))


def _in(room_ids: Iterable[int], column: str = "chat_room_id") -> str:
    return f"{column} IN ({', '.join(map(str, room_ids))})"


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


@contextmanager
def mariadb_connection(url: str) -> Iterator[Any]:
    """A connection of a test's own, in one transaction until it commits or ends."""
    import MySQLdb  # here, so that the tests on SQLite run without it

    config = environ.Env.db_url_config(url)
    where = {"host": config["HOST"], "port": config["PORT"], "user": config["USER"], "db": config["NAME"]}
    with contextlib.closing(
        MySQLdb.connect(password=config["PASSWORD"], charset="utf8mb4", **where)
    ) as connection:
        yield connection


def _execute_on_mariadb(url: str, statement: str) -> Rows:
    with mariadb_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        rows: Rows = cursor.fetchall()
        connection.commit()
        return rows


@contextmanager
def mariadb_cluster(
    database: DatabaseServer, *, redis_urls: Iterable[str], directory: Path, **settings: str
) -> Iterator[Cluster]:
    """A server for each of `redis_urls`: they may reach the one Redis by ways of their own."""
    url = database.create_database()
    envs = [environment(database_url=url, redis_url=redis, **{**NO_LIMITS, **settings}) for redis in redis_urls]
    migrate(envs[0])
    servers = [serve(directory, env) for env in envs]
    with running(*servers):
        yield Cluster(servers, lambda statement: _execute_on_mariadb(url, statement), url)


@contextmanager
def sqlite_cluster(directory: Path) -> Iterator[Cluster]:
    """One server alone."""
    path = directory / "chaos.sqlite3"
    env = environment(database_url=f"sqlite:///{path}", **NO_LIMITS)
    migrate(env)
    server = serve(directory, env)

    def execute(statement: str) -> Rows:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            return tuple(connection.execute(statement).fetchall())

    with running(server):
        yield Cluster([server], execute, env["DATABASE_URL"])
