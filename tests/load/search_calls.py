"""Fills a database, makes its signatures, searches it. usage: search_calls fill MESSAGES|index|search SCOPE CLASS

`fill` prints words by how common they are; `search` reads them from its input and prints milliseconds. Django's
settings are those of the environment.
"""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any

import django

from tests.load.korean import messages

ROOMS, MEMBERS = 200, 1_000
READER = 1  # is in all rooms
ROWS_AT_ONCE = 2_000
QUERIES = 40  # of each class and scope
# how many of a million messages hold such a word
CLASSES = {"common": (10_000, 1_000_000), "medium": (300, 3_000), "rare": (1, 20), "absent": (0, 0)}
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def room_weights() -> list[float]:
    """The largest room has an eighth of all messages, half of them have a quarter together."""
    return list(accumulate(1 / room**0.9 for room in range(1, ROOMS + 1)))


def fill(count: int) -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    from rooms.models import Member, Participant, Room

    now = timezone.now()
    members = [Member(member_id=number, nickname=f"m{number}") for number in range(1, MEMBERS + 1)]
    Member.objects.bulk_create(members, batch_size=500)
    Room.objects.bulk_create(Room(room_id=number, name=f"r{number}") for number in range(1, ROOMS + 1))
    Participant.objects.bulk_create(Participant(room_id=room, member_id=READER) for room in range(1, ROOMS + 1))
    dice, seqs, pairs = random.Random(1), Counter[int](), Counter[str]()
    rooms = dice.choices(range(1, ROOMS + 1), cum_weights=room_weights(), k=count)
    rows: list[Any] = []
    insert = (
        "INSERT INTO chat_messages (chat_room_id, seq, version, kind, user_id, contents, created_at, updated_at)"
        " VALUES (%s, %s, %s, 'member', %s, %s, %s, %s)"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        for number, (room, text) in enumerate(zip(rooms, messages(1), strict=False), start=1):
            seqs[room] += 1
            pairs.update(_hangul_pairs(text))
            moment = connection.ops.adapt_datetimefield_value(BEGIN + timedelta(seconds=30 * number))
            rows.append((room, seqs[room], seqs[room], dice.randint(1, MEMBERS), text, moment, moment))
            if len(rows) == ROWS_AT_ONCE or number == count:
                cursor.executemany(insert, rows)
                rows.clear()
    for room, seq in seqs.items():
        Room.objects.filter(pk=room).update(last_seq=seq, version=seq, updated_at=now)
    print(json.dumps(_by_class(pairs, count)))


def _hangul_pairs(text: str) -> set[str]:
    return {one + other for one, other in pairwise(text) if "가" <= one <= "힣" and "가" <= other <= "힣"}


def _by_class(pairs: Counter[str], count: int) -> dict[str, list[str]]:
    """Words of two syllables by the number of messages that hold them."""
    dice = random.Random(2)
    syllables = sorted({syllable for pair in pairs for syllable in pair})
    found = {}
    for name, (least, most) in CLASSES.items():
        if name == "absent":
            tried = ("".join(dice.choices(syllables, k=2)) for _ in range(100 * QUERIES))
            words = [word for word in tried if word not in pairs]
        else:
            bounds = range(max(1, least * count // 1_000_000), max(1, most * count // 1_000_000) + 1)
            words = sorted(word for word, number in pairs.items() if number in bounds)
        found[name] = dice.sample(words, min(QUERIES, len(words)))
    return found


def index() -> None:
    from django.db import connection

    from messaging.search.index import index_older

    began, cpu, chunks = time.monotonic(), time.process_time(), 0
    while index_older() is not None:
        chunks += 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT SUM(LENGTH(prints)) FROM chat_search_signatures")
        (size,) = cursor.fetchone()
    cost = {"wall_s": time.monotonic() - began, "cpu_s": time.process_time() - cpu}
    print(json.dumps(cost | {"bytes": int(size or 0), "chunks": chunks}))


def search(scope: str, words: Sequence[str]) -> None:
    from messaging.search.text import words_of
    from messaging.store.finding import Wanted, find_messages

    clock = _DatabaseClock()
    rooms = random.Random(3).choices(range(1, ROOMS + 1), cum_weights=room_weights(), k=len(words))
    find_messages(Wanted(words=words_of("고민")), member_id=READER)  # connects
    times, whole = [], 0
    for word, room in zip(words, rooms, strict=True):
        clock.spent_ns = 0
        found = find_messages(
            Wanted(words=words_of(word), room_id=room if scope == "room" else None), member_id=READER
        )
        times.append(clock.spent_ns / 1e6)
        whole += found.next is None or len(found.messages) == 20
    print(json.dumps({"ms": times, "whole": whole / len(words)}))


class _DatabaseClock:
    """Counts the time in every cursor's execute and fetch of this thread's connection."""

    def __init__(self) -> None:
        from django.db import connection
        from django.db.backends.utils import CursorWrapper

        clock = self
        self.spent_ns = 0

        class TimedCursor(CursorWrapper):
            def __getattr__(self, name: str) -> Any:
                found = super().__getattr__(name)
                return clock.timed(found) if name.startswith("fetch") else found

            def execute(self, sql: Any, params: Any = None) -> Any:
                return clock.timed(super().execute)(sql, params)

        connection.make_cursor = lambda cursor: TimedCursor(cursor, connection)  # type: ignore[method-assign]

    def timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            began = time.monotonic_ns()
            try:
                return call(*arguments)
            finally:
                self.spent_ns += time.monotonic_ns() - began

        return run


def main(what: str, *arguments: str) -> None:
    django.setup()
    if what == "fill":
        fill(int(arguments[0]))
    elif what == "index":
        index()
    else:
        scope, name = arguments
        search(scope, json.load(sys.stdin)[name])


if __name__ == "__main__":
    main(*sys.argv[1:])
