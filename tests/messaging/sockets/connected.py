"""WebSockets into the real ASGI application, without a network: what the server sends goes through the Outbox."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from channels.testing import WebsocketCommunicator

from chatproject.asgi import Process
from tests.factories import token_for
from tests.messaging.people import TIMEOUT_S

V1, V2 = "/v1/chat/connect", "/v2/chat/connect"


class Socket:
    """One WebSocket. `can_deny`: the ASGI server can answer a handshake with a status, as uvicorn can."""

    def __init__(
        self,
        process: Process,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        subprotocols: Sequence[str] = (),
        can_deny: bool = True,
    ) -> None:
        wire = [(name.encode(), value.encode("latin-1")) for name, value in (headers or {}).items()]
        self._communicator = WebsocketCommunicator(process, path, headers=wire, subprotocols=list(subprotocols))
        if can_deny:
            self._communicator.scope["extensions"] = {"websocket.http.response": {}}

    async def open(self) -> str | None:
        """Connect; returns the subprotocol. Fails when the handshake is refused."""
        accepted, subprotocol = await self._communicator.connect(TIMEOUT_S)
        assert accepted, subprotocol
        return subprotocol  # type: ignore[no-any-return]

    async def denial(self) -> tuple[int, str]:
        """Try to connect; returns status and text of the refusal, (403, "") where the server knows no other."""
        await self._communicator.send_input({"type": "websocket.connect"})
        start = await self._communicator.receive_output(TIMEOUT_S)
        if start["type"] == "websocket.close":
            return 403, ""
        assert start["type"] == "websocket.http.response.start"
        body = await self._communicator.receive_output(TIMEOUT_S)
        await self.disconnect()
        return start["status"], body["body"].decode()

    async def send(self, frame: Mapping[str, Any] | str) -> None:
        text = frame if isinstance(frame, str) else json.dumps(frame)
        await self._communicator.send_input({"type": "websocket.receive", "text": text})

    async def send_bytes(self, data: bytes) -> None:
        await self._communicator.send_input({"type": "websocket.receive", "bytes": data})

    async def receive(self) -> dict[str, Any]:
        """The next frame."""
        event = await self._communicator.receive_output(TIMEOUT_S)
        assert event["type"] == "websocket.send", event
        frame: dict[str, Any] = json.loads(event["text"])
        return frame

    async def gets(self, *types: str) -> dict[str, Any]:
        """The next frame of one of these types; others are passed over."""
        while (frame := await self.receive())["type"] not in types:
            pass
        return frame

    async def ask(self, **frame: Any) -> dict[str, Any]:
        """Send a frame with an id and return what answers it."""
        await self.send({"id": "x", **frame})
        while (answer := await self.receive()).get("id") != frame.get("id", "x"):
            pass
        return answer

    async def close_code(self) -> int:
        """Wait for the close; frames before it are passed over."""
        while (event := await self._communicator.receive_output(TIMEOUT_S))["type"] != "websocket.close":
            pass
        await self.disconnect()
        code: int = event["code"]
        return code

    async def disconnect(self) -> None:
        await self._communicator.disconnect(timeout=TIMEOUT_S)


def v2(process: Process, member_id: int, **options: Any) -> Socket:
    return Socket(process, f"{V2}?access={token_for(member_id)}", **options)


def v1(process: Process, member_id: int, room_id: object, **options: Any) -> Socket:
    return Socket(process, f"{V1}?access={token_for(member_id)}&roomId={room_id}", **options)


async def opened_v2(process: Process, member_id: int, *room_ids: int, **options: Any) -> Socket:
    """A v2 socket behind its welcome, subscribed to these rooms."""
    socket = v2(process, member_id, **options)
    await socket.open()
    assert (await socket.receive())["type"] == "welcome"
    for room_id in room_ids:
        assert (await socket.ask(type="subscribe", roomId=room_id))["type"] == "subscribed"
    return socket


async def opened_v1(process: Process, member_id: int, room_id: int, **options: Any) -> Socket:
    socket = v1(process, member_id, room_id, **options)
    await socket.open()
    return socket
