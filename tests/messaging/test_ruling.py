"""Every role against every act on roles and rules, over frames and over REST: one table, twice."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from chatproject.asgi import Process
from messaging.ruling import decide
from rooms.models import Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, give_role, make_group_room, make_member, token_for
from tests.messaging.conftest import StartProcess
from tests.messaging.people import TIMEOUT_S, in_thread
from tests.messaging.sockets.connected import V2, Socket

# Alice owns, Bob manages, Charlie is in, Dana is a stranger; Erin and Fred are ADMINs, out of the room and in it
DANA, ERIN, FRED, GINA = 13, 17, 19, 23  # Gina manages too: somebody to act on
WHO = ("stranger", "member", "manager", "owner", "admin outside", "admin inside")
NUMBERS = dict(zip(WHO, (DANA, CHARLIE, BOB, ALICE, ERIN, FRED), strict=True))
STRANGERS, MEMBERS, LOW, FINE = "E-AU002", "E-MS007", "E-MO001", ""
FOR_MANAGERS = (STRANGERS, MEMBERS, FINE, FINE, FINE, FINE)
FOR_OWNERS = (STRANGERS, MEMBERS, LOW, FINE, FINE, FINE)
ACTS: list[tuple[dict[str, Any], str, str, tuple[str, ...]]] = [  # frame, and method and path of the same
    ({"type": "rules", "slowSeconds": 30}, "PUT", "/rules", FOR_MANAGERS),
    ({"type": "rules", "readOnly": True}, "PUT", "/rules", FOR_MANAGERS),
    ({"type": "rules", "joining": "code"}, "PUT", "/rules", FOR_MANAGERS),
    ({"type": "rules", "description": "about plants"}, "PUT", "/rules", FOR_MANAGERS),
    ({"type": "rules", "roomName": "Kitchen"}, "PUT", "/rules", FOR_OWNERS),
    ({}, "POST", "/invite", (STRANGERS, FINE, FINE, FINE, FINE, FINE)),
    ({"type": "role", "memberId": GINA, "role": "member"}, "PUT", f"/members/{GINA}/role", FOR_OWNERS),
    ({"type": "role", "memberId": GINA, "role": "owner"}, "PUT", f"/members/{GINA}/role", FOR_OWNERS),
    ({}, "POST", "/rules/code", FOR_MANAGERS),
    ({}, "GET", "/join-requests", FOR_MANAGERS),
    ({}, "GET", "", (FINE,) * 6),
]


@pytest.fixture
def garden(room: Room, charlie: Any) -> Room:
    for number, name, role in ((DANA, "Dana", "USER"), (ERIN, "Erin", "ADMIN"), (FRED, "Fred", "ADMIN")):
        make_member(number, name, role=role)  # type: ignore[arg-type]
    for member in (charlie, make_member(GINA, "Gina"), FRED):
        Participant.objects.create(room=room, member_id=getattr(member, "pk", member))
    put_back(room)
    return room


def put_back(room: Room) -> None:
    """As it was before anybody did anything."""
    Participant.objects.filter(room=room).update(role="member")
    for member_id, role in ((ALICE, "owner"), (BOB, "manager"), (GINA, "manager")):
        give_role(room, member_id, role)
    Room.objects.filter(pk=room.pk).update(slow_s=0, is_read_only=False, joining="open", name="Garden")


def token_of(who: str) -> str:
    return token_for(NUMBERS[who], role="ADMIN" if who.startswith("admin") else "USER")


@pytest.fixture
def process(start_process: StartProcess) -> Process:
    return start_process(LIMIT_SENDS_PER_SECOND=0, LIMIT_FRAMES_PER_SECOND=0)


@pytest.fixture
async def http(process: Process) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed narrowly there
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=TIMEOUT_S) as client:
        yield client


async def test_each_does_what_their_role_may_and_nothing_else(
    process: Process, http: httpx.AsyncClient, garden: Room
) -> None:
    sockets = {who: Socket(process, f"{V2}?access={token_of(who)}") for who in WHO}
    for socket in sockets.values():
        await socket.open()
    found: dict[tuple[str, ...], str] = {}
    wanted: dict[tuple[str, ...], str] = {}
    for frame, method, path, expected in ACTS:
        for who, code in zip(WHO, expected, strict=True):
            if frame:
                answer = await sockets[who].ask(**frame, roomId=garden.pk)
                found[who, "frame", str(frame)] = answer.get("code", FINE)
                wanted[who, "frame", str(frame)] = code
                await in_thread(put_back, garden)
            body = {key: value for key, value in frame.items() if key not in ("type", "memberId")}
            response = await http.request(
                method, f"/v1/chat/room/{garden.pk}{path}", json=body, headers={"access": token_of(who)}
            )
            told = response.json()["code"]
            found[who, method, path, str(body)] = FINE if told == "S-001" else told
            wanted[who, method, path, str(body)] = code
            await in_thread(put_back, garden)
    assert found == wanted


async def test_what_is_done_to_rooms_counts_as_what_is_said(start_process: StartProcess, garden: Room) -> None:
    socket = Socket(start_process(LIMIT_SENDS_PER_SECOND=1), f"{V2}?access={token_of('owner')}")
    await socket.open()
    answers = [await socket.ask(type="rules", roomId=garden.pk, slowSeconds=number) for number in range(1, 6)]
    assert {answer.get("code") for answer in answers} == {None, "E-C004"}


def test_there_is_nothing_else_to_decide(db: None) -> None:
    with pytest.raises(AssertionError):
        decide(make_group_room("Garden"), by=None, now=None)  # type: ignore[arg-type]
