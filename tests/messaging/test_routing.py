"""Which paths take a WebSocket."""

import pytest

from chatproject.asgi import Process
from rooms.models import Room
from tests.factories import ALICE, token_for
from tests.messaging.sockets.connected import V1, V2, Socket


@pytest.mark.parametrize(
    "path", [f"{V2}/", "/v2/chat", "/", "/v3/chat/connect", "/v1/healthz", f"/x{V2}", f"{V2}%0A", f"{V1}%0A"]
)
async def test_any_other_path_is_refused_and_no_crash(process: Process, room: Room, path: str) -> None:
    assert await Socket(process, f"{path}?access={token_for(ALICE)}").denial() == (403, "")


async def test_both_protocols_are_there(process: Process, room: Room) -> None:
    await Socket(process, f"{V1}?access={token_for(ALICE)}&roomId={room.pk}").open()
    await Socket(process, f"{V2}?access={token_for(ALICE)}").open()
