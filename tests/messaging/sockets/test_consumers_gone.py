"""Whatever ends a socket's task, the session ends with it: a member has only so many."""

from typing import Any

import pytest

from chatproject.asgi import Process
from rooms.models import Room
from tests.factories import ALICE, token_for
from tests.messaging.sockets.connected import V1


class HungUpError(Exception):
    """What an ASGI server raises when it is to send to a client that has gone."""


async def test_who_hangs_up_during_the_handshake_leaves_no_session(process: Process, room: Room) -> None:
    scope = {
        "type": "websocket",
        "path": V1,
        "query_string": f"access={token_for(ALICE)}&roomId={room.pk}".encode(),
        "headers": [],
        "subprotocols": [],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(event: dict[str, Any]) -> None:
        raise HungUpError(event["type"])

    with pytest.raises(HungUpError, match="accept"):
        await process(scope, receive, send)

    assert process.chat_server.hub.count_sessions() == 0
