"""Sockets of members whose tokens are checked with the main server's keys, while these cannot be had."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from chatproject import tokens
from chatproject.asgi import Process
from chatproject.http.api import token_verifier
from rooms.models import Room
from tests.chatproject.key_server import EC_KEY, STRANGERS_KEY, KeyServer, signed
from tests.factories import ALICE
from tests.messaging.people import eventually
from tests.messaging.sockets.connected import V1, V2, Socket
from tests.times import WAIT_S

GOOD = signed(EC_KEY, "ES256", "e1", userId=ALICE)
IMPATIENT_S = 0.5
FORGED = signed(STRANGERS_KEY, "ES256", "forged", userId=ALICE)


@pytest.fixture
def key_server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyServer]:
    """The key endpoint that this process asks, without patience."""
    monkeypatch.setattr(tokens, "KEYS_WAIT_S", IMPATIENT_S)
    with KeyServer().running() as server:
        settings.JWT_SECRET, settings.JWT_JWKS_URL = "", server.url
        token_verifier.cache_clear()
        yield server
    token_verifier.cache_clear()


async def test_while_the_key_server_hangs_a_new_socket_is_told_to_come_back(
    process: Process, room: Room, key_server: KeyServer
) -> None:
    key_server.answer = key_server.hang
    socket = Socket(process, f"{V2}?access={GOOD}")
    await socket.open()
    refusal = await socket.receive()

    assert (refusal["code"], refusal["retryAfter"] >= 1) == ("E-S002", True)
    assert await socket.close_code() == 1012


async def test_an_old_client_is_told_503_and_not_that_its_token_is_wrong(
    process: Process, room: Room, key_server: KeyServer
) -> None:
    key_server.answer = key_server.hang
    assert await Socket(process, f"{V1}?access={GOOD}&roomId={room.pk}").denial() == (503, "E-S002")


async def test_many_sockets_are_told_at_the_same_time(process: Process, room: Room, key_server: KeyServer) -> None:
    key_server.answer = key_server.hang
    sockets = [Socket(process, f"{V2}?access={GOOD}") for _number in range(12)]
    async with asyncio.timeout(WAIT_S):
        await asyncio.gather(*(socket.open() for socket in sockets))
        told = await asyncio.gather(*(socket.receive() for socket in sockets))

    assert {refusal["code"] for refusal in told} == {"E-S002"}
    await eventually(lambda: key_server.asked)  # a busy machine may be slower than all their patience
    assert key_server.asked == 1
    assert {await socket.close_code() for socket in sockets} == {1012}


async def test_a_forged_token_is_turned_away_and_members_come_in_meanwhile(
    process: Process, room: Room, key_server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "KEYS_WAIT_S", WAIT_S)  # while it answers
    alice = Socket(process, f"{V2}?access={GOOD}")
    await alice.open()
    assert (await alice.receive())["type"] == "welcome"
    assert (await alice.ask(type="auth", access=GOOD))["type"] == "ok"
    key_server.answer = key_server.hang
    monkeypatch.setattr(tokens, "KEYS_WAIT_S", IMPATIENT_S)
    forger = Socket(process, f"{V2}?access={FORGED}")
    await forger.open()

    again = Socket(process, f"{V2}?access={GOOD}")
    await again.open()
    assert (await again.receive())["type"] == "welcome"
    assert (await alice.ask(type="auth", access=GOOD))["type"] == "ok"
    assert (await forger.receive())["code"] == "E-S002"
    assert await forger.close_code() == 1012
