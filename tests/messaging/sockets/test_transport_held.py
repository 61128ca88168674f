"""The direct transport: an answer and the news right behind it are one write, as the peer's kernel counts."""

import asyncio
import json
import socket

from websockets.asyncio.client import ClientConnection

from messaging.delivery.sessions import EPHEMERAL_BACKLOG_MAX_BYTES
from messaging.wire.framing import Batch
from rooms.models import Room
from tests.factories import ALICE, BOB
from tests.messaging.people import eventually
from tests.messaging.site import Site, hear

LARGE = Batch([json.dumps({"type": "large", "x": "x" * 60_000}).encode()])
_DATA_SEGS_IN = slice(152, 156)  # of struct tcp_info, linux/tcp.h


def segments(client: ClientConnection) -> int:
    """How many segments with data in them the client's socket was sent."""
    info = client.transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 156)
    return int.from_bytes(info[_DATA_SEGS_IN], "little")


async def say(client: ClientConnection, room: Room, text: str) -> None:
    await client.send(json.dumps({"id": text, "type": "chat", "roomId": room.pk, "message": text}))


async def test_who_speaks_is_sent_the_acknowledgement_and_the_message_in_one_segment(
    site: Site, room: Room
) -> None:
    alice, bob = await site.come(ALICE, room), await site.come(BOB, room)
    before = segments(alice), segments(bob)
    await say(alice, room, "안녕하세요")
    assert [(await hear(alice))["type"] for _ in range(2)] == ["ack", "chat"]
    assert (await hear(bob))["message"] == "안녕하세요"
    assert (segments(alice), segments(bob)) == (before[0] + 1, before[1] + 1)


async def test_who_edits_is_sent_the_answer_and_the_change_in_one_segment(site: Site, room: Room) -> None:
    alice = await site.come(ALICE, room)
    await say(alice, room, "안녕하세요")
    seq = (await hear(alice))["seq"]
    assert (await hear(alice))["type"] == "chat"
    before = segments(alice)
    await alice.send(json.dumps({"id": "x", "type": "edit", "roomId": room.pk, "seq": seq, "message": "안녕"}))
    assert [(await hear(alice))["type"] for _ in range(2)] == ["ok", "changed"]
    assert segments(alice) == before + 1


async def test_who_does_not_listen_is_sent_the_acknowledgement_in_the_pass_in_which_others_hear(
    site: Site, room: Room
) -> None:
    alice, bob = await site.come(ALICE), await site.come(BOB, room)
    before = segments(alice)
    await say(alice, room, "안녕하세요")
    assert (await hear(alice))["id"] == "안녕하세요"
    assert (await hear(bob))["message"] == "안녕하세요"
    assert segments(alice) == before + 1


async def test_who_reads_late_is_sent_both_in_their_order(site: Site, room: Room) -> None:
    alice = await site.come(ALICE, room, max_queue=1, max_size=None)
    session = site.session_of(ALICE)
    while session.sink.backlog() <= EPHEMERAL_BACKLOG_MAX_BYTES:
        session.push(LARGE)
        await asyncio.sleep(0)
    unread = session.sink.backlog()
    await say(alice, room, "안녕하세요")
    await eventually(lambda: session.sink.backlog() > unread)
    heard = list[str]()
    while heard[-1:] != ["chat"]:
        heard.append((await hear(alice))["type"])
    assert heard[-2:] == ["ack", "chat"]
    assert set(heard[:-2]) == {"large"}
