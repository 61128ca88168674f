"""People who use the servers: a token, REST calls, sockets."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlencode

import httpx
from websockets.asyncio.client import connect

from tests.e2e.client import Socket
from tests.e2e.processes import WAIT_S
from tests.e2e.secrecy import keep_secret, make_token
from tests.e2e.wire import Frame, read_frame, read_v1_message


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

    async def put(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"access": self.token}
        return _data(await self._http.put(f"{self.home}/v1/chat{path}", json=body, headers=headers))

    async def submit(self, path: str, body: dict[str, Any]) -> Any:
        """POST a body."""
        headers = {"access": self.token}
        return _data(await self._http.post(f"{self.home}/v1/chat{path}", json=body, headers=headers))

    async def answer(self, method: str, path: str, body: dict[str, Any], *, at: str = "") -> Any:
        """What a call with a body is answered, refused or not."""
        url, headers = f"{at or self.home}/v1/chat{path}", {"access": self.token}
        return (await self._http.request(method, url, json=body, headers=headers)).json()

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

    async def ticket(self, *, at: str = "") -> str:
        """For one socket, in the token's place."""
        ticket = str(_data(await self.call("POST", "/ticket", at=at))["ticket"])
        keep_secret(ticket)
        return ticket

    async def knock_with(self, ticket: str, *, at: str = "") -> Socket:
        """A v2 socket with a ticket, whatever the server says to it."""
        return await self._open(f"{at or self.home}/v2/chat/connect?ticket={ticket}", read_frame)

    async def connect_v1(self, room_id: int | str, *, at: str = "", token: str | None = None) -> Socket:
        """A v1 socket. Raises websockets' InvalidStatus where the handshake is refused."""
        query = urlencode({"access": self.token if token is None else token, "roomId": room_id})
        return await self._open(f"{at or self.home}/v1/chat/connect?{query}", read_v1_message)

    async def listen(self, room_id: int, *, at: str = "") -> Socket:
        """A v2 socket that listens to the room."""
        socket = await self.connect(at=at)
        await socket.subscribe(room_id)
        return socket

    async def listen_v1(self, room_id: int, message: str, *, at: str = "") -> Socket:
        """A v1 socket that listens to the room and has heard its own message: v1 is not told when it listens."""
        socket = await self.connect_v1(room_id, at=at)
        await socket.send({"type": "subscribe", "roomId": room_id})
        await socket.send({"type": "chat", "roomId": room_id, "message": message})
        await socket.hear(message=message)
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
