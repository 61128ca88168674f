"""REST of how a room is kept: its rules, roles and code, and who asks to come in; told to live sockets."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from django.test import Client

from chatproject.asgi import Process
from rooms.models import Room
from tests.factories import ALICE, BOB, CHARLIE, give_role, make_private_room, token_for
from tests.messaging.people import TIMEOUT_S, in_thread
from tests.messaging.sockets.connected import opened_v2
from tests.messaging.test_views import V1


@pytest.fixture
def garden(room: Room) -> Room:
    """Alice owns it, Bob is in, Charlie is a stranger."""
    give_role(room, ALICE)
    return room


def call(method: str, path: str, body: Any = None, *, by: int = ALICE, **claims: Any) -> tuple[str, Any]:
    """The code and the data of what is answered."""
    client = Client(headers={"access": token_for(by, **claims)})
    data = b"" if body is None else json.dumps(body)
    answer = client.generic(method, f"{V1}{path}", data, content_type="application/json")
    return answer.json()["code"], answer.json().get("data")


@pytest.mark.django_db
def test_a_room_is_shown_to_each_as_they_stand_in_it(garden: Room) -> None:
    path = f"/room/{garden.pk}"
    card = {"roomId": garden.pk, "roomName": "Garden", "description": "", "memberCount": 2, "isMine": True}
    card |= {"lastAt": None, "lastText": "", "isGroupChat": True}
    assert call("GET", path, by=CHARLIE, nickname="Charlie") == ("S-001", card | {"isMine": False})
    common = card | {"ownerId": ALICE, "managerIds": []}
    assert call("GET", path, by=BOB) == ("S-001", common)
    assert call("GET", path) == ("S-001", common | {"role": "owner"})
    assert call("PUT", f"{path}/rules", {"slowSeconds": 30, "readOnly": True, "joining": "code"}) == (
        "S-001",
        None,
    )
    told = call("GET", path)[1]
    code = told.pop("joinCode")
    assert told == common | {"role": "owner", "slowSeconds": 30, "readOnly": True, "joining": "code"}
    assert "joinCode" not in call("GET", path, by=BOB)[1]
    assert call("GET", path, by=CHARLIE, nickname="Charlie", role="ADMIN")[1]["joinCode"] == code
    assert call("POST", f"{path}/rules/code")[1]["joinCode"] != code


@pytest.mark.django_db
def test_a_private_room_is_shown_under_its_members_names(garden: Room, alice: Any, bob: Any) -> None:
    room = make_private_room(alice, bob)
    told = {"roomName": "Alice-Bob", "isGroupChat": False, "ownerId": None, "memberCount": 2, "lastText": ""}
    shown = call("GET", f"/room/{room.pk}", by=BOB)[1]
    assert {key: shown[key] for key in told} == told
    assert call("GET", f"/room/{room.pk}", by=CHARLIE)[0] == "E-R001"
    assert call("PUT", f"/room/{room.pk}/rules", {"readOnly": True})[0] == "E-C003"


@pytest.mark.django_db
def test_what_cannot_be_is_refused(garden: Room) -> None:
    path = f"/room/{garden.pk}"
    refused = [
        ("PUT", "/rules", {"slowSeconds": 3_601}, ALICE, "E-C001"),
        ("PUT", "/rules", {"joining": "never"}, ALICE, "E-C001"),
        ("PUT", f"/members/{BOB}/role", {"role": "king"}, ALICE, "E-C001"),
        ("PUT", f"/members/{CHARLIE}/role", {"role": "manager"}, ALICE, "E-M001"),
        ("PUT", f"/members/{ALICE}/role", {"role": "member"}, ALICE, "E-C001"),
        ("PUT", f"/join-requests/{CHARLIE}", {"admit": True}, ALICE, "E-MO012"),
        ("PUT", f"/join-requests/{CHARLIE}", {}, ALICE, "E-C001"),
    ]
    for method, below, body, by, code in refused:
        assert call(method, path + below, body, by=by)[0] == code, below
    assert call("PUT", f"{path}/rules") == ("S-001", None)  # nothing was wanted


@pytest.mark.django_db
def test_a_closed_room_is_entered_by_its_code_and_says_so_in_lists(garden: Room) -> None:
    call("PUT", f"/room/{garden.pk}/rules", {"joining": "code"})
    code = call("GET", f"/room/{garden.pk}")[1]["joinCode"]
    join = f"/room/group/{garden.pk}/join"
    assert call("POST", join, by=CHARLIE)[0] == "E-R003"
    assert call("POST", f"{join}?code={'x' * 33}", by=CHARLIE)[0] == "E-C001"
    assert call("POST", f"/room/group/999/join?code={code}", by=CHARLIE)[0] == "E-R003"
    listed = {"roomId": garden.pk, "roomName": "Garden", "joining": "code"}
    assert call("GET", "/room/group/list", by=CHARLIE)[1]["rooms"] == [listed]
    assert call("POST", f"{join}?code={code.lower()}", by=CHARLIE) == ("S-001", None)


@pytest.mark.django_db
def test_who_asks_waits_for_a_manager(garden: Room) -> None:
    call("PUT", f"/room/{garden.pk}/rules", {"joining": "approval"})
    join, requests = f"/room/group/{garden.pk}/join", f"/room/{garden.pk}/join-requests"
    assert call("POST", join, {"words": "x" * 201}, by=CHARLIE)[0] == "E-C001"
    assert call("POST", join, {"words": "안녕하세요"}, by=CHARLIE)[0] == "E-R004"
    listed = {"roomId": garden.pk, "roomName": "Garden", "joining": "approval"}
    assert call("GET", "/room/group?name=Garden", by=CHARLIE)[1] == listed | {"asked": True}
    assert call("GET", "/room/group?name=Garden", by=BOB)[1] == listed
    [request] = call("GET", requests)[1]["requests"]
    assert (request["memberId"], request["nickName"], request["words"]) == (CHARLIE, "Charlie", "안녕하세요")
    assert call("PUT", f"{requests}/{CHARLIE}", {"admit": False, "reason": "정원이 찼어요."}) == ("S-001", None)
    assert call("PUT", f"{requests}/{CHARLIE}", {"admit": True})[0] == "E-MO008"
    assert call("POST", join, by=CHARLIE)[0] == "E-R004"


@pytest.fixture
async def http(process: Process) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed narrowly there
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=TIMEOUT_S) as client:
        yield client


async def test_live_sockets_hear_of_roles_rules_and_who_was_let_in(
    process: Process, http: httpx.AsyncClient, garden: Room
) -> None:
    bob, charlie = await opened_v2(process, BOB, garden.pk), await opened_v2(process, CHARLIE)

    async def put(path: str, body: Any, by: int = ALICE) -> None:
        address = f"{V1}/room/{garden.pk}{path}"
        answer = await http.put(address, json=body, headers={"access": token_for(by)})
        assert answer.status_code == 200, answer.text

    await put(f"/members/{BOB}/role", {"role": "manager"})
    assert (await bob.gets("room"))["role"] == "manager"
    await put("/rules", {"joining": "approval"}, by=BOB)
    assert (await bob.gets("room"))["joining"] == "approval"
    await in_thread(call, "POST", f"/room/group/{garden.pk}/join", by=CHARLIE)
    await put(f"/join-requests/{CHARLIE}", {"admit": True}, by=BOB)
    assert (await charlie.gets("joined"))["memberId"] == CHARLIE
    assert (await bob.gets("joined"))["memberId"] == CHARLIE
