"""What the main server does is heard on live sockets as what anybody does: one ASGI application takes both."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from chatproject.asgi import Process
from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE
from tests.messaging.people import TIMEOUT_S, in_thread
from tests.messaging.server_views.calling import V1, MainServer
from tests.messaging.sockets.connected import opened_v1, opened_v2


class Http:
    """Calls of the main server over the process's own application."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def call(self, method: str, path: str, body: Any = None, *, once: str | None = None) -> Any:
        headers = {} if once is None else {"idempotency-key": once}
        answer = await self._client.request(method, V1 + path, json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]


@pytest.fixture
async def server_api(process: Process) -> AsyncIterator[Http]:
    key = (await in_thread(MainServer)).key
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed narrowly there
    headers = {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost", timeout=TIMEOUT_S, headers=headers
    ) as client:
        yield Http(client)


async def test_who_is_put_in_is_told_to_the_room_and_to_them(
    process: Process, server_api: Http, room: Room
) -> None:
    alice, charlie = await opened_v2(process, ALICE, room.pk), await opened_v2(process, CHARLIE)
    path = f"/rooms/{room.pk}/members"
    await server_api.call("POST", path, {"memberIds": [CHARLIE, BOB, 999]}, once="a")
    joined = {"type": "joined", "roomId": room.pk, "memberId": CHARLIE, "nickName": "Charlie", "seq": 0}
    assert await alice.gets("joined") == joined
    assert await charlie.gets("joined") == joined
    await server_api.call("POST", path, {"memberIds": [CHARLIE, BOB, 999]}, once="a")  # told once
    await server_api.call("DELETE", f"{path}/{BOB}")
    assert (await alice.gets("joined", "left"))["memberId"] == BOB


async def test_who_is_taken_out_hears_nothing_more(process: Process, server_api: Http, room: Room) -> None:
    alice, bob = await opened_v2(process, ALICE, room.pk), await opened_v2(process, BOB, room.pk)
    await server_api.call("DELETE", f"/rooms/{room.pk}/members/{BOB}")
    assert await bob.gets("removed") == {"type": "removed", "roomId": room.pk, "reason": "removed"}
    assert (await alice.gets("left"))["memberId"] == BOB


async def test_rules_and_roles_are_told(process: Process, server_api: Http, room: Room) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    await server_api.call("PATCH", f"/rooms/{room.pk}", {"readOnly": True})
    assert (await alice.gets("room"))["readOnly"] is True
    await server_api.call("PUT", f"/rooms/{room.pk}/members/{ALICE}/role", {"role": "owner"})
    while (told := await alice.gets("room")).get("role") != "owner":
        assert told["readOnly"] is True


async def test_whose_room_is_deleted_is_told_so_at_once(process: Process, server_api: Http, room: Room) -> None:
    alice, bob = await opened_v2(process, ALICE, room.pk), await opened_v2(process, BOB, room.pk)
    await server_api.call("DELETE", f"/rooms/{room.pk}")
    for socket in (alice, bob):
        assert await socket.gets("removed") == {
            "type": "removed",
            "roomId": room.pk,
            "reason": "deleted",
            "roomName": "Garden",
        }


async def test_a_new_room_is_told_to_who_is_in_it(process: Process, server_api: Http, room: Room) -> None:
    bob, charlie = await opened_v2(process, BOB), await opened_v2(process, CHARLIE)
    made = await server_api.call("POST", "/rooms", {"roomName": "새 방", "memberIds": [BOB]})
    assert (await bob.gets("joined"))["roomId"] == made["roomId"]
    pair = await server_api.call("POST", "/rooms/private", {"memberIds": [BOB, CHARLIE]})
    for socket in (bob, charlie):
        assert (await socket.gets("joined"))["roomId"] == pair["roomId"]


async def test_a_notice_is_heard_once(process: Process, server_api: Http, room: Room) -> None:
    alice = await opened_v2(process, ALICE, room.pk)
    for _time in range(2):
        said = await server_api.call("POST", f"/rooms/{room.pk}/notices", {"message": "곧 점검해요"}, once="a")
        assert said == {"roomId": room.pk, "seq": 1}
    await server_api.call("POST", f"/rooms/{room.pk}/notices", {"message": "끝났어요"}, once="b")
    heard = [await alice.gets("chat") for _time in range(2)]
    assert [(one["kind"], one["senderId"], one["message"]) for one in heard] == [
        ("notice", None, "곧 점검해요"),
        ("notice", None, "끝났어요"),
    ]


@pytest.mark.parametrize(("reason", "code"), [("signed_out", 4401), ("shut_out", 4403)])
async def test_all_sockets_of_a_member_end(
    process: Process, server_api: Http, room: Room, reason: str, code: int
) -> None:
    alice, bob = await opened_v2(process, ALICE), await opened_v2(process, BOB)
    old = await opened_v1(process, BOB, room.pk)
    await server_api.call("POST", f"/members/{BOB}/disconnection", {"reason": reason})
    assert [await socket.close_code() for socket in (bob, old)] == [code, code]
    assert (await alice.ask(type="ping"))["type"] == "pong"


async def test_who_is_signed_out_is_out_at_once(process: Process, server_api: Http, room: Room) -> None:
    alice, bob = await opened_v2(process, ALICE), await opened_v2(process, BOB)
    await server_api.call("POST", f"/members/{BOB}/revocation", {})
    assert await bob.close_code() == 4401
    assert (await alice.ask(type="ping"))["type"] == "pong"


async def test_whether_a_member_is_there_is_told(process: Process, server_api: Http, room: Room) -> None:
    away = await server_api.call("GET", f"/members/{BOB}/presence")
    assert away == {"memberId": BOB, "online": False, "lastSeenAt": None}
    await opened_v2(process, BOB)
    assert (await server_api.call("GET", f"/members/{BOB}/presence"))["online"] is True
