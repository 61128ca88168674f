"""People at real ChatServers, with a sink that collects instead of a socket, and ways to wait for what happens."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

from django.db import connection, transaction

from messaging.delivery.sessions import Session
from messaging.limits import Limits
from messaging.server import ChatServer
from messaging.store.database import Database
from messaging.store.services import Draft, Stored, store_messages
from messaging.wire.client_frames import Chat, Subscribe
from messaging.wire.framing import Batch
from rooms.models import Room
from tests.factories import ALICE, caller
from tests.times import WAIT_S

TIMEOUT_S = WAIT_S
LOOK_INTERVAL_S = 0.005  # where nothing tells of the event

P = ParamSpec("P")
T = TypeVar("T")
NO_LIMITS = Limits(frames_per_second=0, sends_per_second=0, sockets_per_member=0, rooms_per_socket=0)


async def soon(awaitable: Awaitable[T]) -> T:
    """What the awaitable returns; fails when that takes too long."""
    async with asyncio.timeout(TIMEOUT_S):
        return await awaitable


async def eventually(condition: Callable[[], T]) -> T:
    """Wait until the condition, of which nothing tells, holds."""
    async with asyncio.timeout(TIMEOUT_S):
        while not (result := condition()):  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(LOOK_INTERVAL_S)
    return result


async def in_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call what uses the database in a thread and connection of its own, as another process would."""

    def call() -> T:
        try:
            return function(*args, **kwargs)
        finally:
            connection.close()

    return await asyncio.to_thread(call)


class ListSink:
    """A Sink that keeps what is written. With `reads` False it is a socket whose other end does not read."""

    def __init__(self) -> None:
        self.farewell: bytes | None = None
        self.frames: list[dict[str, Any]] = []
        self.writes = 0
        self.closed: tuple[int, str] | None = None
        self.reads = True
        self.unread_bytes = 0
        self._news = asyncio.Event()

    def carry(self, session: Session) -> None:
        """Nothing depends on the state of a list."""

    def write(self, batch: Batch) -> None:
        assert self.closed is None, "written to a closed socket"
        self.writes += 1
        self.frames += [json.loads(text) for text in batch.texts]
        if not self.reads:
            self.unread_bytes += len(batch)
        self._news.set()

    def backlog(self) -> int:
        return self.unread_bytes

    async def drained(self) -> None:
        while self.unread_bytes:
            self._news.clear()
            await self._news.wait()

    def close(self, code: int, reason: str = "") -> None:
        self.closed = (code, reason)
        self._news.set()

    def read_all(self) -> None:
        self.unread_bytes = 0
        self._news.set()

    def of_type(self, *types: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] in types]

    async def until(self, condition: Callable[[], T]) -> T:
        """Wait until what was written, or a closing, fulfils the condition."""
        async with asyncio.timeout(TIMEOUT_S):
            while not (result := condition()):
                self._news.clear()
                await self._news.wait()
        return result


@dataclass
class Person:
    """A member with one socket at a server."""

    server: ChatServer
    session: Session
    sink: ListSink = field(repr=False)

    async def subscribe(self, room_id: int, *, since: int | None = None, frame_id: str | None = None) -> None:
        await soon(
            self.server.subscriptions.subscribe(self.session, Subscribe(id=frame_id, room_id=room_id, since=since))
        )

    async def say(self, room_id: int, text: str, **fields: Any) -> Stored:
        return await soon(self.post(room_id, text, **fields))

    def post(self, room_id: int, text: str, **fields: Any) -> asyncio.Future[Stored]:
        """`fields` are the frame's others."""
        return self.server.post(self.session, Chat(room_id=room_id, message=text, **fields))

    def heard(self, room_id: int | None = None) -> list[str]:
        """The texts of the messages heard so far, in the order of hearing."""
        chats = self.sink.of_type("chat")
        return [chat["message"] for chat in chats if room_id in (None, chat["roomId"])]

    def versions(self) -> list[int]:
        return [frame["version"] for frame in self.sink.of_type("chat", "changed")]

    async def hears(self, *texts: str) -> None:
        """Wait until exactly these texts were heard, in this order."""
        await self.sink.until(lambda: len(self.heard()) >= len(texts))
        assert self.heard() == list(texts)

    async def gets(self, type_: str) -> dict[str, Any]:
        """Wait for a frame of the type and return the first."""
        frames = await self.sink.until(lambda: self.sink.of_type(type_))
        return frames[0]


async def connect(server: ChatServer, member_id: int, *, is_v1: bool = False) -> Person:
    sink = ListSink()
    session = await soon(server.connect(caller=caller(member_id), sink=sink, is_v1=is_v1, language="en"))
    return Person(server, session, sink)


# --- other processes

_is_tardy = ContextVar("is_tardy", default=False)  # in the task that reads, and those that it begins


class TardyDatabase(Database):
    """The real database, whose answers may be made to come late: what was read meanwhile grows old."""

    def __init__(self) -> None:
        super().__init__(readers=2)
        self._release: asyncio.Event | None = None
        self._has_read = asyncio.Event()

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        release = self._release if _is_tardy.get() else None
        answer = await super().run(function, *args, **kwargs)
        if release is not None:
            self._has_read.set()
            await release.wait()
        return answer

    @asynccontextmanager
    async def answering_late(self, reading: Coroutine[Any, Any, T]) -> AsyncIterator[asyncio.Task[T]]:
        """What `reading` reads is read at the beginning and answered at the end; a sweep meanwhile is not held."""
        release = self._release = asyncio.Event()
        self._has_read.clear()
        context = copy_context()
        context.run(_is_tardy.set, True)
        task = asyncio.create_task(reading, context=context)
        await soon(self._has_read.wait())
        self._release = None
        yield task
        release.set()


@asynccontextmanager
async def held_by_another(room_id: int) -> AsyncIterator[None]:
    """Meanwhile another process is in the middle of a transaction on the room; on SQLite on the whole database."""
    begun, over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Room.objects.select_for_update().get(pk=room_id)
            begun.set()
            over.wait(TIMEOUT_S)

    holding = asyncio.create_task(in_thread(hold))
    try:
        assert await asyncio.to_thread(begun.wait, TIMEOUT_S)
        yield
    finally:
        over.set()
        await holding


async def store_elsewhere(room: Room, *texts: str) -> None:
    """Alice's messages, stored by another process whose doorbell nobody hears."""
    drafts = [Draft(room.pk, ALICE, text, uuid4().hex) for text in texts]
    await in_thread(store_messages, drafts, now=datetime.now(UTC))


StartServer = Callable[..., Awaitable[ChatServer]]
