"""Sockets that say nothing valid after their handshake, over real connections: their places go to others."""

import pytest
from websockets.asyncio.client import ClientConnection

from messaging.sockets.consumers_v2 import SPEAKS_WITHIN_S
from rooms.models import Room
from tests.conftest import TimePasses
from tests.factories import ALICE, BOB, token_for
from tests.messaging.people import eventually, soon
from tests.messaging.site import V1, Site, ask, close_code, hear

AT_ONCE_S = 0.05
SAYS_NOTHING = ["{}", "nonsense", '{"type":"wave"}', '{"type":"chat","roomId":"one"}', ""]


async def come_with_v1(site: Site, member_id: int, room: Room) -> ClientConnection:
    return await site.open(f"{V1}?access={token_for(member_id)}&roomId={room.pk}")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messaging.sockets.consumers_v2.SPEAKS_WITHIN_S", AT_ONCE_S)


@pytest.mark.usefixtures("impatient")
async def test_who_says_nothing_loses_the_socket(site: Site, room: Room) -> None:
    alice = await site.come(ALICE)
    assert await close_code(alice) == 4429
    assert alice.close_reason == "nothing valid was sent"
    await eventually(lambda: not site.process.chat_server.hub.count_sessions())


@pytest.mark.usefixtures("impatient")
async def test_who_says_nothing_on_v1_may_stay_as_ever(site: Site, room: Room) -> None:
    old = await come_with_v1(site, ALICE, room)
    await close_code(await site.come(BOB))  # his silence is over, and hers was longer
    await soon(await old.ping())


async def test_neither_nonsense_nor_pings_of_the_socket_count(
    site: Site, room: Room, time_passes: TimePasses
) -> None:
    alice = await site.come(ALICE)
    for text in SAYS_NOTHING:
        await alice.send(text)
        assert (await hear(alice))["type"] == "error"
    await soon(await alice.ping())
    time_passes(SPEAKS_WITHIN_S)
    assert await close_code(alice) == 4429


async def test_one_valid_frame_is_enough_even_a_refused_one(
    site: Site, room: Room, time_passes: TimePasses
) -> None:
    pings = await site.come(ALICE)
    assert (await ask(pings, type="ping"))["type"] == "pong"
    is_refused = await site.come(ALICE)
    assert (await ask(is_refused, type="subscribe", roomId=999_999))["type"] == "error"

    bob = await site.come(BOB)
    time_passes(SPEAKS_WITHIN_S)
    assert await close_code(bob) == 4429

    for socket in (pings, is_refused):
        assert (await ask(socket, type="ping"))["type"] == "pong"
