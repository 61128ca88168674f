"""REST of who is online, and of what a member chose about it: at a server with live sockets."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from chatproject.asgi import Process
from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE, token_for
from tests.messaging.people import TIMEOUT_S
from tests.messaging.sockets.connected import opened_v2

pytestmark = pytest.mark.usefixtures("room")


@pytest.fixture
async def http(process: Process) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed narrowly there
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=TIMEOUT_S) as client:
        yield client


async def call(http: httpx.AsyncClient, method: str, path: str, by: int, body: Any = None) -> tuple[int, Any]:
    response = await http.request(method, f"/v1/chat{path}", headers={"access": token_for(by)}, json=body)
    return response.status_code, response.json().get("data")


async def test_who_shares_a_room_sees_who_is_online(process: Process, http: httpx.AsyncClient) -> None:
    await opened_v2(process, BOB)
    path = f"/presence?memberIds={ALICE},{BOB},{CHARLIE},999"

    assert await call(http, "GET", path, ALICE) == (
        200,
        {
            "members": [
                {"memberId": BOB, "online": True, "lastSeenAt": None},
                {"memberId": ALICE, "online": False, "lastSeenAt": None},
            ]
        },
    )
    assert await call(http, "GET", path, CHARLIE) == (200, {"members": []})


@pytest.mark.parametrize("raw", ["", "x", "0", "-1", "7,", "7, 3", "٣", ",".join(["7"] * 201), "1" * 19])
async def test_other_words_are_refused(http: httpx.AsyncClient, raw: str) -> None:
    assert (await call(http, "GET", f"/presence?memberIds={raw}", ALICE))[0] == 400


async def test_who_hides_is_away_at_once_for_those_who_watch(process: Process, http: httpx.AsyncClient) -> None:
    alice = await opened_v2(process, ALICE)
    await opened_v2(process, BOB)
    assert (await alice.ask(type="watch", memberIds=[BOB]))["type"] == "ok"
    assert (await alice.gets("presence"))["members"][0]["online"] is True

    chosen = {"hidesPresence": True, "previewsText": False}
    assert await call(http, "PUT", "/me/preferences", BOB, {"hidesPresence": True}) == (200, chosen)
    told = await alice.gets("presence")
    assert told["members"] == [{"memberId": BOB, "online": False, "lastSeenAt": None}]
    status, seen = await call(http, "GET", f"/presence?memberIds={BOB}", ALICE)
    assert (status, seen["members"]) == (200, told["members"])


async def test_preferences_that_are_left_out_stay(http: httpx.AsyncClient) -> None:
    usual = {"hidesPresence": False, "previewsText": False}
    assert await call(http, "GET", "/me/preferences", ALICE) == (200, usual)
    assert await call(http, "PUT", "/me/preferences", ALICE, {}) == (200, usual)
    await call(http, "PUT", "/me/preferences", ALICE, {"previewsText": True})
    await call(http, "PUT", "/me/preferences", ALICE, {"hidesPresence": True})
    both = {"hidesPresence": True, "previewsText": True}
    assert await call(http, "GET", "/me/preferences", ALICE) == (200, both)
    for refused in ("yes", None):
        assert (await call(http, "PUT", "/me/preferences", ALICE, {"hidesPresence": refused}))[0] == 400


async def test_what_is_off_shows_nobody(
    process: Process, http: httpx.AsyncClient, settings: Any, room: Room
) -> None:
    settings.PRESENCE = False
    bob = await opened_v2(process, BOB, room.pk)

    assert await call(http, "GET", f"/presence?memberIds={BOB}", ALICE) == (200, {"members": []})
    assert (await bob.ask(type="watch", memberIds=[ALICE]))["type"] == "ok"
    assert (await bob.gets("presence"))["members"] == []
