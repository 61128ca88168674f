"""Requests whose tokens need keys that are not known yet: they wait before their turn, and hold up nobody."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from chatproject.errors import StoreUnavailable
from chatproject.http.api import token_verifier
from chatproject.tokens import Caller
from tests.chatproject.http.test_member_share import share_of
from tests.chatproject.key_server import EC_KEY, STRANGERS_KEY, KeyServer, signed
from tests.times import WAIT_S

ROOMS = "/v1/chat/my/rooms"
KNOWN = signed(EC_KEY, "ES256", "e1")
FORGED = signed(STRANGERS_KEY, "ES256", "forged")


@pytest.fixture
def key_server(settings: Any) -> Iterator[KeyServer]:
    """The key endpoint that this process asks."""
    with KeyServer().running() as server:
        settings.JWT_SECRET, settings.JWT_JWKS_URL = "", server.url
        token_verifier.cache_clear()
        yield server
    token_verifier.cache_clear()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    application: Any = share_of(_say_who, writes_per_second=0, at_once=0, worked_on=1)
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


async def _say_who(scope: Any, _receive: Any, send: Any) -> None:
    caller = scope["caller"]
    who = str(caller.member_id) if isinstance(caller, Caller) else f"{type(caller).__name__} {caller.retry_after}"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": who.encode()})


@pytest.mark.parametrize("headers", [{"access": KNOWN}, {"Authorization": f"Bearer {KNOWN}"}])
async def test_the_first_request_waits_for_the_keys(
    key_server: KeyServer, http: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert (await http.get(ROOMS, headers=headers)).text == "7"


async def test_while_the_key_server_hangs_forged_tokens_hold_up_no_request(
    key_server: KeyServer, http: httpx.AsyncClient
) -> None:
    async with asyncio.timeout(WAIT_S):
        assert (await http.get(ROOMS, headers={"access": KNOWN})).text == "7"
        key_server.answer = key_server.hang
        forged = [asyncio.create_task(http.get(ROOMS, headers={"access": FORGED})) for _request in range(40)]

        for _visit in range(20):
            assert (await http.get(ROOMS, headers={"access": KNOWN})).text == "7"
        assert not any(request.done() for request in forged)
        key_server.ends.set()
        told = {answer.text.split()[0] for answer in await asyncio.gather(*forged)}
    assert told == {StoreUnavailable.__name__}
