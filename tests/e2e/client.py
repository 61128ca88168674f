"""People with clients: sockets of v1 and v2, and REST calls. Every frame is held against the contract."""

import asyncio
import json
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from contextlib import AsyncExitStack
from itertools import count
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.e2e.processes import WAIT_S
from tests.e2e.secrecy import keep_secret, make_token
from tests.e2e.wire import Frame, read_frame, read_v1_message


class Socket:
    """One WebSocket. What arrives is kept in order until a test asks for it."""

    def __init__(self, connection: ClientConnection, read: Callable[[str | bytes], Frame]) -> None:
        self.connection, self._read = connection, read
        self.heard: list[Frame] = []  # everything that is no reply, in order of arrival
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

    async def closed(self) -> int:
        """Wait for the server to close the socket; return the code."""
        async with asyncio.timeout(WAIT_S):
            await self.connection.wait_closed()
            await asyncio.wait([self._reader])
        self._reader.result()
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


class Person:
    """A member of the community, with a token, at home on one server."""

    def __init__(
        self, things: AsyncExitStack, http: httpx.AsyncClient, home: str, member_id: int, name: str
    ) -> None:
        self._things, self._http, self.home = things, http, home
        self.member_id, self.name = member_id, name
        self.token = make_token(member_id, nickname=name)

    # --- REST

    async def call(self, method: str, path: str, *, at: str = "", **params: Any) -> httpx.Response:
        """Call a path below /v1/chat, at home or at another server."""
        url = f"{at or self.home}/v1/chat{path}"
        return await self._http.request(method, url, params=params, headers={"access": self.token})

    async def get(self, path: str, **params: Any) -> Any:
        return _data(await self.call("GET", path, **params))

    async def post(self, path: str, **params: Any) -> Any:
        return _data(await self.call("POST", path, **params))

    async def delete(self, path: str, **params: Any) -> Any:
        return _data(await self.call("DELETE", path, **params))

    async def code(self, method: str, path: str, **params: Any) -> str:
        """The code that a call is refused with."""
        response = await self.call(method, path, **params)
        body = response.json()
        assert body["status"] == response.status_code, body
        return str(body["code"])

    async def create_room(self, name: str) -> int:
        room = await self.post("/room/group/create", roomName=name)
        assert room["roomName"] == name
        return int(room["roomId"])

    async def join(self, room_id: int) -> None:
        assert await self.post(f"/room/group/{room_id}/join") is None

    # --- sockets

    async def connect(self, *, at: str = "", token: str | None = None, **options: Any) -> Socket:
        """A v2 socket that was welcomed."""
        socket = await self.knock(at=at, token=token, **options)
        await socket.hear("welcome", memberId=self.member_id)
        return socket

    async def knock(self, *, at: str = "", token: str | None = None, **options: Any) -> Socket:
        """A v2 socket, whatever the server says to it."""
        query = urlencode({"access": self.token if token is None else token})
        return await self._open(f"{at or self.home}/v2/chat/connect?{query}", read_frame, **options)

    async def connect_v1(self, room_id: int | str, *, at: str = "", token: str | None = None) -> Socket:
        """A v1 socket. Raises websockets' InvalidStatus where the handshake is refused."""
        query = urlencode({"access": self.token if token is None else token, "roomId": room_id})
        return await self._open(f"{at or self.home}/v1/chat/connect?{query}", read_v1_message)

    async def listen(self, room_id: int, *, at: str = "") -> Socket:
        """A v2 socket that listens to the room."""
        socket = await self.connect(at=at)
        await socket.subscribe(room_id)
        return socket

    async def _open(self, url: str, read: Callable[[str | bytes], Frame], **options: Any) -> Socket:
        options = {"compression": None, "proxy": None, "ping_interval": None, "open_timeout": WAIT_S, **options}
        connection = await connect(url.replace("http", "ws", 1), **options)
        return await self._things.enter_async_context(Socket(connection, read))


def _data(response: httpx.Response) -> Any:
    body = response.json()
    assert response.status_code == 200, body
    assert (body["status"], body["code"]) == ("SUCCESS", "S-001"), body
    return body["data"]
