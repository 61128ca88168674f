"""The direct transport: frames written past ASGI, to real clients; how sockets begin."""

import asyncio
import gc
import json
import weakref

import pytest
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from messaging.sockets.consumers_v1 import V1Consumer
from messaging.sockets.transport import HANDSHAKE_TIMEOUT_S, ChatWebSocketProtocol
from messaging.wire.framing import Batch
from rooms.models import Room
from tests.conftest import TimePasses
from tests.factories import ALICE, BOB, CHARLIE, token_for
from tests.messaging.people import eventually, soon
from tests.messaging.site import V1, V2, Site, ask, close_code, hear


async def test_frames_are_written_past_asgi(site: Site, room: Room) -> None:
    alice, bob = await site.come(ALICE, room), await site.come(BOB, room)
    assert isinstance(site.session_of(BOB).sink, ChatWebSocketProtocol)
    assert (await ask(alice, type="chat", roomId=room.pk, message="안녕 🍣"))["type"] == "ack"
    assert (await hear(bob))["message"] == "안녕 🍣"


@pytest.mark.parametrize("length", [2, 125, 126, 65_535, 65_536, 200_000])
async def test_a_frame_of_any_length_arrives_whole(site: Site, room: Room, length: int) -> None:
    bob = await site.come(BOB, max_size=None)
    texts = [b"a" * length, b"b", b"c" * length]
    site.session_of(BOB).push(Batch(texts))
    assert [(await soon(bob.recv(decode=False))) for _ in texts] == texts


async def test_many_messages_arrive_in_order_and_whole(site: Site, room: Room) -> None:
    alice, bob = await site.come(ALICE, room), await site.come(BOB, room)
    texts = [chr(ord("가") + 100 * number) * 3_000 for number in range(60)]  # not alike: that would be a flood
    for number, text in enumerate(texts):
        await alice.send(json.dumps({"type": "chat", "roomId": room.pk, "message": text}))
        if number % 20 == 19:  # below the limit of frames
            await ask(alice, type="ping")
    heard = [await hear(bob) for _ in range(60)]
    assert [chat["version"] for chat in heard] == list(range(1, 61))
    assert [chat["message"] for chat in heard] == texts


@pytest.mark.parametrize("end", ["closed", "cut"])
async def test_a_socket_that_ended_is_freed_without_a_garbage_collection(site: Site, room: Room, end: str) -> None:
    bob = await site.come(BOB, room)
    sink = site.session_of(BOB).sink
    assert isinstance(sink, ChatWebSocketProtocol)
    parts = weakref.WeakSet[object]((sink, sink.conn))
    del sink
    gc.disable()
    try:
        if end == "closed":
            await bob.close()
        else:
            bob.transport.abort()
        await eventually(lambda: not parts)
    finally:
        gc.enable()


async def test_a_refused_handshake_is_freed_without_a_garbage_collection(site: Site, room: Room) -> None:
    gc.disable()
    try:
        with pytest.raises(InvalidStatus):
            await site.open(f"{V1}?access=nonsense&roomId={room.pk}")
        await eventually(lambda: not [each for each in gc.get_objects() if type(each) is V1Consumer])
    finally:
        gc.enable()


# --- how a socket begins


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        (V1, 401, "missing access token"),
        (f"{V1}?access={{}}", 401, "missing roomId"),
        (f"{V1}?access={{}}&roomId=999999", 403, "not in this room"),
        ("/nowhere", 403, ""),
    ],
)
async def test_a_refused_handshake_has_its_status_and_text(
    site: Site, room: Room, path: str, status: int, body: str
) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        await site.open(path.format(token_for(CHARLIE)))
    response = refusal.value.response
    assert (response.status_code, (response.body or b"").decode()) == (status, body)


@pytest.mark.parametrize("path", [V2, "/v1/chat/connect?roomId=1"])
async def test_who_offers_a_token_alone_reads_what_to_offer(site: Site, room: Room, path: str) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        await site.open(path, subprotocols=[f"bearer.{token_for(ALICE)}"])
    response = refusal.value.response
    assert response.status_code == 400
    assert response.body == b"offer chat.v2 beside the subprotocol with the token: chat.v2, bearer.<token>"


async def test_who_offers_another_protocol_than_ours_reads_what_to_offer(site: Site, room: Room) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        await site.open(f"{V2}?access={token_for(ALICE)}", subprotocols=["v10.stomp"])
    assert refusal.value.response.status_code == 400


@pytest.mark.parametrize("offered", [["v10.stomp"], ["v10.stomp", "v11.stomp"], ["bearer.{}", "chat.v2"]])
async def test_a_v1_client_may_offer_what_it_likes(site: Site, room: Room, offered: list[str]) -> None:
    token = token_for(ALICE)
    path = f"/v1/chat/connect?access={token}&roomId={room.pk}"
    names = [name.format(token) for name in offered]
    client = await site.open(path, subprotocols=[Subprotocol(name) for name in names])
    assert client.subprotocol == names[-1 if "bearer" in names[0] else 0]


async def test_a_browser_is_shown_why_it_was_closed(site: Site, room: Room) -> None:
    client = await site.open(V2, subprotocols=["chat.v2", "bearer.nonsense"])
    assert client.subprotocol == "chat.v2"
    assert (await hear(client))["code"] == "E-AU001"
    assert await close_code(client) == 4401


async def test_a_handshake_that_the_parser_cannot_finish_is_refused_at_once(site: Site, room: Room) -> None:
    for header in ("Content-Length: 5", "Transfer-Encoding: chunked"):
        reader, writer = await site.shake_hands("access=x", header)
        assert (await soon(reader.read())).startswith(b"HTTP/1.1 400 Bad Request\r\n")
        writer.close()


async def test_long_lines_and_many_of_them_are_no_hindrance(site: Site, room: Room) -> None:
    reader, writer = await site.shake_hands(f"access={'x' * 9_000}", *(f"X-{line}: x" for line in range(150)))
    assert (await soon(reader.readuntil(b"\r\n\r\n"))).startswith(b"HTTP/1.1 101 ")  # and then 4401
    writer.close()


async def test_a_finished_handshake_is_not_given_up(site: Site, room: Room, time_passes: TimePasses) -> None:
    alice = await site.come(ALICE, room)
    time_passes(HANDSHAKE_TIMEOUT_S)
    await asyncio.sleep(0)  # its timer would be over
    assert (await ask(alice, type="ping"))["type"] == "pong"


async def test_no_token_is_in_the_log(site: Site, room: Room, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    alice = await site.come(ALICE)
    await ask(alice, type="auth", access=token_for(ALICE))
    await alice.close()
    await eventually(lambda: not site.process.chat_server.hub.count_sessions())
    secret = token_for(ALICE).split(".")[1]
    loggers = {record.name for record in caplog.records if secret in record.getMessage()}
    assert loggers <= {"websockets.client"}  # the test's own side
