"""REST of acts on members, as the room's managers call it and as others try."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from chatproject.asgi import Process
from messaging.wire.times import wire_time
from rooms.models import Member, Participant, Room
from rooms.moderation_models import Sanction
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_private_room, token_for
from tests.messaging.people import TIMEOUT_S, in_thread
from tests.messaging.sockets.connected import opened_v2

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    room = make_group_room("Garden", alice, bob)
    Participant.objects.filter(room=room, member=alice).update(role="owner")
    return room


def call(method: str, path: str, member_id: int = ALICE, body: Any = None) -> tuple[int, str, Any]:
    """Status, code and data; "" is the code of what was done."""
    answer = Client().generic(
        method, f"/v1/chat{path}", _json(body), "application/json", headers={"access": token_for(member_id)}
    )
    envelope = answer.json()
    return answer.status_code, envelope.get("code", ""), envelope.get("data")


def _json(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


def terms(**others: Any) -> dict[str, Any]:
    return {"until": wire_time(timezone.now() + timedelta(hours=1)), "reason": "flooding"} | others


def test_a_mute_is_put_and_deleted_and_so_is_a_removal(garden: Room) -> None:
    for act in ("mute", "removal"):
        path = f"/room/{garden.pk}/members/{BOB}/{act}"
        assert call("PUT", path, body=terms())[0] == 200
        assert call("PUT", path, body=terms(reason="again"))[0] == 200
        assert call("DELETE", f"{path}?reason=sorry")[0] == 200
        assert call("DELETE", path)[0] == 200
    assert Sanction.objects.filter(lifted_at=None).count() == 0
    assert Sanction.objects.count() == 4
    assert not garden.participants.filter(member_id=BOB).exists()


@pytest.mark.parametrize("act", ["mute", "removal"])
@pytest.mark.parametrize(
    ("caller", "member_id", "body", "refusal"),
    [
        (BOB, ALICE, {}, (403, "E-MS007")),
        (CHARLIE, BOB, {}, (403, "E-AU002")),
        (ALICE, ALICE, {}, (400, "E-C001")),
        (ALICE, 999, {}, (404, "E-M001")),
        (ALICE, BOB, {"reason": ""}, (400, "E-C001")),
        (ALICE, BOB, {"reason": "x" * 201}, (400, "E-C001")),
        (ALICE, BOB, {"until": "tomorrow"}, (400, "E-C001")),
        (ALICE, BOB, {"until": "2020-01-01T00:00:00Z"}, (400, "E-C001")),
        (ALICE, "x", {}, (400, "E-C001")),
    ],
)
def test_others_and_nonsense_are_refused(
    garden: Room, act: str, caller: int, member_id: object, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    path = f"/room/{garden.pk}/members/{member_id}/{act}"
    assert call("PUT", path, caller, terms(**body))[:2] == refusal
    assert not Sanction.objects.exists()


def test_a_removal_hides_the_hours_of_one_day_at_most(garden: Room) -> None:
    path = f"/room/{garden.pk}/members/{BOB}/removal"
    for hours in (-1, 25, "all"):
        assert call("PUT", path, body={"reason": "spam", "hideHours": hours})[:2] == (400, "E-C001")
    assert call("PUT", path, body={"reason": "spam", "hideHours": 24})[0] == 200


def test_a_private_room_knows_no_acts(alice: Member, bob: Member) -> None:
    path = f"/room/{make_private_room(alice, bob).pk}/members/{BOB}/mute"
    assert call("PUT", path, body=terms())[:2] == (400, "E-C003")
    assert call("DELETE", path)[:2] == (400, "E-C003")


@pytest.mark.django_db(transaction=True)
async def test_what_rest_does_is_heard_by_sockets(process: Process, room: Room) -> None:
    places = Participant.objects.filter(room=room, member_id=ALICE)
    await in_thread(lambda: places.update(role=Participant.Role.OWNER))
    bob = await opened_v2(process, BOB, room.pk)
    transport = httpx.ASGITransport(app=process)  # type: ignore[arg-type]  # typed narrowly there
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=TIMEOUT_S) as http:
        for act, heard in (("mute", "room"), ("removal", "removed")):
            path = f"/v1/chat/room/{room.pk}/members/{BOB}/{act}"
            done = await http.put(path, json=terms(), headers={"access": token_for(ALICE)})
            assert done.status_code == 200, done.text
            assert (await bob.gets("sanction"))["reason"] == "flooding"
            await bob.gets(heard)
