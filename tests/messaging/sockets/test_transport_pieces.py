"""Pieces of messages, pings and pongs never reach the application: the transport itself counts them."""

import json
from itertools import pairwise

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode, apply_mask  # type: ignore[attr-defined]

from messaging.sockets.transport import PIECES_BURST, ChatWebSocketProtocol
from rooms.models import Room
from tests.factories import ALICE, BOB, token_for
from tests.messaging.people import eventually, soon
from tests.messaging.site import V1, Site, ask, close_code, hear

FLOOD = 3 * PIECES_BURST


async def flood(client: ClientConnection, opcode: Opcode, *, is_begun: bool = False) -> None:
    """Empty frames of this kind, one after another; `is_begun` by the first piece of a text."""
    try:
        if is_begun:
            client.protocol.send_text(b"", fin=False)
        for _ in range(FLOOD):
            match opcode:
                case Opcode.CONT:
                    client.protocol.send_continuation(b"", fin=False)
                case Opcode.PING:
                    client.protocol.send_ping(b"")
                case _:
                    client.protocol.send_pong(b"")
        client.transport.write(b"".join(client.protocol.data_to_send()))
    except ConnectionClosed:
        pass


@pytest.mark.parametrize("opcode", [Opcode.CONT, Opcode.PING, Opcode.PONG])
async def test_who_sends_empty_frames_without_end_is_closed(site: Site, room: Room, opcode: Opcode) -> None:
    alice, bob = await site.come(ALICE, room), await site.come(BOB, room)
    await flood(alice, opcode, is_begun=opcode is Opcode.CONT)
    assert await close_code(alice) == 4429
    await eventually(lambda: not site.process.chat_server.hub.sessions_of(ALICE))
    assert (await ask(bob, type="ping"))["type"] == "pong"


async def test_a_v1_client_may_not_either(site: Site, room: Room) -> None:
    alice = await site.open(f"{V1}?access={token_for(ALICE)}&roomId={room.pk}")
    await flood(alice, Opcode.CONT, is_begun=True)
    assert await close_code(alice) == 4429


async def test_what_still_comes_is_thrown_away_and_the_connection_freed(site: Site, room: Room) -> None:
    alice = await site.come(ALICE, room, close_timeout=None)
    for _ in range(3):
        await flood(alice, Opcode.PING)
    await soon(alice.wait_closed())
    await eventually(lambda: not site.uvicorn.server_state.connections)


async def test_a_message_may_come_in_many_pieces(site: Site, room: Room) -> None:
    alice = await site.come(ALICE, room)
    text = json.dumps({"type": "chat", "roomId": room.pk, "message": "가" * 100}, ensure_ascii=False)
    await alice.send(list(text))
    assert (await hear(alice))["type"] == "ack"
    assert (await hear(alice))["message"] == "가" * 100


async def test_pings_among_messages_are_answered(site: Site, room: Room) -> None:
    alice = await site.come(ALICE, room)
    for _ in range(20):
        await soon(await alice.ping())
    assert (await ask(alice, type="ping"))["type"] == "pong"


@pytest.mark.parametrize("padding", [0, 200])
async def test_a_frame_may_break_off_anywhere(site: Site, room: Room, padding: int) -> None:
    """Its mask looks like the head of another frame, which an honest client's may."""
    alice = await site.come(ALICE, room)
    sink = site.session_of(ALICE).sink
    assert isinstance(sink, ChatWebSocketProtocol)
    text, mask = json.dumps({"type": "ping", "id": "x"}).encode() + b" " * padding, b"\x81\x80ab"
    length = bytes([0x80 | len(text)]) if len(text) < 126 else b"\xfe" + len(text).to_bytes(2, "big")
    frame = b"\x81" + length + mask + apply_mask(text, mask)
    for cut in range(1, 12):
        for begin, end in pairwise([0, cut, len(frame)]):
            sink.data_received(frame[begin:end])
        assert (await hear(alice)) == {"type": "pong", "id": "x"}


async def test_a_text_between_the_pieces_of_another_is_a_fault(site: Site, room: Room) -> None:
    alice = await site.come(ALICE, room)
    sink = site.session_of(ALICE).sink
    assert isinstance(sink, ChatWebSocketProtocol)
    for is_last in (False, True):
        sink.data_received(Frame(Opcode.TEXT, b"{}", is_last).serialize(mask=True))
    assert await close_code(alice) == 1002
