"""Whether a server is alive, seen from outside: pings every 50 ms, and what sockets say that needs no database."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from tests.e2e.chaos.lean_socket import LeanSocket
from tests.e2e.processes import WAIT_S
from tests.e2e.secrecy import make_token

PING_INTERVAL_S = 0.05


class Probe:
    """A socket of its own, that listens to one room and keeps every frame."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.delays: list[float] = []  # from a ping to its answer, in seconds
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._pinged_at: dict[str, float] = {}
        self._news = asyncio.Event()
        self.socket = LeanSocket(on_text=self._hear, on_close=self.closed.set_result)

    @property
    def unanswered(self) -> int:
        return len(self._pinged_at)

    async def connect(self, server: str, member_id: int, room_id: int) -> None:
        query = urlencode({"access": make_token(member_id)})
        await self.socket.open(f"{server}/v2/chat/connect?{query}")
        self.send({"type": "subscribe", "roomId": room_id})
        await self.hear("subscribed")

    def send(self, frame: dict[str, Any]) -> None:
        self.socket.send(json.dumps(frame).encode())

    async def hear(self, frame_type: str, **fields: Any) -> dict[str, Any]:
        """The first frame of that type with these values, of all that ever came."""
        wanted = {"type": frame_type, **fields}
        async with asyncio.timeout(WAIT_S):
            while True:
                for frame in self.frames:
                    if wanted.items() <= frame.items():
                        return frame
                self._news.clear()
                await self._news.wait()

    async def ping(self) -> None:
        """For ever, at an even pace whatever is answered."""
        number = 0
        while True:
            number += 1
            self._pinged_at[str(number)] = time.monotonic()
            self.send({"type": "ping", "id": str(number)})
            await asyncio.sleep(PING_INTERVAL_S)

    def _hear(self, text: bytes) -> None:
        frame = json.loads(text)
        if frame["type"] == "pong":
            self.delays.append(time.monotonic() - self._pinged_at.pop(frame["id"]))
        else:
            self.frames.append(frame)
        self._news.set()

    async def until_answered(self) -> None:
        async with asyncio.timeout(WAIT_S):
            while self._pinged_at:
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def probing(server: str, member_id: int, room_id: int) -> AsyncIterator[Probe]:
    """A probe at that server that pings; at the end every ping is answered."""
    probe = Probe()
    await probe.connect(server, member_id, room_id)
    pinging = asyncio.create_task(probe.ping())
    try:
        yield probe
        pinging.cancel()
        await probe.until_answered()
    finally:
        pinging.cancel()
        probe.socket.abort()
