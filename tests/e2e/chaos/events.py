"""A main server that is often unwell, and the word on what it was told: nothing missing, every room in order."""

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.chatproject.outgoing.receiver import (
    SECRET,
    Behaviour,
    Receiver,
    Taken,
    answers,
    drops,
    hangs,
    says_a_megabyte,
    verify,
)
from tests.e2e.chaos.cluster import Cluster, Rows

ILL_SHARE = 0.02  # of events, each once: a failed one holds its room for 5 s
KINDS = '["message", "changed"]'
WELL = answers(204)
MOODS: list[Behaviour] = [
    answers(500),
    answers(302, headers="location: http://127.0.0.1:1/\r\n"),
    answers(404, body=b"x" * 100_000),
    drops,
    hangs,
    says_a_megabyte,  # with a 200
]


@dataclass
class Moody:
    """Behaves by chance, with each event badly at most once; `wants_none` answers 410."""

    random: Random
    wants_none: bool = False
    _ill: set[str] = field(default_factory=set)

    async def __call__(self, taken: Taken, writer: asyncio.StreamWriter) -> bool:
        if self.wants_none:
            return await answers(410)(taken, writer)
        if taken.name not in self._ill and self.random.random() < ILL_SHARE:
            self._ill.add(taken.name)
            return await self.random.choice(MOODS)(taken, writer)
        return await WELL(taken, writer)


class Outbox:
    """The endpoint in the servers' database, and what stands there of its events."""

    def __init__(self, cluster: Cluster, receiver: Receiver) -> None:
        self._execute = cluster.execute
        self._receiver = receiver

    def subscribe(self) -> None:
        self._execute(
            "INSERT INTO chat_event_endpoints (endpoint_id, url, description, kinds, with_text, is_enabled,"
            f" ended_why, made_at) VALUES (1, '{self._receiver.url}', '', '{KINDS}', 1, 1, '', UTC_TIMESTAMP(6))"
        )
        self._execute(
            "INSERT INTO chat_event_secrets (endpoint_id, secret, made_at)"
            f" VALUES (1, '{SECRET}', UTC_TIMESTAMP(6))"
        )

    def remove(self) -> None:
        for table in ("chat_event_secrets", "chat_event_states", "chat_event_endpoints"):
            self._execute(f"DELETE FROM {table} WHERE endpoint_id = 1")

    def holder_pid(self) -> int:
        """0 where nobody holds it."""
        rows = self._execute("SELECT holder FROM chat_event_states WHERE held_until > UTC_TIMESTAMP(6)")
        return int(str(rows[0][0]).split("-")[-2]) if rows else 0

    def let_lease_run_out(self) -> None:
        self._execute("UPDATE chat_event_states SET held_until = UTC_TIMESTAMP(6)")

    def has_ended(self) -> bool:
        return not self._execute("SELECT 1 FROM chat_event_endpoints WHERE is_enabled")

    def take_up_again(self) -> None:
        self._execute("UPDATE chat_event_endpoints SET is_enabled = 1")

    def all_are_delivered(self) -> bool:
        return not self._execute("SELECT 1 FROM chat_events WHERE state <> 'delivered' LIMIT 1")

    def numbers(self) -> set[int]:
        return {
            number for (number,) in self._execute("SELECT event_id FROM chat_events") if isinstance(number, int)
        }

    def said(self, room_ids: Iterable[int]) -> set[tuple[object, ...]]:
        """Room and seq of every message."""
        rooms = ", ".join(map(str, room_ids))
        rows: Rows = self._execute(f"SELECT chat_room_id, seq FROM chat_messages WHERE chat_room_id IN ({rooms})")
        return set(rows)


def faults(taken: Iterable[Taken]) -> list[str]:
    """What is wrong with the requests that came, in their order: signatures, repeats, gaps, turned order."""
    found: list[str] = []
    first: dict[int, tuple[str, Any]] = {}  # of each number its name and previous event
    last_of_room: dict[int, int] = {}
    for one in taken:
        event = one.event
        number, room_id, prev = event["number"], event["roomId"], event["prevRoomEvent"]
        if not verify(one):
            found.append(f"{number} has a wrong signature")
        if number in first:
            if first[number] != (one.name, prev):
                found.append(f"{number} came again as {one.name} after {prev}, not as {first[number]}")
            continue
        first[number] = (one.name, prev)
        if prev != last_of_room.get(room_id):
            found.append(f"{number} of room {room_id} names {prev} where {last_of_room.get(room_id)} came before")
        last_of_room[room_id] = number
    return found


async def until(holds: Any, *, seconds: float) -> None:
    """Ask the database until that holds. While it is away, it does not."""
    import MySQLdb

    async with asyncio.timeout(seconds):
        while True:
            with contextlib.suppress(MySQLdb.Error):
                if await asyncio.to_thread(holds):
                    return
            await asyncio.sleep(0.1)
