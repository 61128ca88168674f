"""A client's WebSocket, v1 or v2. Every frame that comes is held against the contract."""

import asyncio
import json
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from itertools import count
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.e2e.processes import WAIT_S
from tests.e2e.secrecy import keep_secret
from tests.e2e.wire import Frame

ANSWERS = ("subscribed", "ack", "ok", "pong", "error")


class Socket:
    """One WebSocket. What arrives is kept in order until a test asks for it."""

    def __init__(self, connection: ClientConnection, read: Callable[[str | bytes], Frame]) -> None:
        self.connection, self._read = connection, read
        self.heard: list[Frame] = []  # everything without an id, in order of arrival
        self.answers: list[Frame] = []  # everything that answers a frame of this socket, with an id or without
        self._taken = 0
        self._counts: Counter[str] = Counter()
        self._replies: defaultdict[str, deque[Frame]] = defaultdict(deque)
        self._news = asyncio.Condition()
        self._ids = (f"f{number}" for number in count(1))
        self._over = False
        self._reader = asyncio.create_task(self._read_all())

    async def _read_all(self) -> None:
        try:
            async for text in self.connection:
                await self._keep(self._read(text))
        except ConnectionClosed:
            pass
        finally:
            self._over = True
            async with self._news:
                self._news.notify_all()

    async def _keep(self, frame: Frame) -> None:
        async with self._news:
            if frame.get("type") in ANSWERS:
                self.answers.append(frame)
            if "id" in frame:
                self._replies[frame["id"]].append(frame)
            else:
                self.heard.append(frame)
                self._counts[frame.get("type", "chat")] += 1
            self._news.notify_all()

    async def _wait_for(self, found: Callable[[], Any], what: object) -> None:
        try:
            async with asyncio.timeout(WAIT_S), self._news:
                await self._news.wait_for(lambda: found() or self._over)
        except TimeoutError:
            raise AssertionError(f"{what} did not come; heard: {self.heard[-10:]}") from None
        if not found():
            self._reader.result()  # a frame that the contract does not know shows here
            raise AssertionError(f"closed with {self.close_code} before {what} came; heard: {self.heard[-10:]}")

    # --- what a test says

    async def send(self, frame: Frame | str) -> None:
        if isinstance(frame, dict):
            keep_secret(frame.get("message"))
            frame = json.dumps(frame, ensure_ascii=False)
        await self.connection.send(frame)

    async def post(self, kind: str, **fields: Any) -> str:
        """Send a frame with an id of its own, which is returned; do not wait."""
        frame_id = next(self._ids)
        await self.send({"type": kind, "id": frame_id, **fields})
        return frame_id

    async def reply(self, frame_id: str) -> Frame:
        """The reply to that frame, the next one where there are several."""
        await self._wait_for(lambda: self._replies[frame_id], f"the reply to {frame_id}")
        return self._replies[frame_id].popleft()

    async def wait_for_answers(self, how_many: int) -> None:
        """Return once so many frames of this socket are answered, since the beginning."""
        await self._wait_for(lambda: len(self.answers) >= how_many, f"{how_many} answers")

    async def ask(self, kind: str, **fields: Any) -> Frame:
        """Send a frame and return the reply to it, whatever it is."""
        return await self.reply(await self.post(kind, **fields))

    async def say(self, room_id: int, message: str, **fields: Any) -> Frame:
        """Send a message and return its acknowledgement."""
        reply = await self.ask("chat", roomId=room_id, message=message, **fields)
        assert reply["type"] == "ack", reply
        return reply

    async def subscribe(self, room_id: int, **fields: Any) -> Frame:
        reply = await self.ask("subscribe", roomId=room_id, **fields)
        assert reply["type"] == "subscribed", reply
        return reply

    async def _act(self, kind: str, room_id: int, seq: int, **fields: Any) -> int:
        reply = await self.ask(kind, roomId=room_id, seq=seq, **fields)
        assert reply["type"] == "ok", reply
        return int(reply["version"])

    async def edit(self, room_id: int, seq: int, message: str, **fields: Any) -> int:
        """Change what a message says; return its version. The same for the acts below."""
        return await self._act("edit", room_id, seq, message=message, **fields)

    async def delete(self, room_id: int, seq: int) -> int:
        return await self._act("delete", room_id, seq)

    async def react(self, room_id: int, seq: int, key: str, *, on: bool = True) -> int:
        return await self._act("react", room_id, seq, key=key, on=on)

    async def pin(self, room_id: int, seq: int, *, on: bool = True) -> int:
        return await self._act("pin", room_id, seq, on=on)

    async def refusal(self, kind: str, **fields: Any) -> str:
        """Send a frame and return the code that it is refused with."""
        reply = await self.ask(kind, **fields)
        assert reply["type"] == "error", reply
        return str(reply["code"])

    # --- what a test hears

    async def hear(self, frame_type: str | None = None, /, **fields: Any) -> Frame:
        """The next frame of that type (None: any) and with these values; those before it are passed over."""

        def fits(frame: Frame) -> bool:
            right_type = frame_type in (None, frame.get("type", "chat"))
            return right_type and all(frame.get(name) == value for name, value in fields.items())

        def position() -> int:
            return next((at for at in range(self._taken, len(self.heard)) if fits(self.heard[at])), -1)

        await self._wait_for(lambda: position() >= 0, f"{frame_type} {fields}")
        at = position()
        self._taken = at + 1
        return self.heard[at]

    async def find(self, kind: str, /, **fields: Any) -> Frame:
        """The first frame of that kind and with these values since the beginning, whatever came before it."""

        def found() -> list[Frame]:
            return [frame for frame in self.all_heard(kind) if fields.items() <= frame.items()]

        await self._wait_for(found, f"{kind} {fields}")
        return found()[0]

    async def hear_until(self, kind: str, how_many: int) -> list[Frame]:
        """All frames of that kind since the beginning, once there are so many."""
        await self._wait_for(lambda: self._counts[kind] >= how_many, f"{how_many} of {kind}")
        return self.all_heard(kind)

    def all_heard(self, kind: str) -> list[Frame]:
        """What came of that kind until now; v1 messages are of the kind "chat"."""
        return [frame for frame in self.heard if frame.get("type", "chat") == kind]

    async def catch_up(self) -> None:
        """Return when everything that the server sent this socket until now has arrived."""
        pong = await self.ask("ping")
        assert pong["type"] == "pong", pong

    async def gone(self) -> None:
        """Wait until the connection has ended, in whatever way."""
        async with asyncio.timeout(WAIT_S):
            await self.connection.wait_closed()
            await asyncio.wait([self._reader])
        self._reader.result()

    async def closed(self) -> int:
        """Wait for the server to close the socket; return the code."""
        await self.gone()
        return self.close_code

    @property
    def close_code(self) -> int:
        assert self.connection.close_code is not None
        return self.connection.close_code

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.transport.abort()
        await asyncio.wait([self._reader])
        if error is None:
            self._reader.result()
