"""How long each migration holds up a large database, and how it is done: the table in docs/operations.md.

`DEBUG=1 DATABASE_URL=mysql://… python -m tests.upgrades.locks MILLIONS` makes the oldest state's tables in an
empty database, with so many messages in rooms of a hundred, and migrates it. Each change of the three large tables
is asked for by the cheapest algorithm first, and printed with its seconds.
"""

import os
import re
import sys
import time
from typing import Any

import django
from django.core.management import call_command
from django.db import DatabaseError, connection

from tests.upgrades import databases, dumps

LARGE = re.compile(r"(?:ALTER TABLE|CREATE INDEX \S+ ON) `?(?:chat_messages|chat_rooms|chat_participants)\b")
ALGORITHMS = ("INSTANT", "INPLACE, LOCK=NONE", "INPLACE, LOCK=SHARED", "COPY")
REFUSED = {1221, 1845, 1846}  # there is no such way
PART = 5_000  # rooms in a statement
PLACES = 10
SAYINGS = 100
DIGITS = "(SELECT 0 AS d" + "".join(f" UNION ALL SELECT {digit}" for digit in range(1, 10)) + ")"
ROOMS = """
    INSERT INTO chat_rooms
        (chat_room_id, name, is_group_chat, created_at, updated_at, last_seq, version, roster_version)
    SELECT n, CONCAT('r', n), 1, '2026-01-01', '2026-01-01', 100, 100, 10 FROM numbers WHERE n <= {rooms}
"""
MEMBERS = """
    INSERT INTO users (user_id, nickname, role, created_at, updated_at)
    SELECT n, CONCAT('m', n), 'USER', '2026-01-01', '2026-01-01' FROM numbers WHERE n <= {members}
"""
PARTICIPANTS = """
    INSERT INTO chat_participants (chat_room_id, user_id, read_seq)
    SELECT chat_room_id, 1 + (chat_room_id + a.d) MOD {members}, 50 FROM chat_rooms, {digits} a
"""
MESSAGES = """
    INSERT INTO chat_messages
        (contents, chat_room_id, user_id, created_at, updated_at, seq, version, kind, client_id)
    SELECT CONCAT('안녕하세요, 오늘은 어떻게 지내셨어요? ', a.d, b.d), chat_room_id,
        1 + (chat_room_id + a.d) MOD {members}, '2026-01-01', '2026-01-01', 1 + a.d * 10 + b.d,
        1 + a.d * 10 + b.d, 'member', LPAD(HEX(chat_room_id * 100 + a.d * 10 + b.d), 32, '0')
    FROM chat_rooms, {digits} a, {digits} b WHERE chat_room_id > {first} AND chat_room_id <= {first} + {part}
"""


def main(millions: float) -> None:
    django.setup()
    for limit in ("read_timeout", "write_timeout"):
        connection.settings_dict["OPTIONS"].pop(limit, None)
    oldest = next(dumps.states("mysql"))
    with databases.unchecked("default") as cursor:
        for table in oldest.tables.values():
            databases.make_table(cursor, table)
        migrations = oldest.tables["django_migrations"]
        databases.insert(cursor, "django_migrations", migrations, migrations.rows)
        _fill(cursor, rooms=int(millions * 1_000_000) // SAYINGS)
    with connection.execute_wrapper(_watch):
        call_command("migrate", verbosity=0)


def _fill(cursor: Any, *, rooms: int) -> None:
    number = " + ".join(f"d{place}.d * {10**place}" for place in range(6))
    numbers = " CROSS JOIN ".join(f"{DIGITS} d{place}" for place in range(6))
    cursor.execute(f"CREATE TEMPORARY TABLE numbers AS SELECT 1 + {number} AS n FROM {numbers}")
    words = {"rooms": rooms, "members": max(rooms // PLACES, PLACES), "digits": DIGITS, "part": PART}
    for statement in (MEMBERS, ROOMS, PARTICIPANTS):
        cursor.execute(statement.format(**words))
    for first in range(0, rooms, PART):
        cursor.execute(MESSAGES.format(first=first, **words))


def _watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    if not LARGE.match(sql.strip()):
        return execute(sql, params, many, context)
    for algorithm in ALGORITHMS:
        is_index = sql.startswith("CREATE INDEX")
        asked = algorithm.replace(",", "") if is_index else algorithm
        started = time.monotonic()
        try:
            done = execute(f"{sql}{'' if is_index else ','} ALGORITHM={asked}", params, many, context)
        except DatabaseError as error:
            if error.args[0] not in REFUSED:
                raise
        else:
            print(f"{time.monotonic() - started:8.2f} s  {algorithm:20}  {' '.join(sql.split())}", flush=True)
            return done
    raise AssertionError(sql)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatproject.settings")
    main(float(sys.argv[1]))
