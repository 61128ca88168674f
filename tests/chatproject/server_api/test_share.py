"""What a main server may have: so many calls in a time, so many worked on at once, and no trying of keys."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope

from chatproject.errors import StoreUnavailable
from chatproject.limits.shared import SharedLimits
from chatproject.server_api.errors import KeyRefused
from chatproject.server_api.keys import MainServer
from chatproject.server_api.share import WAITING_MAX, WRONG_KEYS_AT_ONCE, ServerShare
from tests.conftest import TimePasses
from tests.times import WAIT_S

GOOD, OTHER = (f"chk_{letter * 12}_{letter * 43}" for letter in "ab")
AWAY = f"chk_{'c' * 12}_{'c' * 43}"
ROOMS = "/v1/server/rooms"
WORKED_ON = 2


class Desk:
    """An application that says whom it works for, and answers when it may."""

    def __init__(self) -> None:
        self.callers: list[Any] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        self.callers.append(scope.get("main_server"))
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": False})
        await send({"type": "http.response.body", "body": b"done", "more_body": False})


class Keys:
    """Two good keys, and how often one was looked up."""

    def __init__(self) -> None:
        self.looked_up = 0

    async def recognise(self, shown: str) -> MainServer:
        self.looked_up += 1
        if shown == AWAY:
            raise StoreUnavailable
        if shown not in (GOOD, OTHER):
            raise KeyRefused
        return MainServer(1 if shown == GOOD else 2, "main", frozenset())


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def keys() -> Keys:
    return Keys()


def client_of(desk: Desk, keys: Keys, *, calls_per_second: int) -> httpx.AsyncClient:
    share: Any = ServerShare(
        desk,
        recognise=keys.recognise,
        shared=SharedLimits([]),
        calls_per_second=calls_per_second,
        worked_on=WORKED_ON,
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(share), base_url="http://testserver")


@pytest.fixture
async def http(desk: Desk, keys: Keys) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(desk, keys, calls_per_second=10) as client:
        yield client


async def call(http: httpx.AsyncClient, key: str | None, path: str = ROOMS) -> int:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    return (await http.get(path, headers=headers)).status_code


async def test_whose_key_it_is_is_found_out_and_who_has_none_is_refused(
    http: httpx.AsyncClient, desk: Desk
) -> None:
    told = [await call(http, key) for key in (GOOD, None, "nonsense", f"chk_{'d' * 12}_{'d' * 43}", AWAY)]
    assert told == [200, 401, 401, 401, 503]
    refused = await http.get(ROOMS, headers={"accept-language": "en"})
    assert (refused.json()["code"], refused.headers["www-authenticate"]) == ("E-SV001", "Bearer")
    assert [one.key_id for one in desk.callers] == [1]


async def test_two_headers_are_no_key(http: httpx.AsyncClient, desk: Desk) -> None:
    await http.get(ROOMS, headers=[("authorization", f"Bearer {GOOD}"), ("authorization", f"Bearer {OTHER}")])
    assert desk.callers == []


async def test_strangers_are_told_so_however_many_calls_are_worked_on(
    http: httpx.AsyncClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.server_api.share.WAIT_MAX_S", WAIT_S)
    desk.may_answer.clear()
    calls = [asyncio.create_task(call(http, GOOD)) for _number in range(WORKED_ON + 1)]
    async with asyncio.timeout(WAIT_S):
        assert [await call(http, key) for key in (None, "nonsense", OTHER[:-1])] == [401, 401, 401]
        desk.may_answer.set()
        assert await asyncio.gather(*calls) == [200] * len(calls)


async def test_members_and_who_reads_the_document_are_not_its_affair(http: httpx.AsyncClient, keys: Keys) -> None:
    for path in ("/v1/chat/my/rooms", "/v1/server/schema", "/v1/server/docs", "/readyz"):
        assert await call(http, None, path) == 200
    assert keys.looked_up == 0


async def test_a_key_has_so_many_calls_and_another_its_own(http: httpx.AsyncClient) -> None:
    statuses = [await call(http, GOOD) for _number in range(40)]
    assert statuses[:30] == [200] * 30
    assert 429 in statuses[30:]
    assert await call(http, OTHER) == 200


async def test_who_tries_keys_is_looked_up_no_more_but_a_known_key_is(
    http: httpx.AsyncClient, keys: Keys, time_passes: TimePasses
) -> None:
    assert await call(http, GOOD) == 200
    wrong = [f"chk_{number:012}_{'e' * 43}" for number in range(WRONG_KEYS_AT_ONCE + 2)]
    assert [await call(http, key) for key in wrong[:-1]] == [401] * (WRONG_KEYS_AT_ONCE + 1)
    looked_up = keys.looked_up
    assert await call(http, wrong[-1]) == 429
    assert keys.looked_up == looked_up
    assert await call(http, GOOD) == 200
    assert await call(http, OTHER) == 429
    assert [await call(http, key) for key in (None, "nonsense")] == [401, 401]
    time_passes(60)
    assert await call(http, OTHER) == 200


async def test_more_than_there_are_places_for_wait_and_too_many_are_refused(
    desk: Desk, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.server_api.share.WAIT_MAX_S", WAIT_S)
    desk.may_answer.clear()
    async with client_of(desk, keys, calls_per_second=0) as http:
        calls = [asyncio.create_task(call(http, GOOD)) for _number in range(WORKED_ON + WAITING_MAX + 3)]
        refused = 0
        async with asyncio.timeout(WAIT_S):
            for told in asyncio.as_completed(calls):
                refused += await told == 429
                if refused == 3:
                    break
        assert len(desk.callers) == WORKED_ON
        desk.may_answer.set()
        async with asyncio.timeout(WAIT_S):
            statuses = await asyncio.gather(*calls)
    assert statuses.count(200) == WORKED_ON + WAITING_MAX


async def test_who_waits_too_long_for_a_place_is_told_so(
    http: httpx.AsyncClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatproject.server_api.share.WAIT_MAX_S", 0.01)
    desk.may_answer.clear()
    calls = [asyncio.create_task(call(http, GOOD)) for _number in range(3)]
    told, _working = await asyncio.wait(calls, timeout=WAIT_S, return_when=asyncio.FIRST_COMPLETED)
    assert [task.result() for task in told] == [429]
    desk.may_answer.set()
    async with asyncio.timeout(WAIT_S):
        assert sorted(await asyncio.gather(*calls)) == [200, 200, 429]
